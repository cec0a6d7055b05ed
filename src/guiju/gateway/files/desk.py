"""One thing that is done with files: what such an endpoint must say of itself."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from guiju.errors import FormInvalid
from guiju.gateway.files.form import Form
from guiju.gateway.files.visit import FileVisit
from guiju.labeling import files
from guiju.labeling.implicit import Label
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
    """The form's file, with the label file beside it that came in the field ``sidecar``, if one did.

    Raises:
        FormInvalid: there is none.
    """
    if form.file is None:
        raise FormInvalid(problem="there is no file")
    if sidecar := form.fields.get("sidecar", ""):
        files.beside(form.file).write_text(sidecar, "utf-8")
    return form.file


def telling(path: Path, label: Label, number: str = "") -> dict[str, str]:
    """Headers about a labelled file: the number of its record, its label, and the label file of formats that hold none."""
    headers = {"x-guiju-record": number or label.ProduceID, "x-guiju-aigc": _one_line(label.keys())}
    sidecar = files.beside(path)
    if sidecar.exists():
        headers["x-guiju-sidecar"] = _one_line(json.loads(sidecar.read_text("utf-8")))
    return headers


def _one_line(value: object) -> str:
    """JSON that a header can hold, whatever a label of somebody else's says."""
    return json.dumps(value, separators=(",", ":"))


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
