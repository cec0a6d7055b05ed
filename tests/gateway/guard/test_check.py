"""``/guard/v1/check``: one content, a batch, numbered pieces; every verdict recorded before it is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guiju.evidence.record import Exchange, decode
from guiju.store.models import Record
from guiju.store.services import integrations
from tests.gateway.conftest import DOUBTFUL, MASKED, WORD
from tests.gateway.serving import SYSTEM, Caller

pytestmark = pytest.mark.one_database

PATH = "/guard/v1/check"
_names = itertools.count()


def exchange_of(record: Record) -> Exchange:
    body = decode(bytes(record.body))
    assert isinstance(body, Exchange)
    return body


@pytest.mark.parametrize(
    ("text", "action", "outcome"),
    [
        ("今天天气好", "pass", "completed"),
        (f"说说{DOUBTFUL}", "review", "completed"),
        (f"说说{WORD}", "answer_instead", "blocked"),
    ],
)
def test_one_content(text: str, action: str, outcome: str, caller: Caller) -> None:
    reply = caller.post(PATH, {"id": "a", "text": text, "user": "u", "model": "m9"})
    assert reply.status == 200 and reply.json["id"] == "a" and reply.json["action"] == action
    [record] = caller.records()
    exchange = exchange_of(record)
    assert (exchange.endpoint, exchange.outcome, exchange.model) == ("guard.check", outcome, "m9")
    assert exchange.id == reply.json["record"] and exchange.prompt.action == action and exchange.answer.action == ""
    assert exchange.account and exchange.commitments.prompt
    assert [f["spans"] for f in reply.json["findings"]] == [
        [list(s) for s in f.spans] for f in exchange.prompt.findings
    ]
    assert ("answer" in reply.json) == (action == "answer_instead")
    assert ("text" in reply.json) == (action != "answer_instead")


def test_an_answer_is_masked_and_labelled(caller: Caller) -> None:
    reply = caller.post(PATH, {"text": f"号码{MASKED}。", "direction": "answer", "label": True})
    assert reply.json["action"] == "mask" and MASKED not in reply.json["text"]
    assert reply.json["aigc"]["ProduceID"] == reply.json["record"]
    exchange = exchange_of(caller.records()[-1])
    assert exchange.label.content == exchange.id and exchange.label.position == "start"
    assert reply.json["text"].startswith("[") or "AI" in reply.json["text"] or "人工智能" in reply.json["text"]


def test_a_conversation_is_checked_whole(caller: Caller) -> None:
    turns = [
        {"role": "user", "content": f"说说{WORD}"},
        {"role": "assistant", "content": "不"},
        {"role": "user", "content": "继续"},
    ]
    reply = caller.post(PATH, {"messages": turns})
    assert reply.json["action"] == "answer_instead"
    assert reply.json["findings"][0]["where"] == "messages[0].content"


def test_a_batch_keeps_order_and_records_each(caller: Caller) -> None:
    texts = ["一", f"二{WORD}", "三", f"四{DOUBTFUL}"]
    reply = caller.post(PATH, {"model": "m9", "items": [{"id": i, "text": t} for i, t in enumerate(texts)]})
    results = reply.json["results"]
    assert [r["id"] for r in results] == [0, 1, 2, 3]
    assert [r["action"] for r in results] == ["pass", "answer_instead", "pass", "review"]
    assert [exchange_of(r).id for r in caller.records()] == [r["record"] for r in results]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": 3}, "text"),
        ({"text": "a", "messages": []}, "text"),
        ({"messages": "a"}, "messages"),
        ({"text": "a", "direction": "sideways"}, "direction"),
        ({"text": "a", "colour": 1}, "colour"),
        ({"items": []}, "items"),
        ({"items": [{"text": "a"}] * 257}, "items"),
        ({"items": ["a"]}, "items[0]"),
        ({"items": [{"text": "a"}, {"txt": "b"}]}, "items[1].txt"),
        ({"session": "s", "piece": -1, "text": "a"}, "piece"),
        ({"session": "s", "piece": True, "text": "a"}, "piece"),
        ({"session": "", "piece": 0, "text": "a"}, "session"),
        ({"session": "s", "piece": 0, "text": "a", "final": 1}, "final"),
        ({"messages": [{"role": "user", "content": "a"}], "label": True}, "label"),
    ],
)
def test_what_is_not_a_request_is_refused_and_nothing_judged(body: object, field: str, caller: Caller) -> None:
    reply = caller.post(PATH, body)
    assert (reply.status, reply.error["code"], reply.error["param"]) == (400, "GJ-1104", field)
    assert caller.records() == []


def test_keys_and_gates_are_those_of_the_gateway(make: Callable[..., Caller]) -> None:
    suspended = make()
    integrations.set_status(SYSTEM, suspended.row, "suspended", "试验")
    suspended.gateway.refreshed()  # type: ignore[union-attr]
    assert suspended.post(PATH, {"text": "a"}).error["code"] == "GJ-1204"
    assert suspended.post(PATH, {"text": "a"}, Authorization="Bearer gj-nobody").error["code"] == "GJ-1202"
    tight = make(requests_per_minute=1)
    assert [tight.post(PATH, {"text": "a"}).status for _ in range(2)] == [200, 429]


def test_violations_count_and_the_account_is_refused(caller: Caller) -> None:
    for _ in range(3):
        assert caller.post(PATH, {"text": f"说{WORD}", "user": "troll"}).status == 200
    caller.gateway.refreshed()
    assert caller.post(PATH, {"text": "好", "user": "troll"}).error["code"] == "GJ-1211"
    assert caller.post(PATH, {"text": "好", "user": "other"}).status == 200


# --- pieces ----------------------------------------------------------------------------------------------------------


def send(caller: Caller, session: str, pieces: list[str]) -> tuple[str, dict[str, object]]:
    """All pieces in order until the session ends; what was released, and the last reply."""
    shown, reply = "", {}
    for number, text in enumerate(pieces):
        final = number == len(pieces) - 1
        reply = caller.post(PATH, {"session": session, "piece": number, "text": text, "final": final}).json
        shown += str(reply["release"])
        if reply["ended"]:
            break
    return shown, reply


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.booleans())
def test_any_cutting_releases_the_same(caller: Caller, cuts: list[int], bad: bool) -> None:
    text = f"春天来了,说说{WORD}吧" if bad else f"春天来了,号码{MASKED}。"
    pieces, at = [], 0
    for size in cuts:
        pieces.append(text[at : at + size])
        at += size
    shown, reply = send(caller, f"cut-{next(_names)}", [*pieces, text[at:]])
    assert reply["ended"]
    if bad:
        assert WORD[0] not in shown and reply["action"] == "answer_instead" and reply["answer"]
        assert shown == "春天来了,说说"
    else:
        assert len(shown) == len(text) and MASKED not in shown and reply["action"] == "mask"
    exchange = exchange_of(Record.objects.get(content_number=reply["record"]))
    assert (exchange.delivery, exchange.answer.action) == ("stream", reply["action"])


def test_a_repeated_piece_gets_the_same_reply_and_is_judged_once(caller: Caller) -> None:
    first = {"session": "r", "piece": 0, "text": f"号码{MASKED}。后来", "final": False}
    assert caller.post(PATH, first).json == caller.post(PATH, first).json
    last = {"session": "r", "piece": 1, "text": "完", "final": True}
    assert caller.post(PATH, last).json == caller.post(PATH, last).json
    assert len(caller.records()) == 1


def test_pieces_out_of_order(caller: Caller) -> None:
    assert caller.post(PATH, {"session": "o", "piece": 1, "text": "a"}).error["code"] == "GJ-1116"
    assert caller.post(PATH, {"session": "o", "piece": 0, "text": "a"}).status == 200
    assert caller.post(PATH, {"session": "o", "piece": 2, "text": "c"}).error["code"] == "GJ-1115"
    assert caller.post(PATH, {"session": "o", "piece": 1, "text": "b", "final": True}).json["ended"]
    assert caller.post(PATH, {"session": "o", "piece": 2, "text": "c"}).error["code"] == "GJ-1115"


def test_sessions_of_one_name_belong_to_their_caller(make: Callable[..., Caller]) -> None:
    one, two = make(), make()
    one.post(PATH, {"session": "s", "piece": 0, "text": "a"})
    assert two.post(PATH, {"session": "s", "piece": 1, "text": "b"}).error["code"] == "GJ-1116"


def test_an_abandoned_session_is_recorded(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from guiju.gateway.guard import pieces
    from tests.gateway.serving import wait_for

    monkeypatch.setattr(pieces, "IDLE_S", 0.05)
    caller.post(PATH, {"session": "left", "piece": 0, "text": "说到一半"})
    wait_for(lambda: len(caller.records()) == 1)
    assert exchange_of(caller.records()[0]).outcome == "interrupted"
