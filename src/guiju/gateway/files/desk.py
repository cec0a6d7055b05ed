"""One thing that is done with files: what such an endpoint must say of itself."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from guiju.errors import FormInvalid
from guiju.gateway.files.form import Form
from guiju.gateway.files.visit import FileVisit
from guiju.nouns import Part

Json = dict[str, Any]


class Sent(msgspec.Struct, frozen=True):
    """A file as the answer: where it lies, its media type, the name it goes by, and headers about it."""

    path: Path
    media_type: str
    name: str
    headers: dict[str, str] = {}


class Desk(ABC):
    """One endpoint for files. Stateless.

    Attributes:
        name: the ``endpoint`` of its records. ``path``: where it is served.
    """

    name: ClassVar[str]
    path: ClassVar[str]

    @abstractmethod
    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Json | Sent:
        """Do it. ``folder`` is private to the call and gone after it.

        Raises:
            RequestError, LabelError, MediaError: it cannot be done with this file. EvidenceError: it was done in vain.
        """


def file_of(form: Form) -> Path:
    """The form's file.

    Raises:
        FormInvalid: there is none.
    """
    if form.file is None:
        raise FormInvalid(problem="there is no file")
    return form.file


def flag(form: Form, name: str, default: bool) -> bool:
    """A field that is true or false.

    Raises:
        FormInvalid: it is something else.
    """
    value = form.fields.get(name, "").lower()
    if value in ("", "true", "1", "yes", "false", "0", "no"):
        return default if not value else value in ("true", "1", "yes")
    raise FormInvalid(problem=f"{name} is true or false")


def sha256(path: Path) -> str:
    """The file's SHA-256, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def about(form: Form, path: Path, **more: str) -> tuple[Part, ...]:
    """What a record keeps of a file: its name and its hash, and whatever else is named."""
    texts = {"file.name": form.name, "file.sha256": sha256(path), **more}
    return tuple(Part(where, text) for where, text in texts.items() if text)
