"""Where texts are only checked, a minor's profile holds as it does in an exchange; each protocol in its own shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guiju.store.models import CareCase, CareEvent, Violation
from guiju.store.services import guardians
from tests.gateway.conftest import DOUBTFUL, WORD
from tests.gateway.guard.test_ways import moderated as aliyun
from tests.gateway.serving import SYSTEM, Caller, wait_for
from tests.gateway.test_minors import PROOF, child, known_as

pytestmark = pytest.mark.one_database

Make = Callable[..., Caller]
CHECK, LITELLM = "/guard/v1/check", "/beta/litellm_basic_guardrail_api"


def check(caller: Caller, text: str, user: str) -> bool:
    return "answer" in caller.post(CHECK, {"text": text, "user": user}).json


def openai(caller: Caller, text: str, user: str) -> bool:
    [result] = caller.post("/v1/moderations", {"input": text, "user": user}).json["results"]
    return result["guiju"]["action"] == "answer_instead"


def litellm(caller: Caller, text: str, user: str) -> bool:
    body = {"input_type": "request", "texts": [text], "request_data": {"user_api_key_end_user_id": user}}
    return bool(caller.post(LITELLM, body).json["action"] == "BLOCKED")


def dify(caller: Caller, text: str, user: str) -> bool:
    params = {"app_id": "a", "inputs": {"guiju_user": user}, "query": text}
    return bool(caller.post("/guard/dify", {"point": "app.moderation.input", "params": params}).json["flagged"])


def from_aliyun(caller: Caller, text: str, user: str) -> bool:
    _, reply = aliyun(caller, text, user=user)
    return bool(reply["Data"]["RiskLevel"] == "high")


@pytest.mark.parametrize("stopped", [check, openai, litellm, dify, from_aliyun])
def test_every_way_keeps_to_the_band_and_the_time(stopped: Callable[[Caller, str, str], bool], caller: Caller) -> None:
    row = child(caller)
    assert not stopped(caller, f"说说{DOUBTFUL}", "grown-up")
    assert stopped(caller, f"说说{DOUBTFUL}", "kid")
    assert not stopped(caller, "今天天气好", "kid")
    guardians.decide(SYSTEM, row, "limit", "all", proof_sha256=PROOF)
    caller.gateway.refreshed()
    assert stopped(caller, "今天天气好", "kid") and not stopped(caller, "今天天气好", "grown-up")
    wait_for(lambda: CareEvent.objects.filter(account=row.pk, kind="denied").exists())
    assert not Violation.objects.filter(account=row).exists(), "being a child is no violation"
    assert stopped(caller, f"说说{WORD}", "kid")
    wait_for(lambda: Violation.objects.filter(account=row).exists())


def test_what_the_caller_is_told(caller: Caller) -> None:
    row = child(caller)
    told: dict[str, Any] = caller.post(CHECK, {"text": "今天天气好", "user": "kid"}).json["minors"]
    assert (told["action"], told["band"], told["content"]["pool"]) == ("allow", "8_12", "age-8-12")
    guardians.decide(SYSTEM, row, "limit", "all", proof_sha256=PROOF)
    caller.gateway.refreshed()
    denied = caller.post(CHECK, {"text": "今天天气好", "user": "kid"}).json
    assert (
        denied["minors"]["reasons"][0]["code"] == "paused" and denied["minors"]["reasons"][0]["zh"] in denied["answer"]
    )
    assert denied["risk"] == "guiju.minors.paused"
    answer = caller.post(CHECK, {"text": f"说说{DOUBTFUL}", "user": "kid", "direction": "answer"}).json
    assert answer["action"] == "answer_instead" and "minors" not in answer
    assert "minors" not in caller.post(CHECK, {"text": "今天天气好", "user": "grown-up"}).json
    stated = caller.post(CHECK, {"text": f"说说{DOUBTFUL}"}, X_Guiju_Age_Band="3_8").json
    assert stated["action"] == "answer_instead"
    wrong = caller.post(CHECK, {"text": WORD, "user": "kid"}, X_Guiju_Age_Band="9_9")
    assert wrong.status == 400


def test_a_crisis_is_heard_when_it_is_only_checked(make: Make) -> None:
    caller = make()
    caller.update(purpose="companion")
    reply = caller.post(CHECK, {"text": "我真的不想活了", "user": "u"}).json
    assert reply["risk"] == "guiju.companion.crisis" and "12356" in reply["answer"]
    wait_for(lambda: CareCase.objects.filter(account=known_as(caller, "u"), kind="crisis").exists())
