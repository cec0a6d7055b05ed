"""The protocols of others: OpenAI's moderations with its own client, LiteLLM's, Dify's and Aliyun's shapes."""

from __future__ import annotations

import hashlib
import http.client
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from guiju.evidence.record import Exchange, decode
from guiju.gateway.guard.categories import Categories
from guiju.identity.acs3 import access_key
from guiju.law import book
from guiju.store.keys import key_hasher
from tests.gateway.conftest import DOUBTFUL, MASKED, WORD
from tests.gateway.guard.signing import sign
from tests.gateway.serving import Caller

pytestmark = pytest.mark.one_database

LITELLM = "/beta/litellm_basic_guardrail_api"


def last(caller: Caller) -> Exchange:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


# --- OpenAI ----------------------------------------------------------------------------------------------------------


def test_the_official_client_reads_moderations(caller: Caller) -> None:
    made = caller.openai.moderations.create(input=["今天天气好", f"说说{WORD}", f"说说{DOUBTFUL}"])
    assert [result.flagged for result in made.results] == [False, True, True]
    calm, bad, _ = made.results
    assert not calm.categories.illicit and bad.categories.illicit
    assert bad.category_scores.illicit > 0.9 and calm.category_scores.illicit == 0.0
    assert bad.category_applied_input_types.illicit == ["text"]
    own: Any = bad
    assert own.guiju["action"] == "answer_instead" and own.category_scores.model_extra["A.1.h"] > 0.9
    assert len(caller.records()) == 3 and last(caller).endpoint == "guard.moderations"


def test_one_text_is_one_result_and_an_image_is_not_called_checked(caller: Caller) -> None:
    assert len(caller.openai.moderations.create(input="好").results) == 1
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    made: Any = caller.openai.moderations.create(input=[{"type": "text", "text": "好"}, image])  # type: ignore[list-item]
    assert made.results[0].guiju["action"] == "unchecked" and last(caller).outcome == "unchecked"


@pytest.mark.parametrize("given", [None, 3, [], [3], [{"type": "audio"}], ["a"] * 257])
def test_moderations_of_nothing_readable(given: object, caller: Caller) -> None:
    assert caller.post("/v1/moderations", {"input": given}).error["code"] == "GJ-1104"


@pytest.mark.parametrize("file", ["openai.yaml", "aliyun.yaml"])
def test_tables_speak_of_risks_that_exist(file: str) -> None:
    table = Categories.load(file)
    taxonomy = book.load().risks
    risks = {named.code for named in (*taxonomy.classes, *taxonomy.risks, *taxonomy.tags, *taxonomy.families)}
    spoken = {risk for category in table._table.categories for risk in category.risks}
    assert spoken <= risks


# --- LiteLLM ---------------------------------------------------------------------------------------------------------


def asked(caller: Caller, texts: list[str], kind: str = "request", **more: Any) -> Any:
    body = {
        "input_type": kind,
        "texts": texts,
        "model": "gpt",
        "request_data": {"user_api_key_end_user_id": "u"},
        **more,
    }
    return caller.post(LITELLM, body).json


def test_litellm_requests(caller: Caller) -> None:
    assert asked(caller, ["好", "天气"]) == {"action": "NONE"}
    blocked = asked(caller, ["好", f"说说{WORD}"])
    assert blocked["action"] == "BLOCKED" and blocked["blocked_reason"]
    assert last(caller).account and last(caller).endpoint == "guard.litellm"
    tool = {"type": "function", "function": {"name": "f", "description": f"用{WORD}"}}
    assert asked(caller, ["好"], tools=[tool])["action"] == "BLOCKED"


def test_litellm_streams_hold_back_what_could_match(caller: Caller) -> None:
    text = f"春天来了,说说{WORD}"
    for end in range(1, len(text)):
        reply = asked(caller, [text[:end]], "response", litellm_call_id="c1")
        assert reply["action"] == "GUARDRAIL_INTERVENED"
        shown = text[: end - reply["stream_holdback_chars"][0]]
        assert WORD[0] not in shown and len(text[:end]) - len(shown) <= len(WORD)
    assert asked(caller, [text], "response", litellm_call_id="c1")["action"] == "BLOCKED"


def test_litellm_masks_and_keeps_each_text_once(caller: Caller) -> None:
    from guiju.store.actor import Actor
    from guiju.store.evidence import read_text

    first = f"号码{MASKED}。"
    reply = asked(caller, [first], "response", litellm_call_id="c2")
    assert MASKED not in reply["texts"][0] and len(reply["texts"][0]) == len(first)
    asked(caller, [first + "后来"], "response", litellm_call_id="c2")
    said = [read_text(Actor.system("test"), record, "试验").answer for record in caller.records()]
    assert [[part.text for part in parts] for parts in said] == [[first], ["后来"]]


def test_litellm_takes_its_key_as_x_api_key(caller: Caller) -> None:
    from tests.gateway.serving import fetch

    body = {"input_type": "request", "texts": ["好"], "request_data": {}}
    assert fetch(caller.gateway, "POST", LITELLM, body, X_Api_Key=caller.key).json == {"action": "NONE"}


# --- Dify ------------------------------------------------------------------------------------------------------------


def test_dify(caller: Caller) -> None:
    path = "/guard/dify"
    assert caller.post(path, {"point": "ping"}).json == {"result": "pong"}

    def moderated(text: str, **inputs: str) -> Any:
        params = {"app_id": "a", "inputs": inputs, "query": text}
        return caller.post(path, {"point": "app.moderation.input", "params": params}).json

    assert moderated("好", a="b") == {"flagged": False, "action": "direct_output"}
    for reply in (moderated(f"说说{WORD}"), moderated("好", a=f"说说{WORD}", guiju_user="u")):
        assert reply["flagged"] and reply["action"] == "direct_output" and reply["preset_response"]
    assert last(caller).account

    def output(text: str) -> Any:
        params = {"app_id": "a", "text": text}
        return caller.post(path, {"point": "app.moderation.output", "params": params}).json

    assert output("好") == {"flagged": False, "action": "direct_output"}
    masked = output(f"号码{MASKED}。")
    assert masked["action"] == "overridden" and MASKED not in masked["text"]
    assert output(f"说说{WORD}")["preset_response"]
    assert caller.post(path, {"point": "app.other", "params": {}}).error["code"] == "GJ-1104"


# --- Aliyun ----------------------------------------------------------------------------------------------------------


def moderated(
    caller: Caller,
    content: str,
    service: str = "llm_query_moderation",
    *,
    late: timedelta = timedelta(),
    user: str = "u",
    **spoiled: str,
) -> tuple[int, Any]:
    hasher = key_hasher()
    pair = access_key(hasher.hash(caller.key), hasher.hash)
    parameters = json.dumps({"content": content, "accountId": user, "dataId": "d1"})
    body = urlencode({"Service": service, "ServiceParameters": parameters}).encode()
    port = caller.gateway.port
    headers = sign(pair, f"127.0.0.1:{port}", body, datetime.now(UTC) - late)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("POST", "/", body, {**headers, **spoiled})
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def test_aliyun(caller: Caller) -> None:
    status, calm = moderated(caller, "今天天气好")
    assert status == 200 and calm["Code"] == 200 and calm["Data"]["RiskLevel"] == "none"
    assert calm["Data"]["DataId"] == "d1" and calm["RequestId"] == last(caller).id and last(caller).account
    _, bad = moderated(caller, f"说说{WORD}")
    data = bad["Data"]
    assert data["RiskLevel"] == "high" and data["Advice"][0]["Answer"]
    [result] = data["Result"]
    assert (result["Label"], result["RiskWords"]) == ("contraband_act", WORD)
    assert result["RiskPositions"] == [{"RiskWord": WORD, "StartPos": 2, "EndPos": 2 + len(WORD)}]
    _, answer = moderated(caller, f"号码{MASKED}。", "llm_response_moderation")
    assert answer["Data"]["SensitiveLevel"] == "S3" and answer["Data"]["SensitiveResult"][0]["SensitiveData"] == [
        MASKED
    ]
    assert last(caller).answer.action == "mask"


def test_aliyun_signatures_are_checked(caller: Caller) -> None:
    assert moderated(caller, "好", late=timedelta(minutes=20))[0] == 401
    assert moderated(caller, "好", **{"x-acs-date": "2026-01-01T00:00:00Z"})[0] == 401
    other = hashlib.sha256(b"other").hexdigest()
    assert moderated(caller, "好", **{"x-acs-content-sha256": other})[0] == 401
    status, told = moderated(
        caller, "好", Authorization="ACS3-HMAC-SHA256 Credential=GJ0,SignedHeaders=host,Signature=" + "0" * 64
    )
    assert status == 401 and told["Code"] == "Guiju.GJ-1202"
    assert moderated(caller, "好", Authorization="Bearer x")[1]["Code"] == "Guiju.GJ-1216"
    assert caller.records() == []
    assert moderated(caller, "长" * 2001)[0] == 400
