"""The labels screen: a file given, what it carries shown, nothing kept."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from guiju.evidence.record import Exchange, decode
from guiju.labeling import explicit, files
from guiju.labeling.implicit import Label
from guiju.releases.shelves import originals
from guiju.store import keys
from guiju.store.actor import Actor
from guiju.store.evidence import read_text
from guiju.store.models import AuditEntry, Chain, Record, Seal

from .conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

NUMBER = "content-number-of-this-picture"
"""Longer than anything a page has by chance: a nonce of its policy may well hold ``n-1``."""


def picture(tmp_path: Path, *, labelled: bool) -> bytes:
    """A small picture, with both labels or with none."""
    Image.new("RGB", (320, 240), (60, 130, 200)).save(path := tmp_path / "a.png")
    if labelled:
        explicit.label(path, path)
        files.write(path, path, Label.first("company", NUMBER))
    return path.read_bytes()


@pytest.mark.parametrize(("labelled", "tier"), [(True, "verified"), (False, "unknown")])
def test_a_file_is_explained(
    labelled: bool, tier: str, tmp_path: Path, world: World, browser: Callable[[str], Client]
) -> None:
    before = Record.objects.count()
    given = SimpleUploadedFile("图.png", picture(tmp_path, labelled=labelled))
    page = browser("reviewer").post("/labels/", {"file": given})
    assert page.status_code == 200
    found = page.context["found"]
    assert found.judged.tier == tier and found.report.verdict == ("compliant" if labelled else "not_found")
    text = page.content.decode()
    assert (NUMBER in text) == labelled and "图.png" in text
    if labelled:
        assert found.seen.verdict == "compliant" and found.picture.startswith("data:image/png;base64,")
    assert Record.objects.count() == before


@pytest.mark.parametrize("body", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_a_file_that_cannot_be_read_says_so(body: bytes, world: World, browser: Callable[[str], Client]) -> None:
    page = browser("reviewer").post("/labels/", {"file": io.BytesIO(body), "declared": "on"})
    assert page.status_code == 200
    if body:
        assert page.context["found"].judged.tier == "declared" and page.context["found"].judged.unread


def test_too_large_a_file(world: World, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    console = settings.GUIJU.console.model_copy(update={"upload_max_bytes": 10})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"console": console}))
    page = browser("reviewer").post("/labels/", {"file": io.BytesIO(bytes(11))})
    assert page.context["found"] is None and page.context["form"].errors["file"]


# --- copies without the explicit label (标识办法 Art. 9) ------------------------------------------------------------------

ASKED = {"user": "u-1", "recipient": "某报社", "terms": "用户协议 2026-03", "purpose": "印刷"}


@pytest.fixture
def made(world: World) -> str:
    """A content of ``u-1``: the number of its record."""
    account = keys.pseudonymiser().pseudonym(world.integration.pk, "u-1")
    Record.objects.filter(pk=world.record.pk).update(labelled=True, account=account, endpoint="images")
    return world.record.content_number


def body_of(page: Any) -> bytes:
    return b"".join(page.streaming_content)


def kept(number: str, tmp_path: Path) -> bytes:
    """Keep the original of a content, with its implicit label alone, as gateways do."""
    from django.conf import settings

    Image.new("RGB", (320, 240), (60, 130, 200)).save(path := tmp_path / "o.png")
    files.write(path, path, Label.first("company", number))
    originals(settings.GUIJU).keep(number, path, time.time())
    return path.read_bytes()


def test_a_copy_is_released_by_its_number(
    made: str, tmp_path: Path, world: World, browser: Callable[[str], Client]
) -> None:
    original = kept(made, tmp_path)
    page = browser("reviewer").post("/labels/copies/", {"content": made, **ASKED})
    assert page.status_code == 200 and body_of(page) == original
    assert page.headers["Content-Disposition"] == f'attachment; filename="{made}.png"'
    row = Record.objects.get(content_number=page.headers["X-Guiju-Record"])
    body = decode(bytes(row.body))
    assert isinstance(body, Exchange) and row.endpoint == "label.copy" and row.integration_id == world.integration.pk
    assert (body.label.content, body.label.explicit, body.label.reason) == (made, "", "标识办法 Art. 9")
    assert row.account == keys.pseudonymiser().pseudonym(world.integration.pk, "u-1")
    told = {part.where: part.text for part in read_text(Actor.system("test"), row, "试验").answer}
    assert (told["recipient"], told["terms"], told["purpose"]) == ("某报社", "用户协议 2026-03", "印刷")
    assert told["file.sha256"] == hashlib.sha256(original).hexdigest() and told["released_by"] and "user" not in told
    entry = AuditEntry.objects.filter(action="label.release").get()
    assert entry.detail["content_number"] == made and entry.reason == "印刷"

    chains = Chain.objects.count()
    assert body_of(browser("compliance").post("/labels/copies/", {"content": made, **ASKED})) == original
    assert Chain.objects.count() == chains, "one process, one chain"
    assert Seal.objects.filter(chain_id=row.chain_number, seq_from__lte=row.seq, seq_to__gte=row.seq).exists()
    shown = browser("compliance").get("/labels/").content.decode()
    assert row.content_number in shown


def test_the_labelled_file_leads_to_its_original(
    made: str, tmp_path: Path, world: World, browser: Callable[[str], Client]
) -> None:
    original = kept(made, tmp_path)
    (path := tmp_path / "l.png").write_bytes(original)
    explicit.label(path, path)
    page = browser("reviewer").post(
        "/labels/copies/", {"file": SimpleUploadedFile("猫.png", path.read_bytes()), **ASKED}
    )
    assert page.status_code == 200 and body_of(page) == original


def test_a_text_comes_with_its_label_beside_it(world: World, browser: Callable[[str], Client]) -> None:
    asked = {"file": SimpleUploadedFile("答.txt", "正文".encode()), "integration": world.integration.pk, **ASKED}
    page = browser("reviewer").post("/labels/copies/", asked)
    with zipfile.ZipFile(io.BytesIO(body_of(page))) as archive:
        assert archive.namelist() == ["答.txt", "答.txt.aigc.json"] and archive.read("答.txt").decode() == "正文"
        assert json.loads(archive.read("答.txt.aigc.json"))["AIGC"]["Label"] == "1"


def test_a_file_of_elsewhere_gets_its_label(tmp_path: Path, world: World, browser: Callable[[str], Client]) -> None:
    given = {"integration": world.integration.pk, **ASKED}
    plain = SimpleUploadedFile("猫.png", picture(tmp_path, labelled=False))
    page = browser("reviewer").post("/labels/copies/", {"file": plain, **given})
    (path := tmp_path / "c.png").write_bytes(body_of(page))
    label = files.read(path).label
    assert label is not None and label.ProduceID == page.headers["X-Guiju-Record"]
    assert Image.open(path).tobytes() == Image.open(io.BytesIO(picture(tmp_path, labelled=False))).tobytes()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": "nothing"}, "GJ-4280"),
        ({"content": "made"}, "GJ-4283"),
        ({"content": "made", "user": "u-2"}, "GJ-4282"),
        ({"file": False}, "GJ-4281"),
        ({"file": True, "integration": "its"}, "GJ-4284"),
        ({"file": b"no picture", "integration": "its"}, "GJ-6101"),
        ({}, ""),
        ({"content": "made", "terms": ""}, ""),
    ],
)
def test_what_cannot_be_released_says_why(
    given: dict[str, Any], code: str, made: str, tmp_path: Path, world: World, browser: Callable[[str], Client]
) -> None:
    before = Record.objects.count()
    sent = {**ASKED, **given}
    if sent.get("content") == "made":
        sent["content"] = made
    if sent.get("integration"):
        sent["integration"] = world.integration.pk
    if "file" in sent:
        file = sent["file"] if isinstance(sent["file"], bytes) else picture(tmp_path, labelled=sent["file"])
        sent["file"] = SimpleUploadedFile("a.png", file)
    page = browser("reviewer").post("/labels/copies/", sent)
    assert page.status_code >= 400 and page.context["wanted"].errors and code in page.content.decode()
    assert Record.objects.count() == before and not AuditEntry.objects.filter(action="label.release").exists()


def test_a_failed_record_gives_nothing_away(
    made: str, tmp_path: Path, world: World, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(made, tmp_path)
    from guiju.store import own_chain

    def fails(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(own_chain.ChainEnd, "seal", fails)
    with pytest.raises(OSError):
        browser("reviewer").post("/labels/copies/", {"content": made, **ASKED})
    assert not Record.objects.filter(endpoint="label.copy").exists()
    monkeypatch.undo()
    assert body_of(browser("reviewer").post("/labels/copies/", {"content": made, **ASKED}))


def test_what_was_issued_stands_in_words_and_by_day(world: World, browser: Callable[[str], Client]) -> None:
    Record.objects.filter(pk=world.record.pk).update(labelled=True, endpoint="label.write", at=timezone.now())
    page = browser("reviewer").get("/labels/").content.decode()
    assert "按请求标识的文件" in page or "Files labelled on request" in page
    assert page.count('class="info"') == 1, "one day has a column"
