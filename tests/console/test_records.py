"""Evidence on its screens: search, the story of a record, its text, proof."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guiju.console.views.proof import _exports
from guiju.store.models import AuditEntry, Record, Role, VerifyRun

from .conftest import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("risk=A.1.h", True),
        ("risk=A.2.a", False),
        ("action=review", True),
        ("action=block", False),
        ("flagged=1", True),
        ("account=a1b2c3", True),
        ("account=zzz", False),
        ("service=chat", True),
        ("since={today}", True),
        ("until={yesterday}", False),
        ("since=nonsense", True),
        ("since=2026-99-99", True),
    ],
)
def test_search(query: str, found: bool, world: World, browser: Callable[[str], Client]) -> None:
    today = timezone.localdate()
    address = "/records/?" + query.format(today=today, yesterday=today - timedelta(days=1))
    page = browser(Role.AUDITOR).get(address).content.decode()
    assert (f"/records/{world.record.pk}/" in page) is found


def test_a_content_number_leads_straight_to_its_record(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.AUDITOR)
    for address in (f"/records/?q={world.record.content_number}", f"/records/find/{world.record.pk}/"):
        assert client.get(address).headers["Location"] == f"/records/{world.record.pk}/"
    assert client.get("/records/?q=unknown").status_code == 404


def test_pages_go_on_where_the_last_one_ended(world: World, browser: Callable[[str], Client]) -> None:
    for _ in range(59):
        world.chain.write(integration=world.integration.pk)
    client = browser(Role.AUDITOR)
    first = client.get("/records/")
    second = client.get("/records/" + first.context["later"])
    seen = [row.pk for row in (*first.context["page"].records, *second.context["page"].records)]
    assert len(seen) == len(set(seen)) == Record.objects.count() == 60
    assert second.context["later"] == ""
    assert client.get("/records/?cursor=made-up").status_code == 422


def test_the_story_says_what_happened_and_how_it_is_proven(world: World, browser: Callable[[str], Client]) -> None:
    answer = browser(Role.AUDITOR).get(f"/records/{world.record.pk}/")
    page = answer.content.decode()
    assert bytes(world.record.hash).hex() in page
    assert world.record.content_number in page
    assert "ContentProducer" in page
    assert "线上赌场" not in page  # the text is not part of the story
    titles = [str(event.title) for event in answer.context["events"]]
    assert titles[:2] == ["收到请求", "检测提问"]
    assert "签名封存" in titles
    assert {"计入账号违规", "送人工审核", "警示"} <= set(titles)


def test_reading_a_text_needs_a_reason_and_leaves_an_entry(world: World, browser: Callable[[str], Client]) -> None:
    client, address = browser(Role.COMPLIANCE), f"/records/{world.record.pk}/text/"
    assert client.post(address, {"reason": " "}).status_code == 422
    page = client.post(address, {"reason": "投诉 2026-7"}, headers={"HX-Request": "true"}).content.decode()
    assert "线上赌场开户" in page
    assert 'class="blurred' in page
    entry = AuditEntry.objects.get(action="evidence.read_text")
    assert (entry.reason, entry.object_id) == ("投诉 2026-7", str(world.record.pk))
    assert "投诉 2026-7" in client.get(f"/records/{world.record.pk}/").content.decode()
    assert "<html" in client.post(address, {"reason": "无脚本"}).content.decode()


def test_a_reviewer_reads_texts_of_cases_only(world: World, browser: Callable[[str], Client]) -> None:
    other = world.chain.write("另一段", integration=world.integration.pk)
    client = browser(Role.REVIEWER)
    assert client.post(f"/records/{world.record.pk}/text/", {"reason": "审核"}).status_code == 200
    assert client.post(f"/records/{other.pk}/text/", {"reason": "审核"}).status_code == 403
    assert "ask-text" not in client.get(f"/records/{other.pk}/").content.decode()


def test_a_record_without_text_says_so(world: World, browser: Callable[[str], Client]) -> None:
    bare = world.chain.write("", "", integration=world.integration.pk)
    assert "未保存原文" in browser(Role.COMPLIANCE).get(f"/records/{bare.pk}/").content.decode()


def test_an_auditor_verifies_and_the_result_stays(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.AUDITOR)
    page = client.post("/proof/verify/").content.decode()
    assert "证据完整" in page
    assert VerifyRun.objects.get(kind="verify").ok
    Record.objects.filter(pk=world.record.pk).update(body=b"{}")
    broken = client.post("/proof/verify/").content.decode()
    assert "处问题" in broken
    assert world.record.content_number in broken
    assert "有缺损" in client.get("/").content.decode()


def test_the_package_is_handed_over_and_not_left_behind(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    left = _exports() / "export-of-a-killed-process"
    left.mkdir()
    os.utime(left, (1, 1))
    assert client.post("/proof/export/", {"purpose": ""}).status_code == 422
    assert (
        client.post("/proof/export/", {"purpose": "x", "since": "2026-02-02", "until": "2026-02-01"}).status_code == 422
    )
    answer = client.post("/proof/export/", {"purpose": "网信办检查", "with_text": "on"})
    package = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    for close in answer._resource_closers:
        close()
    assert any(name.endswith("manifest.json") for name in package.namelist())
    assert list(_exports().iterdir()) == []
    assert AuditEntry.objects.get(action="evidence.export_text").reason == "网信办检查"


def test_an_auditor_exports_without_texts_whatever_the_form_says(
    world: World, browser: Callable[[str], Client]
) -> None:
    answer = browser(Role.AUDITOR).post("/proof/export/", {"purpose": "演练", "with_text": "on"})
    package = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    for close in answer._resource_closers:
        close()
    assert not any("text" in name for name in package.namelist())
    assert AuditEntry.objects.filter(action="evidence.export").exists()
