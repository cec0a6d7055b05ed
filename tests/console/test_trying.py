"""Trying a text: the gateway's own check, and no trace of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guiju.console import trying
from guiju.nouns import Action, Direction
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, Record, Role
from guiju.store.services import integrations, policies, word_lists

from .conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "in_force", trying._InForce())


def test_a_hit_is_marked_named_and_tied_to_obligations(world: World) -> None:
    trial = trying.attempt("请问哪里可以代开发票？", Direction.PROMPT, None, None)
    assert trial.decision.action is Action.ANSWER_INSTEAD
    [line] = [line for line in trial.lines if line.finding.detector == "words"]
    assert (line.finding.risk, line.rule.title, line.rule.owner) == ("A.3.b", "ours", "李娜")
    assert line.action is Action.ANSWER_INSTEAD
    assert [o.id for o in line.obligations] == ["SVC-01"]
    assert "代开发票" in [s.text for s in trial.texts[0].segments if line.number in s.numbers]
    assert trial.goes_on
    assert "代开发票" not in trial.goes_on
    assert trial.label is None


def test_personal_information_in_an_answer_is_masked_and_the_answer_labelled(world: World) -> None:
    trial = trying.attempt("身份证号11010519491231002X", Direction.ANSWER, world.integration, None)
    assert trial.decision.action is Action.MASK
    assert "11010519491231002X" not in trial.goes_on
    assert trial.label is not None
    assert trial.placement is not None
    assert trial.placement.position == "start"
    assert list(trial.label.keys()) == [
        "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2",
    ]  # fmt: skip
    assert trial.label.ContentProducer == "chat"


def test_an_integrations_own_label_settings_count(world: World, system: Actor) -> None:
    integrations.update(system, world.integration, label_position="end")
    trial = trying.attempt("今天天气很好。", Direction.ANSWER, world.integration, None)
    assert trial.decision.action is Action.PASS
    assert trial.goes_on.startswith("今天天气很好。")
    assert trial.placement is not None
    assert trial.placement.position == "end"


def test_a_draft_can_be_tried_before_it_is_published(world: World, system: Actor) -> None:
    source = world.draft.source.replace(
        "  - risk: A.3\n    severity: high\n    action: answer_instead",
        "  - risk: A.3\n    severity: high\n    action: block",
    )
    stricter = policies.create_draft(system, source)
    now = trying.attempt("代开发票", Direction.PROMPT, None, None)
    then = trying.attempt("代开发票", Direction.PROMPT, None, stricter)
    assert (now.decision.action, then.decision.action) == (Action.ANSWER_INSTEAD, Action.BLOCK)
    assert f"@{stricter.number}#" in then.decision.policy


def test_a_change_of_the_word_lists_is_seen_at_once(world: World, system: Actor) -> None:
    assert trying.attempt("青铜门计划", Direction.PROMPT, None, None).decision.action is Action.PASS
    word_lists.set_live(
        system,
        word_lists.add_version(system, world.words, "word,severity,hit,miss\n青铜门计划,high,青铜门计划,青铜门\n"),
    )
    assert trying.attempt("青铜门计划", Direction.PROMPT, None, None).decision.action is Action.ANSWER_INSTEAD


def test_the_screen_answers_in_place_and_leaves_no_trace(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.REVIEWER)
    before = (Record.objects.count(), AuditEntry.objects.count())
    fields = {"text": "代开发票<b>", "direction": "prompt"}
    page = client.post("/try/", fields, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert '<mark class="high">代开发票<sup>1</sup></mark>' in page
    assert "&lt;b&gt;" in page
    assert "SVC-01" in page
    whole = client.post("/try/", fields).content.decode()
    assert "<html" in whole
    assert (Record.objects.count(), AuditEntry.objects.count()) == before


def test_an_empty_text_is_refused(world: World, browser: Callable[[str], Client]) -> None:
    page = browser(Role.REVIEWER).post("/try/", {"text": "", "direction": "prompt"}).content.decode()
    assert "field-error" in page
