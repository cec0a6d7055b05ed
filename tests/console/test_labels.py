"""The labels screen: a file given, what it carries shown, nothing kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from guiju.labeling import explicit, files
from guiju.labeling.implicit import Label
from guiju.store.models import Record

from .conftest import World

pytestmark = pytest.mark.django_db


def picture(tmp_path: Path, *, labelled: bool) -> bytes:
    """A small picture, with both labels or with none."""
    Image.new("RGB", (320, 240), (60, 130, 200)).save(path := tmp_path / "a.png")
    if labelled:
        explicit.label(path, path)
        files.write(path, path, Label.first("company", "n-1"))
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
    assert ("n-1" in text) == labelled and "图.png" in text
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
