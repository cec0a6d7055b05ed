"""An incident on its screens: opened, graded by the annex, timed, reported, rehearsed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guiju.store.models import Incident, Role

from .conftest import World

pytestmark = pytest.mark.django_db


def test_the_whole_way(world: World, browser: Callable[[str], Client]) -> None:
    client, now = browser(Role.COMPLIANCE), timezone.localtime()
    known = now - timedelta(hours=5)
    asked = {"title": "首页被篡改", "operator": "ordinary", "home_minutes": "29", "known_at": f"{known:%Y-%m-%dT%H:%M}"}
    opened = client.post("/incidents/new/", asked)
    row = Incident.objects.get(title="首页被篡改")
    assert opened.headers["Location"] == f"/incidents/{row.pk}/" and row.level == "below"
    at = f"/incidents/{row.pk}/"
    assert not client.get(at).context["clocks"]

    client.post(f"{at}grade/", {"grade-home_minutes": "30", "grade-reason": "复核"})
    shown = client.get(at)
    assert [line.state for line in shown.context["clocks"]] == ["late", "waiting"]
    assert [line.criterion.id for line in shown.context["annex"] if line.met] == ["home_larger"]
    assert "late" in [line.state for _row, lines in client.get("/incidents/").context["lines"] for line in lines]

    client.post(f"{at}note/", {"entry-text": "已回滚"})
    client.post(f"{at}fill/first/", {"fill-first-cause": "弱口令", "fill-first-contact": "王 010"})
    client.post(f"{at}sent/first/", {"sent-first-receipt": "回执 7"})
    assert client.post(f"{at}sent/summary/", {"sent-summary-receipt": "回执 8"}).status_code == 409
    client.post(f"{at}end/", {"end-at": ""})
    assert client.post(f"{at}close/", {"reason": "完成"}).status_code == 409
    client.post(f"{at}sent/summary/", {"sent-summary-receipt": "回执 8"})
    assert client.post(f"{at}close/", {"reason": "完成"}).status_code == 302
    shown = client.get(at)
    assert [line.state for line in shown.context["clocks"]] == ["sent_late", "sent"]
    page = shown.content.decode()
    assert "已回滚" in page and "回执 7" in page and "回执 8" in page and f'action="{at}note/"' not in page


def test_the_documents_are_files(world: World, browser: Callable[[str], Client]) -> None:
    client, at = browser(Role.AUDITOR), f"/incidents/{world.incident.pk}/report/"
    made = client.get(f"{at}first.html")
    assert made.headers["Content-Disposition"] == f'attachment; filename="incident-{world.incident.pk}-first.html"'
    assert "1200000" in made.content.decode() and "待填" in made.content.decode()
    assert client.get(f"{at}summary.md").content.decode().startswith("# 网络安全事件总结报告")
    assert client.get(f"{at}third.md").status_code == client.get(f"{at}first.pdf").status_code == 404


def test_a_drill_stands_apart_and_says_so(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.REVIEWER)
    assert client.get("/incidents/new/?drill").context["form"]["drill"].value() is True
    client.post("/incidents/new/", {"title": "桌面演练", "operator": "cii", "drill": "on", "judged": "major"})
    row = Incident.objects.get(drill=True)
    assert row.level == "major"
    listed = {tab: client.get(f"/incidents/?tab={tab}").content.decode() for tab in ("open", "drills")}
    assert "桌面演练" in listed["drills"] and "桌面演练" not in listed["open"]
    assert "演练 不报送" in client.get(f"/incidents/{row.pk}/report/first.html").content.decode()
    fields = client.get(f"/incidents/{row.pk}/").context["papers"][0].answers.fields
    assert "recipient" in fields  # to whom critical infrastructure reports was not found: a person says


def test_a_mistake_is_told_at_its_field(world: World, browser: Callable[[str], Client]) -> None:
    client, tomorrow = browser(Role.REVIEWER), timezone.localtime() + timedelta(days=1)
    asked = {"title": "外泄", "operator": "ordinary", "known_at": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    answer = client.post("/incidents/new/", asked)
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {"known_at"}
    at = f"/incidents/{world.incident.pk}/"
    assert client.post(f"{at}grade/", {"grade-people": "-1", "grade-reason": "核"}).status_code == 422
