"""End users: who is meant, who is counted, and how a step against one reaches every gateway at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guiju.store.keys import pseudonymiser
from guiju.store.models import Account, Case, Sanction, Violation
from guiju.store.services import accounts
from tests.gateway.conftest import DOUBTFUL, WORD
from tests.gateway.serving import SYSTEM, Caller, Reply, database_process, wait_for
from tests.gateway.stub import Stub

Make = Callable[..., Caller]


def known_as(caller: Caller, name: str) -> str:
    return pseudonymiser().pseudonym(caller.row.pk, name)


def paused(reply: Reply) -> bool:
    return reply.status == 403 and reply.error["code"] == "GJ-1211"


@pytest.mark.parametrize(
    ("body", "header", "name"),
    [
        ({"user": "张三"}, "", "张三"),
        ({"safety_identifier": "u-1"}, "", "u-1"),
        ({"user": "a", "safety_identifier": "b"}, "", "b"),
        ({"user": "a", "safety_identifier": "b"}, "李四", "李四"),
        ({}, "c", "c"),
        ({"user": "  d  "}, "", "d"),
        ({"user": None}, "", ""),
        ({"user": "   "}, "", ""),
        ({}, "", ""),
    ],
)
def test_who_is_meant(body: dict[str, Any], header: str, name: str, caller: Caller, stub: Stub) -> None:
    request = {"model": "m1", "messages": [{"role": "user", "content": "你好"}], **body}
    headers = {"X_Guiju_User": header.encode().decode("latin-1")} if header else {}
    assert caller.post("/v1/chat/completions", request, **headers).status == 200
    record = caller.records()[-1]
    assert record.account == (known_as(caller, name) if name else "")
    assert name == "" or Account.objects.get(pk=record.account).integration_id == caller.row.pk
    for field in ("user", "safety_identifier"):  # the model's operator learns a pseudonym, never the name
        assert stub.last.json.get(field) in (None, record.account, "") or not body[field].strip()


def test_a_pseudonym_belongs_to_one_integration(make: Make, stub: Stub) -> None:
    first, second = make(), make()
    assert first.chat(user="张三").status == second.chat(user="张三").status == 200
    assert first.records()[-1].account != second.records()[-1].account


@pytest.mark.parametrize("value", [7, ["a"], {"a": 1}, "x" * 513])
def test_what_names_nobody_is_refused(value: Any, caller: Caller, stub: Stub) -> None:
    reply = caller.chat(user=value)
    assert (reply.status, reply.error["code"], stub.asked) == (400, "GJ-1104", [])


def test_three_in_a_row_pause_the_account_at_once(caller: Caller, stub: Stub) -> None:
    assert [caller.chat(WORD, user="u").status for _ in range(3)] == [200, 200, 200]
    refusal = caller.chat(user="u")
    assert paused(refusal) and "UTC+8" in refusal.error["message"]
    assert caller.chat(user="other").status == caller.chat().status == 200
    sanction = Sanction.objects.get(account_id=known_as(caller, "u"), step="suspend")
    assert sanction.rule == "pause.in_a_row"
    assert sanction.records == [record.pk for record in caller.records()[:3]]
    accounts.lift(SYSTEM, sanction, "误判")
    caller.gateway.refreshed()
    assert caller.chat(user="u").status == 200


def test_five_in_a_day_pause_the_account(caller: Caller, stub: Stub) -> None:
    for turn in range(4):
        assert caller.chat(WORD, user="v").status == 200
        if turn % 2:
            assert caller.chat(user="v").status == 200, "not three in a row, not five yet"
    assert caller.chat(WORD, user="v").status == 200
    assert paused(caller.chat(user="v"))
    assert Sanction.objects.filter(account_id=known_as(caller, "v"), rule="pause.in_a_day").exists()


def test_without_a_name_nobody_is_punished(caller: Caller, stub: Stub) -> None:
    assert [caller.chat(WORD).status for _ in range(7)] == [200] * 7
    assert caller.chat().status == 200
    numbers = [record.pk for record in caller.records()]
    assert not Violation.objects.filter(record_id__in=numbers).exists()
    assert not Account.objects.filter(integration_id=caller.row.pk).exists()


def test_what_the_model_says_counts_against_nobody(caller: Caller, stub: Stub) -> None:
    stub.says(WORD)
    assert [caller.chat(user="w").status for _ in range(6)] == [200] * 6
    assert not Violation.objects.filter(account_id=known_as(caller, "w")).exists()


def test_a_doubtful_prompt_passes_and_waits_for_a_person(caller: Caller, stub: Stub) -> None:
    assert caller.chat(f"说说{DOUBTFUL}", user="x").status == 200 and len(stub.asked) == 1
    record = caller.records()[-1]
    assert (record.outcome, record.prompt_action, record.flagged) == ("completed", "review", True)
    case = Case.objects.get(record_id=record.pk)
    assert case.risk == "A.1.h" and case.due_at > case.opened_at
    assert not Violation.objects.filter(account_id=known_as(caller, "x")).exists()
    stub.says(DOUBTFUL)
    caller.chat()
    assert Case.objects.filter(record_id=caller.records()[-1].pk).exists(), "an answer may be doubtful too"


def test_the_steps_of_the_ladder(caller: Caller, stub: Stub) -> None:
    caller.chat(user="y")
    account = Account.objects.get(pk=known_as(caller, "y"))

    def step(name: str) -> Sanction:
        sanction = accounts.impose(SYSTEM, account, name, "试验")
        caller.gateway.refreshed()
        return sanction

    step("warn")
    assert caller.chat(user="y").status == 200
    step("limit")
    replies = [caller.chat(user="y") for _ in range(12)]
    codes = {reply.error["code"] for reply in replies if reply.status == 429}
    assert codes == {"GJ-1215"} and 5 <= sum(reply.status == 200 for reply in replies) <= 10
    closed = step("close")
    assert caller.chat(user="y").error["code"] == "GJ-1212"
    accounts.lift(SYSTEM, closed, "试验")
    caller.gateway.refreshed()
    assert caller.chat(user="y").status in (200, 429)


def test_a_step_ends_by_itself(caller: Caller, stub: Stub) -> None:
    caller.chat(user="z")
    account = Account.objects.get(pk=known_as(caller, "z"))
    accounts.impose(SYSTEM, account, "suspend", "试验", expires_at=datetime.now(UTC) + timedelta(seconds=1))
    caller.gateway.refreshed()
    assert paused(caller.chat(user="z"))
    wait_for(lambda: caller.chat(user="z").status == 200)


def test_steps_reach_a_process_of_its_own(caller: Caller, stub: Stub) -> None:
    with database_process(stub.base) as other:
        elsewhere = Caller(other, caller.row, caller.key)
        assert elsewhere.chat(user="q").status == 200
        for one in (caller, elsewhere, caller):  # three in a row, through two processes
            assert one.chat(WORD, user="q").status == 200
        assert paused(caller.chat(user="q"))
        wait_for(lambda: paused(elsewhere.chat(user="q")), 5.0)
