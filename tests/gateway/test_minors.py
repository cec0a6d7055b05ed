"""Minors and companions through the gateway, end to end: the official client, the stub's model, the stored records.

Nothing here depends on the hour: what the night closes is opened by a guardian's exemption, or closed by a limit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openai
import pytest

from guiju.evidence.record import Exchange, decode
from guiju.minors import Ledger, Span, policy_source
from guiju.minors.calendar import HOUR, MINUTE
from guiju.store import care
from guiju.store.keys import pseudonymiser
from guiju.store.models import Account, CareCase, CareEvent, CareProfile, RecordRisk, UsageDay, Violation
from guiju.store.moments import micros
from guiju.store.services import guardians, minors
from tests.gateway.conftest import DOUBTFUL, WORD
from tests.gateway.serving import SYSTEM, Caller, Reply, fetch, wait_for
from tests.gateway.stub import Stub, chat

Make = Callable[..., Caller]
PROOF = "cd" * 32
POLICY = policy_source.default()


def known_as(caller: Caller, name: str) -> str:
    return pseudonymiser().pseudonym(caller.row.pk, name)


def account(caller: Caller, name: str) -> Account:
    now = datetime.now(UTC)
    row, _ = Account.objects.get_or_create(
        pk=known_as(caller, name), defaults={"integration": caller.row, "first_seen": now, "last_seen": now}
    )
    return row


def child(caller: Caller, name: str = "kid", band: str = "8_12", *, open_at_night: bool = True) -> Account:
    """A child's account that may be used at any hour, known to the gateway."""
    row = account(caller, name)
    minors.set_profile(SYSTEM, row, basis="stated", band=band)
    if open_at_night:
        guardians.decide(SYSTEM, row, "exemption", "curfew", proof_sha256=PROOF)
    caller.gateway.refreshed()
    return row


def used(caller: Caller, row: Account, span: int) -> None:
    """Put use into the database and wait until the gateway has learnt of it."""
    now = datetime.now(UTC)
    end = micros(now)
    care.store_usage(row.pk, Ledger((Span(end - span, end),)), POLICY, now)
    book = caller.gateway.runtime.care  # type: ignore[union-attr]
    wait_for(lambda: book.usage(row.pk, micros(datetime.now(UTC)), POLICY).began is not None)


def said(reply: Reply) -> str:
    text: str = reply.json["choices"][0]["message"]["content"]
    return text


def header(reply: Reply) -> str:
    return str(reply.headers["x-guiju-minors"] or "")


def risks(caller: Caller) -> list[str]:
    """The risks in the caller's newest record."""
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return [finding.risk for finding in body.prompt.findings]


def accounts_api(caller: Caller, method: str, user: str, what: str, body: Any = None) -> Reply:
    return fetch(
        caller.gateway, method, f"/guard/v1/accounts/{user}/{what}", body, Authorization=f"Bearer {caller.key}"
    )


@pytest.fixture
def companion(make: Make) -> Caller:
    """An integration that offers companions."""
    caller = make()
    caller.update(purpose="companion")
    return caller


# --- whom it does not concern ----------------------------------------------------------------------------------------


def test_everybody_else_notices_nothing(caller: Caller, stub: Stub) -> None:
    reply = caller.chat("我今年12岁", user="u")
    assert said(reply).endswith("好") and "x-guiju-minors" not in reply.headers and "guiju" not in reply.json
    assert risks(caller) == [] and not UsageDay.objects.filter(account=known_as(caller, "u")).exists()


# --- denied ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
def test_a_child_is_told_why_not_and_the_model_is_not_asked(stream: bool, caller: Caller, stub: Stub) -> None:
    row = child(caller)
    guardians.decide(SYSTEM, row, "limit", "daily", value=0)
    caller.gateway.refreshed()
    if stream:
        with caller.openai as client:
            chunks = list(
                client.chat.completions.create(
                    model="m1", messages=[{"role": "user", "content": "讲个故事"}], user="kid", stream=True
                )
            )
        text = "".join(c.choices[0].delta.content or "" for c in chunks)
        assert chunks[-1].choices[0].finish_reason == "content_filter"
    else:
        reply = caller.chat("讲个故事", user="kid")
        text = said(reply)
        assert header(reply).startswith("deny; codes=daily; band=8_12; pool=age-8-12; remaining=0")
    assert "今天的使用时长（0分钟）已用完" in text and "used up" in text
    assert stub.asked == []
    record = caller.records()[-1]
    assert (record.outcome, record.prompt_action) == ("blocked", "answer_instead")
    assert risks(caller) == ["guiju.minors.daily"]
    assert RecordRisk.objects.filter(record=record, risk="guiju.minors.daily").exists()
    assert not Violation.objects.filter(account=row).exists(), "being a child is no violation"
    wait_for(lambda: CareEvent.objects.filter(account=row.pk, kind="denied", code="daily").exists())


def test_integrations_that_want_errors_get_one(make: Make, stub: Stub) -> None:
    caller = make(blocked_style="error")
    guardians.decide(SYSTEM, child(caller), "limit", "all")
    caller.gateway.refreshed()
    with caller.openai as client, pytest.raises(openai.PermissionDeniedError) as refused:
        client.chat.completions.create(model="m1", messages=[{"role": "user", "content": "在吗"}], user="kid")
    assert refused.value.code == "GJ-5202" and "监护人暂停" in str(refused.value)
    assert caller.records()[-1].outcome == "blocked" and stub.asked == []


def test_a_guardians_change_counts_within_a_second(caller: Caller, stub: Stub) -> None:
    row = child(caller)
    assert caller.chat(user="kid").json["choices"][0]["finish_reason"] == "stop"
    decision = guardians.decide(SYSTEM, row, "limit", "all")
    caller.gateway.refreshed()
    assert "监护人暂停" in said(caller.chat(user="kid"))
    guardians.withdraw(SYSTEM, decision)
    caller.gateway.refreshed()
    assert said(caller.chat(user="kid")).endswith("好")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X_Guiju_Persona": "partner"}, "persona"),
        ({"X_Guiju_Persona": "kin"}, "persona"),
        ({"X_Guiju_Features": "search, voice_clone"}, "feature"),
        ({"X_Guiju_Character": "%E5%B0%8F%E7%99%BD"}, "character"),
    ],
)
def test_what_a_child_is_not_offered(headers: dict[str, str], code: str, caller: Caller, stub: Stub) -> None:
    guardians.decide(SYSTEM, child(caller), "limit", "characters", names=["小白"])
    caller.gateway.refreshed()
    body = {"model": "m1", "messages": [{"role": "user", "content": "你好"}], "user": "kid"}
    reply = caller.post("/v1/chat/completions", body, **headers)
    assert f"codes={code}" in header(reply) and stub.asked == []
    assert caller.post("/v1/chat/completions", {**body, "user": "grown"}, **headers).status == 200
    assert len(stub.asked) == 1, "grown-ups of unknown age are offered everything"


def test_an_age_band_in_a_header(caller: Caller, stub: Stub) -> None:
    body = {"model": "m1", "messages": [{"role": "user", "content": "你好"}], "user": "h"}
    reply = caller.post("/v1/chat/completions", body, X_Guiju_Age_Band="12_16", X_Guiju_Persona="partner")
    assert "persona" in header(reply) and "band=12_16" in header(reply)
    wait_for(lambda: CareProfile.objects.filter(pk=known_as(caller, "h"), band="12_16", basis="stated").exists())
    wrong = caller.post("/v1/chat/completions", body, X_Guiju_Age_Band="13")
    assert (wrong.status, wrong.error["param"]) == (400, "X-Guiju-Age-Band")
    adult = caller.post("/v1/chat/completions", {**body, "user": "h2"}, X_Guiju_Age_Band="adult")
    assert header(adult) == "allow; band=adult"
    mode = caller.post("/v1/chat/completions", {**body, "user": "h3"}, X_Guiju_Minors_Mode="on", X_Guiju_Persona="kin")
    assert "band=12_16" in header(mode), "minors' mode without an age: the cautious band"


def test_a_band_is_judged_by_a_stricter_policy(caller: Caller, stub: Stub) -> None:
    child(caller)
    assert said(caller.chat(f"说说{DOUBTFUL}", user="grown")).endswith("好")
    reply = caller.chat(f"说说{DOUBTFUL}", user="kid")
    assert reply.json["choices"][0]["finish_reason"] == "content_filter" and len(stub.asked) == 1
    stub.script = chat([f"从前有个{DOUBTFUL}"], cut=3)
    for user, stopped in (("grown", False), ("kid", True)):
        events = caller.chat("讲个故事", user=user, stream=True).events
        text = "".join(c["delta"].get("content") or "" for e in events for c in e["choices"])
        assert (DOUBTFUL in text) is not stopped


# --- reminded --------------------------------------------------------------------------------------------------------


def test_half_an_hour_is_reminded_of_once(caller: Caller, stub: Stub) -> None:
    row = child(caller, band="16_18")
    used(caller, row, 31 * MINUTE)
    reply = caller.chat(user="kid")
    assert "【提醒 Reminder】你已连续使用" in said(reply) and "remind; codes=continuous" in header(reply)
    told = reply.json["guiju"]
    assert told["reasons"][0]["code"] == "continuous" and told["reasons"][0]["verified"] is True
    assert told["content"] == {"tier": "youth", "pool": "age-16-18"}
    assert "guiju.minors.continuous" in risks(caller)
    assert "【提醒" not in said(caller.chat(user="kid")), "once until the next half hour"
    wait_for(lambda: CareEvent.objects.filter(account=row.pk, kind="reminded", code="continuous").count() == 1)


def test_two_hours_with_a_companion(companion: Caller, stub: Stub) -> None:
    row = account(companion, "anna")
    used(companion, row, 121 * MINUTE)
    chunks = companion.chat("然后呢", user="anna", stream=True).events
    text = "".join(c["delta"].get("content") or "" for e in chunks for c in e["choices"])
    assert "对方是人工智能，不是真人" in text and "你正在与人工智能对话" in text
    assert text.index("好") < text.index("【提醒 Reminder】")
    assert {"guiju.companion.two_hours", "guiju.companion.identity"} <= set(risks(companion))
    again = said(companion.chat(user="anna"))
    assert "【提醒" not in again


def test_json_answers_stay_json(companion: Caller, stub: Stub) -> None:
    stub.says('{"a": 1}')
    reply = companion.chat("给我 JSON", user="anna", response_format={"type": "json_object"})
    assert json.loads(said(reply)) == {"a": 1}
    assert reply.json["guiju"]["reasons"][0]["code"] == "identity" and "codes=identity" in header(reply)


def test_a_reminder_that_never_went_out_is_due_still(companion: Caller, stub: Stub) -> None:
    assert "【提醒" not in said(companion.chat(WORD, user="carl")), (
        "the prompt was stopped, the answer is no place for it"
    )
    assert "你正在与人工智能对话" in said(companion.chat(user="carl"))
    assert "你正在与人工智能对话" not in said(companion.chat(user="carl"))


# --- suspected -------------------------------------------------------------------------------------------------------


def test_a_suspicion_is_told_and_can_be_appealed(companion: Caller, stub: Stub) -> None:
    pseudonym = known_as(companion, "dora")
    companion.chat("我今年12岁，上六年级", user="dora")
    assert "guiju.minors.signal" in risks(companion)
    wait_for(lambda: CareProfile.objects.filter(pk=pseudonym, basis="suspected", mode=True).exists())
    companion.gateway.refreshed()
    reply = companion.chat("你好呀", user="dora")
    assert "可能未满18周岁" in said(reply) and "申诉" in said(reply), "never in silence"
    asked = accounts_api(companion, "POST", "dora", "requests", {"kind": "appeal", "statement": "我三十岁"})
    assert asked.status == 200 and asked.json["state"] == "open"
    assert CareCase.objects.get(pk=asked.json["number"]).statement == "我三十岁"
    stated = accounts_api(companion, "PUT", "dora", "profile", {"band": "adult"})
    assert stated.json["mode"] is True, "a mere statement does not undo it"
    minors.clear_suspicion(SYSTEM, Account.objects.get(pk=pseudonym), "视频核验")
    companion.gateway.refreshed()
    assert "可能未满" not in said(companion.chat("我今年12岁", user="dora"))
    assert CareProfile.objects.get(pk=pseudonym).mode is False


def test_ordinary_services_do_not_look_for_signs(caller: Caller, stub: Stub) -> None:
    caller.chat("我今年12岁，上六年级", user="eve")
    assert risks(caller) == [] and not CareProfile.objects.filter(pk=known_as(caller, "eve")).exists()


# --- companions: crisis, exit, leave-taking ----------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["stand_in", "error"])
def test_a_crisis_is_answered_with_help_whatever_else_holds(style: str, make: Make, stub: Stub) -> None:
    caller = make(blocked_style=style)
    caller.update(purpose="companion")
    guardians.decide(SYSTEM, child(caller, "fay"), "limit", "all")
    caller.gateway.refreshed()
    reply = caller.chat("我不想活了", user="fay")
    assert reply.status == 200 and all(number in said(reply) for number in ("12356", "110", "120"))
    assert stub.asked == [] and "guiju.companion.crisis" in risks(caller)
    wait_for(lambda: CareCase.objects.filter(account_id=known_as(caller, "fay"), kind="crisis", state="open").exists())
    assert not Violation.objects.filter(account_id=known_as(caller, "fay")).exists()


def test_distress_gets_comfort_beside_the_answer(companion: Caller, stub: Stub) -> None:
    text = said(companion.chat("没有人爱我", user="gus"))
    assert text.count("12356") == 2 and "好" in text, "in Chinese and in English"
    assert "guiju.companion.distress" in risks(companion)


def test_exit_at_the_first_request(companion: Caller, stub: Stub) -> None:
    for stream in (False, True):
        reply = companion.chat("退出对话", user="hal", stream=stream)
        assert "已结束" in reply.body.decode() and stub.asked == []
    assert risks(companion) == ["guiju.companion.exit"]


@pytest.mark.parametrize("stream", [False, True])
def test_no_answer_holds_anybody_back(stream: bool, companion: Caller, stub: Stub) -> None:
    stub.script = chat(["别走，再陪我聊一会儿吧。"], cut=4)
    reply = companion.chat("我先睡了，晚安", user="ida", stream=stream)
    if stream:  # what was said is corrected at once
        text = "".join(c["delta"].get("content") or "" for e in reply.events for c in e["choices"])
        assert text.rstrip().endswith("no reason is needed.")
    else:
        assert "别走" not in said(reply) and "好的，再见" in said(reply)
    assert "guiju.companion.retention" in risks(companion)
    companion.chat("再聊聊", user="ida")
    assert "guiju.companion.retention" not in risks(companion), "the same words to somebody who stays are no matter"


# --- what callers tell and ask ------------------------------------------------------------------------------------------


def usage(caller: Caller, **more: Any) -> Any:
    reply = caller.post("/guard/v1/usage", {"user": "kid", **more})
    assert reply.status == 200, reply.body
    return reply.json


def test_heartbeats_of_two_devices_are_one_use(caller: Caller, stub: Stub) -> None:
    row = child(caller)
    guardians.decide(SYSTEM, row, "limit", "continuous", value=600)
    caller.gateway.refreshed()
    assert usage(caller, seconds=300)["action"] == "allow"
    left = usage(caller, seconds=300)["remaining_s"]
    assert 3200 <= left <= 3300, "the second device was used at the same time"
    wait_for(lambda: UsageDay.objects.filter(account=row.pk).exists())
    standing = accounts_api(caller, "GET", "kid", "profile").json
    assert standing["band"] == "8_12" and 300 <= standing["used_today_s"] <= 400


def test_purchases_have_a_cap_and_count_once(caller: Caller, stub: Stub) -> None:
    child(caller)
    assert usage(caller, purchase={"id": "a", "fen": 4000})["action"] == "allow"
    assert usage(caller, purchase={"id": "a", "fen": 4000})["action"] == "allow", "told again"
    denied = usage(caller, purchase={"id": "b", "fen": 4000})
    assert denied["action"] == "deny" and [r["code"] for r in denied["reasons"]] == ["daily_spend"]
    assert denied["reasons"][0]["clause_zh"].endswith("（游戏规则，此处类推；条文原文未核实）")
    assert usage(caller, link=True)["reasons"][0]["code"] == "link"
    record = caller.records()[-1]
    assert (record.endpoint, record.prompt_action) == ("guard.usage", "block")
    assert risks(caller) == ["guiju.minors.link"]


@pytest.mark.parametrize(
    "body", [{}, {"user": ""}, {"user": "k", "seconds": -1}, {"user": "k", "seconds": "5"}, {"user": "k", "at": 1},
             {"user": "k", "purchase": {"id": "a"}}, {"user": "k", "features": "x"}, {"user": "k", "link": 1}],
)  # fmt: skip
def test_heartbeats_that_say_nothing_are_refused(body: dict[str, Any], caller: Caller, stub: Stub) -> None:
    reply = caller.post("/guard/v1/usage", body)
    assert (reply.status, reply.error["code"]) == (400, "GJ-1104")


def test_the_accounts_api(companion: Caller, stub: Stub) -> None:
    told = accounts_api(companion, "PUT", "%E5%B0%8F%E6%98%8E%2F1", "profile", {"born": "2019-03", "contact": "g-77"})
    assert told.status == 200, told.body
    assert told.json["action"] == "deny" and "consent" in [r["code"] for r in told.json["reasons"]]
    row = CareProfile.objects.get(pk=known_as(companion, "小明/1"))
    assert (row.born, row.basis, row.contact) == ("2019-03", "stated", "g-77")
    body = {"kind": "consent", "scope": "companion", "proof_sha256": PROOF, "expires_at": "2099-01-01T00:00:00+08:00"}
    given = accounts_api(companion, "POST", "%E5%B0%8F%E6%98%8E%2F1", "guardian", body)
    assert (
        "consent" not in [r["code"] for r in given.json["reasons"]]
        and given.json["guardian"][0]["scope"] == "companion"
    )
    link = accounts_api(companion, "POST", "%E5%B0%8F%E6%98%8E%2F1", "guardian-link").json["path"]
    assert guardians.enter(link.split("/")[2], datetime.now(UTC)).pk == row.pk


@pytest.mark.parametrize(
    ("method", "what", "body", "status"),
    [
        ("PUT", "profile", {"band": "13"}, 422),
        ("PUT", "profile", {"age": 13}, 400),
        ("PUT", "profile", {"mode": "on"}, 400),
        ("POST", "guardian", {"kind": "consent", "scope": "companion"}, 422),
        ("POST", "guardian", {"kind": "limit", "scope": "daily", "expires_at": "tomorrow"}, 400),
        ("POST", "requests", {"kind": "money"}, 422),
        ("POST", "elsewhere", {}, 404),
    ],
)
def test_what_the_accounts_api_refuses(
    method: str, what: str, body: dict[str, Any], status: int, caller: Caller, stub: Stub
) -> None:
    assert accounts_api(caller, method, "u9", what, body).status == status


def test_long_use_of_a_companion_is_no_denial_for_adults(companion: Caller, stub: Stub) -> None:
    row = account(companion, "old")
    used(companion, row, 3 * HOUR)
    assert companion.chat(user="old").status == 200 and len(stub.asked) == 1
