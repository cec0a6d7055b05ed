from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from guiju.errors import (
    DiskFull,
    DocumentDamaged,
    DocumentTooLarge,
    InvalidField,
    InvalidTransition,
    UnknownObligationError,
)
from guiju.law.book import rules
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, Document, Service
from guiju.store.services import documents

pytestmark = pytest.mark.django_db
OBLIGATION = rules().obligations[0].id
DAY = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "documents")
    return tmp_path / "documents"


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> int:
    console = settings.GUIJU.console.model_copy(update={"upload_max_bytes": 1000})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"console": console}))
    return 1000


def left(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def upload(actor: Actor, service: Service | None, stream: documents.Readable, name: str = "报告.pdf") -> Document:
    return documents.upload(actor, OBLIGATION, service, "报告", name, stream, DAY)


def test_what_goes_in_comes_out(compliance: Actor, service: Service, root: Path) -> None:
    body = bytes(range(256)) * 4000
    row = upload(compliance, service, io.BytesIO(body))
    with documents.open_file(compliance, row) as file:
        assert file.read() == body
    assert (row.size, row.revision, row.obligation) == (len(body), 1, rules().obligations[0].urn)
    stored = left(root)
    assert len(stored) == 1
    assert stored[0].stat().st_mode & 0o777 == 0o600
    assert AuditEntry.objects.get(action="document.upload").detail["sha256"] == row.sha256


def test_the_same_title_makes_the_next_revision(compliance: Actor, service: Service) -> None:
    revisions = [upload(compliance, service, io.BytesIO(b"a")).revision for _ in range(3)]
    assert revisions == [1, 2, 3]
    assert upload(compliance, None, io.BytesIO(b"a")).revision == 1


def test_the_limit_is_exact_and_leaves_nothing(compliance: Actor, service: Service, root: Path, limit: int) -> None:
    assert upload(compliance, service, io.BytesIO(b"x" * limit)).size == limit
    with pytest.raises(DocumentTooLarge):
        upload(compliance, service, io.BytesIO(b"x" * (limit + 1)))
    assert len(left(root)) == Document.objects.count() == 1


def test_an_endless_stream_is_cut_at_the_limit(compliance: Actor, service: Service, root: Path, limit: int) -> None:
    class Endless:
        asked = 0

        def read(self, size: int, /) -> bytes:
            self.asked += 1
            return b"x" * 100

    stream = Endless()
    with pytest.raises(DocumentTooLarge):
        upload(compliance, service, stream)
    assert stream.asked == 11
    assert left(root) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_nothing(
    compliance: Actor, service: Service, root: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(number, "no room")

    monkeypatch.setattr("guiju.store.services.documents.os.fsync", full)
    with pytest.raises(DiskFull) as caught:
        upload(compliance, service, io.BytesIO(b"x"))
    assert caught.value.status == 507
    assert left(root) == []
    assert not Document.objects.exists()


def test_a_broken_upload_leaves_nothing(compliance: Actor, service: Service, root: Path) -> None:
    class Broken:
        def __init__(self) -> None:
            self.parts: Iterator[bytes] = iter([b"x" * 100])

        def read(self, size: int, /) -> bytes:
            try:
                return next(self.parts)
            except StopIteration:
                raise ConnectionResetError from None

    with pytest.raises(ConnectionResetError):
        upload(compliance, service, Broken())
    assert left(root) == []


def test_a_row_that_cannot_be_leaves_no_file(compliance: Actor, service: Service, root: Path) -> None:
    with pytest.raises(InvalidField):
        documents.upload(compliance, OBLIGATION, service, "", "a.pdf", io.BytesIO(b"x"), DAY)
    assert left(root) == []


def test_nothing_is_no_document(compliance: Actor, service: Service, root: Path) -> None:
    with pytest.raises(InvalidField):
        upload(compliance, service, io.BytesIO(b""))
    assert left(root) == []


def test_an_unknown_obligation_is_refused(compliance: Actor, service: Service, root: Path) -> None:
    with pytest.raises(UnknownObligationError):
        documents.upload(compliance, "NO-99", service, "x", "a.pdf", io.BytesIO(b"x"), DAY)
    assert left(root) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/shadow", "shadow"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ('报告"最终".pdf', "报告最终.pdf"),
        ("..", "document"),
        ("", "document"),
        ("x\0y.pdf", "xy.pdf"),
    ],
)
def test_names_from_outside_never_become_paths(
    compliance: Actor, service: Service, root: Path, name: str, shown: str
) -> None:
    row = upload(compliance, service, io.BytesIO(b"x"), name)
    assert row.file_name == shown
    assert (root / row.file).resolve().is_relative_to(root.resolve())
    assert [path.resolve() for path in left(root)] == [(root / row.file).resolve()]


def test_a_row_that_points_elsewhere_opens_nothing(compliance: Actor, service: Service, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    row = upload(compliance, service, io.BytesIO(b"x"))
    for path in ("../secret", str(tmp_path / "secret"), "2026"):
        Document.objects.filter(pk=row.pk).update(file=path)
        row.refresh_from_db()
        with pytest.raises(DocumentDamaged):
            documents.open_file(compliance, row)


def test_a_changed_file_is_noticed(compliance: Actor, service: Service, root: Path) -> None:
    row = upload(compliance, service, io.BytesIO(b"x"))
    (root / row.file).write_bytes(b"y")
    with pytest.raises(DocumentDamaged):
        documents.open_file(compliance, row)


def test_the_period_must_be_one(compliance: Actor, service: Service) -> None:
    with pytest.raises(InvalidField):
        documents.upload(compliance, OBLIGATION, service, "x", "a.pdf", io.BytesIO(b"x"), DAY, expires=date(2026, 2, 1))


def test_a_withdrawn_document_stays_on_disk(compliance: Actor, service: Service, root: Path) -> None:
    row = upload(compliance, service, io.BytesIO(b"x"))
    documents.withdraw(compliance, row, "已作废")
    assert len(left(root)) == 1
    with pytest.raises(InvalidTransition):
        documents.withdraw(compliance, row, "再次")
