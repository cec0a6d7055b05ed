"""The review desk on screen: blind second reviews, comments, proposals, splits, settings, figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guiju.evidence import RecordedFinding, Verdict
from guiju.store.models import Case, CaseProposal, DeskSettings, Role, User, WordListVersion

from .conftest import World

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


def second_of(world: World, decider: User) -> Case:
    """The world's case decided by ``decider``, and its blind second review."""
    now = timezone.now()
    Case.objects.filter(pk=world.case.pk).update(
        status="decided", verdict="violation", note="招揽赌博", decided_by=decider, decided_at=now
    )
    return Case.objects.create(
        record=world.record, kind="second", about=world.case, opened_at=now, due_at=now, risk=world.case.risk
    )


def test_a_second_reviewer_sees_no_first_decision_anywhere(
    world: World, browser: Browser, user_of: Callable[[str], User]
) -> None:
    desk = browser(Role.REVIEWER)
    second = second_of(world, User.objects.create(username="first.decider", role=Role.REVIEWER))
    assert desk.post("/cases/next/").headers["Location"] == f"/cases/{second.pk}/"
    places = (f"/cases/{second.pk}/", f"/cases/{world.case.pk}/", "/cases/?tab=decided", f"/records/{world.record.pk}/")
    for address in places:
        page = desk.get(address).content.decode()
        assert "招揽赌博" not in page and "first.decider" not in page and "确认违规" not in page, address
    own = Client()
    own.force_login(User.objects.get(username="first.decider"), backend="django.contrib.auth.backends.ModelBackend")
    assert "招揽赌博" in own.get(f"/cases/{world.case.pk}/").content.decode()
    assert "您参与过" in own.get(f"/cases/{second.pk}/").content.decode()
    desk.post(f"/cases/{second.pk}/decide/", {"verdict": "violation"})
    assert "招揽赌博" in desk.get(f"/cases/{world.case.pk}/").content.decode()


def test_comments_and_proposals(world: World, browser: Browser) -> None:
    desk, address = browser(Role.REVIEWER), f"/cases/{world.case.pk}/"
    desk.post("/cases/next/")
    desk.post(f"{address}comment/", {"text": "请看第二轮"})
    word = {"word-word_list": "ours", "word-word": "线上开户", "word-severity": "high", "word-reason": "反复出现"}
    assert desk.post(f"{address}word/", word).status_code == 302
    again = desk.post(f"{address}word/", {**word, "word-word": "代开发票"})
    assert again.status_code == 422 and "GJ-7006" in again.content.decode() and "data-open" in again.content.decode()
    page = desk.get(address).content.decode()
    assert "请看第二轮" in page and "线上开户" in page
    proposal = CaseProposal.objects.get(text="线上开户")
    officer = browser(Role.COMPLIANCE)
    officer.post(f"/cases/proposals/{proposal.pk}/approve/", {"reason": "收录"})
    assert "线上开户" in WordListVersion.objects.latest("pk").body
    assert "已批准" in officer.get("/cases/proposals/").content.decode()


def test_a_case_is_split_on_its_screen(world: World, browser: Browser) -> None:
    desk = browser(Role.REVIEWER)
    found = tuple(RecordedFinding("words", "A.2.e", "w", 900, where=f"messages[{n}].content") for n in (0, 2))
    record = world.chain.write("一", "", prompt=Verdict(action="review", findings=found, risk="A.2.e", score=900))
    now = timezone.now()
    case = Case.objects.create(record=record, opened_at=now, due_at=now + timedelta(hours=1), risk="A.2.e", priority=99)
    address = f"/cases/{case.pk}/"
    desk.post("/cases/next/")
    assert 'id="ask-split"' in desk.get(address).content.decode()
    assert desk.post(f"{address}split/", {"parts": ["messages[0].content"]}).status_code == 422
    desk.post(f"{address}split/", {"parts": [f.where for f in found]})
    pieces = case.later.filter(kind="first")
    assert sorted(pieces.values_list("part", flat=True)) == [f.where for f in found]
    page = desk.get(f"/cases/{pieces[0].pk}/").content.decode()
    assert pieces[0].part in page and f"/cases/{case.pk}/" in page


def test_own_settings_veil_and_limit(world: World, browser: Browser) -> None:
    desk = browser(Role.REVIEWER)
    text = f"/cases/{world.case.pk}/text/"
    desk.post("/cases/next/")
    assert "blurred grey muted" in desk.post(text, headers={"HX-Request": "true"}).content.decode()
    assert desk.post("/desk/settings/", {"greyscale": "on", "severe_cases": "10000"}).status_code == 422
    assert desk.post("/desk/settings/", {"greyscale": "on", "severe_cases": "5"}).status_code == 302
    kept = DeskSettings.objects.get()
    assert (kept.blur, kept.greyscale, kept.mute, kept.severe_cases) == (False, True, False, 5)
    shown = desk.post(text, headers={"HX-Request": "true"}).content.decode()
    assert "blurred" not in shown and 'class="grey ' in shown


def test_figures_are_drawn(world: World, browser: Browser) -> None:
    desk = browser(Role.REVIEWER)
    desk.post("/cases/next/")
    desk.post(f"/cases/{world.case.pk}/decide/", {"verdict": "fine"})
    page = browser(Role.AUDITOR).get("/desk/?days=7").content.decode()
    assert page.count('<svg class="chart"') == 2 and "Cohen κ" in page and "SVC-02" in page
    assert "w-1" in page and "0.0 %" in page
