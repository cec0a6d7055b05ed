"""The register of refuted claims on screen: an entry from first to last, files, a text held against it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guiju.store.models import RefutedClaim, Role

pytestmark = pytest.mark.django_db
ENTRY = {"claim": "自来水厂每晚往水里投放镇静剂", "refutation": "水质按国家标准检测。", "source": "某市水务局"}


def test_an_entry_from_first_to_last(browser: Callable[[str], Client]) -> None:
    client = browser(Role.REVIEWER)
    wrong = client.post("/rumours/new/", {**ENTRY, "refuted": "2026-11-31"})
    assert wrong.status_code == 200 and not RefutedClaim.objects.exists()
    assert client.post("/rumours/new/", {**ENTRY, "refuted": "2026-11-20"}).status_code == 302
    row = RefutedClaim.objects.get()
    again = client.post("/rumours/new/", {**ENTRY, "claim": "自來水廠每晚往水裡投放鎮靜劑"})
    assert again.status_code == 200 and RefutedClaim.objects.count() == 1, "the same claim in another script"
    tried = client.post("/rumours/try/", {"text": "听说自来水厂每天晚上都往水里放镇静剂"}).content.decode()
    assert ENTRY["claim"] in tried and ENTRY["refutation"] in tried
    form = client.get(f"/rumours/{row.pk}/").content.decode()
    assert 'value="2026-11-20"' in form
    client.post(f"/rumours/{row.pk}/", {**ENTRY, "refutation": "另有说明"})
    row.refresh_from_db()
    assert (row.refutation, row.refuted) == ("另有说明", None)
    client.post(f"/rumours/{row.pk}/expire/", {"reason": "已过去"})
    assert ENTRY["claim"] not in client.get("/rumours/").content.decode()
    assert ENTRY["claim"] in client.get("/rumours/?ended=1&q=镇静剂").content.decode()


def test_files_in_and_out(browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    file = SimpleUploadedFile("r.csv", "claim,refutation,source\n甲说法,乙,丙\n".encode("gb18030"))
    assert client.post("/rumours/import/", {"file": file}).status_code == 302
    out = client.get("/rumours/register.json")
    assert out.json() == [{"claim": "甲说法", "refutation": "乙", "source": "丙"}]
    assert client.get("/rumours/register.csv").content.decode("utf-8-sig").splitlines()[1].startswith("甲说法,乙,丙")
    broken = SimpleUploadedFile("r.csv", b"claim,refutation,source\nx,,y\n")
    refused = client.post("/rumours/import/", {"file": broken})
    assert refused.status_code == 422 and "GJ-2041" in refused.content.decode()
    assert RefutedClaim.objects.count() == 1
