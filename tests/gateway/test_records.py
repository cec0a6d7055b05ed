"""One exchange, one record: complete, encrypted, durable before the client sees the end."""

from __future__ import annotations

import http.client
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from guiju.evidence.record import Exchange, decode
from guiju.store.actor import Actor
from guiju.store.evidence import read_text
from guiju.store.keys import pseudonymiser
from guiju.store.models import Record, RecordRisk, RecordText
from tests.gateway.conftest import DOUBTFUL, MASKED, WORD
from tests.gateway.serving import Caller, Gateway, new_caller, wait_for
from tests.gateway.stub import Stub, chat_events, completion, embeddings, pieces, response, whole

Make = Callable[..., Caller]


def exchange_of(record: Record) -> Exchange:
    body = decode(bytes(record.body))
    assert isinstance(body, Exchange)
    return body


@pytest.mark.parametrize("stream", [False, True])
def test_every_field(stream: bool, caller: Caller, stub: Stub) -> None:
    stub.says(f"号码{MASKED}。")
    reply = caller.chat(f"说说{DOUBTFUL}", stream=stream, user="u")
    record = caller.records()[-1]
    exchange = exchange_of(record)
    runtime = caller.gateway.runtime  # type: ignore[union-attr]
    assert exchange.id == record.content_number == reply.headers["X-Guiju-Record"]
    assert exchange.integration == caller.row.pk and exchange.service == "chat"
    assert exchange.account == pseudonymiser().pseudonym(caller.row.pk, "u")
    assert (exchange.model, exchange.upstream, exchange.endpoint) == ("m1", "m1", "chat.completions")
    assert (exchange.delivery, exchange.status, exchange.outcome) == ("stream" if stream else "whole", 200, "completed")
    assert exchange.policy == runtime.snapshot.policy_version and exchange.lexicon == runtime.snapshot.lexicon_version
    assert (exchange.tokens.prompt, exchange.tokens.completion, exchange.tokens.total) == (7, 5, 12)
    [asked] = exchange.prompt.findings
    assert (exchange.prompt.action, asked.where, asked.spans) == ("review", "messages[0].content", ((2, 7),))
    [answered] = exchange.answer.findings
    assert (exchange.answer.action, answered.where, answered.spans) == (
        "mask",
        "choices[0].message.content",
        ((2, 20),),
    )
    timings = exchange.timings
    assert 0 < timings.check_prompt <= timings.total and 0 < timings.upstream <= timings.total
    assert (timings.first_token > 0) == stream
    assert exchange.commitments.prompt and exchange.commitments.answer
    assert exchange.label.position == "start" and exchange.label.content == exchange.id
    assert set(RecordRisk.objects.filter(record=record).values_list("risk", flat=True)) == {asked.risk, answered.risk}
    assert (record.flagged, record.labelled, record.explicit_label, record.tokens) == (True, True, "start", 12)


def test_every_endpoint_is_recorded(caller: Caller, stub: Stub) -> None:
    stub.script = completion(["好"])
    caller.post("/v1/completions", {"model": "m1", "prompt": "你好"})
    stub.script = response("好")
    caller.post("/v1/responses", {"model": "m1", "input": "你好"})
    stub.script = embeddings([1.0])
    caller.post("/v1/embeddings", {"model": "m1", "input": "你好"})
    stub.script = whole({"error": {"message": "no"}}, 500)
    caller.chat()
    found = [(record.endpoint, record.outcome) for record in caller.records()]
    assert found == [
        ("completions", "completed"),
        ("responses", "completed"),
        ("embeddings", "completed"),
        ("chat.completions", "upstream_error"),
    ]
    last = exchange_of(caller.records()[-1])
    assert (last.status, last.error) == (502, "GJ-1303")


# --- the text ----------------------------------------------------------------------------------------------------------

ASKED, ANSWERED = "一只会飞的蓝鲸鱼", "蓝鲸鱼并不会飞翔"


def test_the_text_is_kept_whole_and_only_encrypted(caller: Caller, stub: Stub) -> None:
    stub.says(ANSWERED, reasoning_content="想了一想")
    caller.chat(ASKED, user="王小明同学")
    record = caller.records()[-1]
    texts = read_text(Actor.system("test"), record, "试验")
    asked = [(part.where, part.role, part.text) for part in texts.prompt]
    answered = [(part.where, part.text) for part in texts.answer]
    assert asked == [("messages[0].content", "user", ASKED)]
    assert answered == [
        ("choices[0].message.content", ANSWERED),
        ("choices[0].message.reasoning_content", "想了一想"),
    ]
    stored = RecordText.objects.get(record=record)
    for value in (bytes(record.body), bytes(stored.prompt), bytes(stored.answer)):
        for text in (ASKED, ANSWERED, "想了一想", "王小明同学", caller.key):
            assert text.encode() not in value
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        beside = Path(name).parent.glob(Path(name).name + "*")
        every = [path for found in beside for path in (found.rglob("*") if found.is_dir() else [found])]
        assert any(path.suffix == ".journal" for path in every), "the journal was looked at"
        # by another process: closing the database's files in this one would let go of the locks SQLite has on them here
        files = subprocess.check_output(["cat", *every])
        assert caller.row.pk.encode() in files, "the file was read"
        for text in (ASKED, ANSWERED, "想了一想", "王小明同学", caller.key):
            assert text.encode() not in files and json.dumps(text)[1:-1].encode() not in files


def test_what_was_masked_and_what_was_stopped_is_kept_as_it_was_said(caller: Caller, stub: Stub) -> None:
    stub.says(f"号码{MASKED}。")
    caller.chat(stream=True)
    [part] = read_text(Actor.system("test"), caller.records()[-1], "试验").answer
    assert part.text == f"号码{MASKED}。"
    stub.says(f"先说{WORD}")
    caller.chat(stream=True)
    [part] = read_text(Actor.system("test"), caller.records()[-1], "试验").answer
    assert part.text == f"先说{WORD}"


def test_no_text_is_kept_where_the_operator_says_so(stub: Stub, database: None) -> None:
    discreet = Gateway(stub.base, evidence={"keep_text": False})
    try:
        caller = new_caller(discreet)
        assert caller.chat(ASKED).status == 200
    finally:
        discreet.close()
    record = caller.records()[-1]
    assert not record.has_text and not RecordText.objects.filter(record=record).exists()
    assert exchange_of(record).commitments.prompt == ""


# --- durable before the end --------------------------------------------------------------------------------------------


def gateway_of(caller: Caller) -> Gateway:
    assert isinstance(caller.gateway, Gateway)
    return caller.gateway


class Asking:
    """A client that reads at its own pace and may leave at any time."""

    def __init__(self, caller: Caller, *, stream: bool = True) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", caller.gateway.port, timeout=10)
        body = json.dumps({"model": "m1", "messages": [{"role": "user", "content": "你好"}], "stream": stream})
        self._connection.request("POST", "/v1/chat/completions", body, {"Authorization": f"Bearer {caller.key}"})
        self._answer: http.client.HTTPResponse | None = None

    def until(self, text: str) -> bytes:
        """Read lines up to one that holds ``text``."""
        seen = b""
        while text.encode() not in seen:
            self._answer = self._answer or self._connection.getresponse()
            line = self._answer.readline()
            assert line, "the stream ended"
            seen += line
        return seen

    def rest(self) -> bytes:
        """Read to the end."""
        assert self._answer is not None
        return self._answer.read()

    def leave(self) -> None:
        """Close the connection."""
        if self._answer is not None:
            self._answer.close()
        self._connection.close()


def test_the_end_of_a_stream_waits_for_its_record(caller: Caller, stub: Stub) -> None:
    stub.script = pieces(chat_events(["好的"], cut=2))
    with gateway_of(caller).no_record():
        asking = Asking(caller)
        seen = asking.until("好的")
        rest: list[bytes] = []
        reader = threading.Thread(target=lambda: rest.append(asking.rest()))
        reader.start()
        reader.join(0.5)
        assert reader.is_alive(), "the stream ended before its record was durable"
        assert b"[DONE]" not in seen and b'"stop"' not in seen
        assert caller.records() == []
    reader.join(10)
    assert rest[0].endswith(b"data: [DONE]\n\n") and b'"stop"' in rest[0]
    assert [record.outcome for record in caller.records()] == ["completed"]
    asking.leave()


@pytest.mark.parametrize("text", ["你好", WORD])
def test_a_whole_answer_waits_for_its_record(text: str, caller: Caller, stub: Stub) -> None:
    replies = []
    with gateway_of(caller).no_record():
        thread = threading.Thread(target=lambda: replies.append(caller.chat(text)))
        thread.start()
        thread.join(0.4)
        assert replies == []
    thread.join(10)
    assert replies[0].status == 200 and len(caller.records()) == 1


def test_what_cannot_become_durable_is_not_answered(stub: Stub, database: None) -> None:
    hasty = Gateway(stub.base, evidence={"wait_s": 0.3})
    try:
        caller = new_caller(hasty)
        stub.says("不该送出的回答")
        with hasty.no_record():
            reply = caller.chat()
            streamed = caller.chat(stream=True)
        assert (reply.status, reply.error["type"]) == (503, "service_unavailable_error")
        assert "不该送出的回答" not in reply.body.decode()
        last = streamed.events[-1]
        assert last["error"]["code"] == reply.error["code"] and "finish_reason" not in last
        wait_for(lambda: len(caller.records()) == 2)
    finally:
        hasty.close()


# --- clients that leave ------------------------------------------------------------------------------------------------


@pytest.fixture
def gate(stub: Stub) -> Iterator[threading.Event]:
    closed = threading.Event()
    stub.script = pieces(chat_events(["很长很长的回答"]), gate=closed)
    yield closed
    closed.set()


def idle(caller: Caller) -> bool:
    runtime = caller.gateway.runtime  # type: ignore[union-attr]
    return bool(runtime.in_flight == 0 and runtime.meter(caller.row.pk).in_flight == 0)


def test_a_client_that_leaves_is_recorded_and_the_model_is_let_go(
    caller: Caller, stub: Stub, gate: threading.Event
) -> None:
    asking = Asking(caller)
    asking.until("很")
    asking.leave()
    wait_for(lambda: len(caller.records()) == 1)
    assert stub.last.left.wait(5), "the connection to the model stayed open"
    record = caller.records()[0]
    assert record.outcome == "client_left" and record.labelled
    [part] = read_text(Actor.system("test"), record, "试验").answer
    assert "很长很长的回答".startswith(part.text) and part.text
    wait_for(lambda: idle(caller))


def test_a_client_that_leaves_before_a_whole_answer(caller: Caller, stub: Stub, gate: threading.Event) -> None:
    asking = Asking(caller, stream=False)
    wait_for(lambda: stub.asked)
    asking.leave()
    wait_for(lambda: len(caller.records()) == 1)
    assert caller.records()[0].outcome == "client_left"
    assert stub.last.left.wait(5)
    wait_for(lambda: idle(caller))


def test_a_client_that_leaves_while_its_record_is_written(caller: Caller, stub: Stub) -> None:
    with gateway_of(caller).no_record():
        asking = Asking(caller)
        asking.until("好")
        threading.Event().wait(0.3)  # the record is on its way by now
        asking.leave()
        threading.Event().wait(0.3)
    wait_for(lambda: idle(caller))
    wait_for(lambda: caller.records())
    caller.chat()
    assert [record.outcome for record in caller.records()] == ["completed", "completed"], "one exchange, one record"


def test_a_gateway_that_stops_records_what_it_leaves(stub: Stub, database: None, gate: threading.Event) -> None:
    stopping = Gateway(stub.base)
    caller = new_caller(stopping)
    asking = Asking(caller)
    asking.until("很")
    stopping.close()
    asking.leave()
    assert [record.outcome for record in caller.records()] == ["interrupted"]


def test_a_slow_client_slows_the_model_down(stub: Stub, database: None) -> None:
    """What a client does not read stays with the model: the gateway holds a bounded part of the answer."""
    patient = Gateway(stub.base, gateway={"max_answer_bytes": 1 << 30})
    try:
        caller = new_caller(patient)
        piece = chat_events(["今天天气很好，我们去公园散步。" * 533], cut=8000)
        parts = [piece[0], *[piece[1]] * 4000, *piece[2:]]  # about 100 MB
        stub.script = pieces(parts)
        asking = Asking(caller)
        asking.until("好")
        still, before = 0, -1
        while still < 10:
            threading.Event().wait(0.1)
            still, before = (still + 1 if stub.last.sent == before else 0), stub.last.sent
        assert 0 < stub.last.sent < 2000, "the model was read far ahead of the client"
        asking.leave()
        wait_for(lambda: [record.outcome for record in caller.records()] == ["client_left"])
    finally:
        patient.close()
