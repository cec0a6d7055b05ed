"""Documents that prove obligations: kept as revisions on disk, described and hashed in the database.

A file's place on disk is made up here and never taken from a name that came from outside. It appears under its name
complete and durable, or not at all.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from guiju.errors import DiskFull, DocumentDamaged, DocumentTooLarge, InvalidField, InvalidTransition
from guiju.law.book import rules
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import Document, Service
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh

_CHUNK = 256 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Readable(Protocol):
    """Where the bytes come from: an open file or an upload."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


@dataclass(frozen=True)
class _Stored:
    path: Path
    size: int
    sha256: str


@guarded(Permission.MANAGE_DOCUMENTS)
def upload(
    actor: Actor,
    obligation: str,
    service: Service | None,
    title: str,
    file_name: str,
    stream: Readable,
    effective_from: date,
    expires: date | None = None,
    note: str = "",
) -> Document:
    """Keep ``stream`` as the next revision of the document ``title`` that proves ``obligation``.

    Args:
        obligation: its id or URN. ``service``: whose proof it is, ``None`` for all services.
        file_name: as the uploader's machine calls it; only shown again, never used as a path.
        effective_from, expires: the period it proves, both days included; apart from the time of the upload.

    Raises:
        DocumentTooLarge, DiskFull (nothing is left behind), InvalidField, UnknownObligationError.
    """
    urn = rules().obligation(obligation).urn
    row = Document(
        obligation=urn,
        service=service,
        title=title.strip(),
        file_name=shown_name(file_name),
        effective_from=effective_from,
        expires=expires,
        note=note.strip(),
        uploaded_by=actor.user,
        revision=1,
    )
    if expires is not None and expires < effective_from:
        raise InvalidField(field="expires", problem="before the document takes effect")
    with _stored(stream, settings.GUIJU.console.upload_max_bytes) as stored:
        row.file, row.size, row.sha256 = str(stored.path.relative_to(_root())), stored.size, stored.sha256
        with one_at_a_time():
            siblings = Document.objects.filter(obligation=urn, service=service, title=row.title)
            row.revision = (siblings.aggregate(last=Max("revision"))["last"] or 0) + 1
            clean(row)
            row.save(force_insert=True)
            detail = {"obligation": urn, "title": row.title, "revision": row.revision, "sha256": row.sha256}
            append(actor, "document.upload", row, detail=detail)
    return row


@act(Permission.MANAGE_DOCUMENTS)
def withdraw(actor: Actor, document: Document, reason: str) -> Document:
    """Stop counting a document as proof; the file and the row stay.

    Raises:
        ReasonMissing; InvalidTransition: it was withdrawn before.
    """
    row, because = fresh(document), reasoned(reason)
    if row.withdrawn_at is not None:
        raise InvalidTransition(what_zh="证明文件", what_en="document", state="withdrawn", target="withdrawn")
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    append(actor, "document.withdraw", row, reason=because, detail={"title": row.title, "revision": row.revision})
    return row


@guarded(Permission.OPEN_DOCUMENTS)
def open_file(actor: Actor, document: Document) -> BinaryIO:
    """The document's bytes, at their beginning, after their hash was compared with the one kept at the upload.

    Raises:
        DocumentDamaged: the file is missing or differs.
    """
    root, path = _root().resolve(), (_root() / document.file).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise DocumentDamaged(title=document.title)
    file = path.open("rb")
    if hashlib.file_digest(file, "sha256").hexdigest() != document.sha256:
        file.close()
        raise DocumentDamaged(title=document.title)
    file.seek(0)
    return file


def shown_name(name: str) -> str:
    """The last part of a file name from outside, without characters that a screen or a header could stumble on."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '"<>|:*?').strip(". ")
    return kept[-200:] or "document"


@contextmanager
def _stored(stream: Readable, limit: int) -> Iterator[_Stored]:
    """The stream as a file under its final name; gone again if the body of the ``with`` fails."""
    folder = _root() / f"{timezone.now():%Y}"
    path = folder / secrets.token_hex(16)
    draft = path.with_name(f".partial-{path.name}")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        size, digest = _copy(stream, draft, limit)
        os.rename(draft, path)
        _sync_folder(folder)
        yield _Stored(path, size, digest)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise DiskFull from None
        raise


def _copy(stream: Readable, path: Path, limit: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise DocumentTooLarge(limit=limit)
            digest.update(chunk)
            file.write(chunk)
        if size == 0:
            raise InvalidField(field="file", problem="the file is empty")
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
