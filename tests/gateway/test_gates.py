"""Who may call: the integration behind the key, what it may ask for, and how much."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guiju.store import snapshot_version
from guiju.store.models import GatewayProcess, IntegrationKey, Refusal, Usage
from guiju.store.services import integrations
from tests.gateway.conftest import WORD
from tests.gateway.serving import SYSTEM, Caller, Gateway, Reply, database_process, fetch, new_caller, wait_for
from tests.gateway.stub import Stub, chat_events, chat_whole, event, message_chunk, pieces, response_object, whole

Make = Callable[..., Caller]
CHAT = {"model": "m1", "messages": [{"role": "user", "content": "你好"}]}


def refused(reply: Reply, status: int, code: str, kind: str) -> None:
    """The answer is this refusal, in OpenAI's shape, with words in both languages."""
    assert (reply.status, reply.error["code"], reply.error["type"]) == (status, code, kind)
    assert reply.error["message"] and reply.error["message_en"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "Basic Z2o6"}, {"X_Api_Key": "gj-1"}])
def test_no_key(headers: dict[str, str], caller: Caller, stub: Stub) -> None:
    reply = fetch(caller.gateway, "POST", "/v1/chat/completions", CHAT, **headers)
    refused(reply, 401, "GJ-1201", "authentication_error")
    assert stub.asked == []


@pytest.mark.parametrize("key", ["gj-nobody", "sk-up", "gj-" + "0" * 48, "x" * 2000, "密钥"])
def test_unknown_key(key: str, caller: Caller, stub: Stub) -> None:
    header = f"Bearer {key}".encode().decode("latin-1")
    reply = fetch(caller.gateway, "POST", "/v1/chat/completions", CHAT, Authorization=header)
    refused(reply, 401, "GJ-1202", "authentication_error")


def test_keys_are_revoked_expire_and_several_may_be_valid(caller: Caller, stub: Stub) -> None:
    second = integrations.new_key(SYSTEM, caller.row)
    caller.gateway.refreshed()
    both = [caller, Caller(caller.gateway, caller.row, second)]
    assert [one.chat().status for one in both] == [200, 200]
    first = IntegrationKey.objects.filter(integration=caller.row).order_by("id").first()
    assert first is not None
    integrations.revoke_key(SYSTEM, first, "换发")
    caller.gateway.refreshed()
    assert [one.chat().status for one in both] == [401, 200]
    soon = integrations.new_key(SYSTEM, caller.row, expires_at=datetime.now(UTC) + timedelta(seconds=1.5))
    caller.gateway.refreshed()
    third = Caller(caller.gateway, caller.row, soon)
    assert third.chat().status == 200
    wait_for(lambda: third.chat().status == 401)


@pytest.mark.parametrize(("status", "code"), [("applied", "GJ-1203"), ("suspended", "GJ-1204"), ("retired", "GJ-1205")])
def test_only_approved_integrations_call(status: str, code: str, make: Make, stub: Stub) -> None:
    caller = make(status="applied" if status == "applied" else "approved")
    if status != "applied":
        integrations.set_status(SYSTEM, caller.row, status, "试验")
        caller.gateway.refreshed()
    refused(caller.chat(), 403, code, "permission_error")
    refused(
        fetch(caller.gateway, "GET", "/v1/models", Authorization=f"Bearer {caller.key}"), 403, code, "permission_error"
    )
    assert stub.asked == [] and caller.records() == []
    wait_for(lambda: Refusal.objects.filter(integration_id=caller.row.pk, code=code, caller="").exists())


def test_expiry_of_the_integration_and_of_its_filing(make: Make, stub: Stub) -> None:
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    for field in ("expires", "filing_expires"):
        caller = make(**{field: today})
        assert caller.chat().status == 200, "the last day is still valid"
        caller.update(**{field: today - timedelta(days=1)})
        reply = caller.chat()
        refused(reply, 403, "GJ-1206", "permission_error")
        assert date.isoformat(today - timedelta(days=1)) in reply.error["message"]


def test_models(make: Make, stub: Stub) -> None:
    refused(
        make(models_allowed=["m1"]).post("/v1/chat/completions", {**CHAT, "model": "m2"}),
        403,
        "GJ-1207",
        "permission_error",
    )
    refused(make().post("/v1/chat/completions", {**CHAT, "model": "m3"}), 404, "GJ-1107", "invalid_request_error")
    assert stub.asked == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chat/completions", {**CHAT, "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}),
        ("chat/completions", {**CHAT, "modalities": ["image", "text"]}),
        ("responses", {"model": "m1", "input": "画一只猫", "tools": [{"type": "image_generation"}]}),
    ],
)
def test_media_are_asked_for_only_where_allowed(path: str, body: Any, make: Make, stub: Stub) -> None:
    refused(make().post(f"/v1/{path}", body), 403, "GJ-1213", "permission_error")
    assert stub.asked == []
    if path == "responses":
        stub.script = whole(response_object([{"type": "image_generation_call", "id": "i", "result": "AAAA"}]))
    reply = make(allow_media=True).post(f"/v1/{path}", body)
    assert reply.status == 200 and stub.last.json == body


AUDIO = {"id": "a", "data": "AAAA", "expires_at": 1, "transcript": "你好"}


def test_media_in_answers(make: Make, stub: Stub) -> None:
    stub.script = whole(chat_whole([{"role": "assistant", "content": None, "audio": AUDIO}]))
    refused(make().chat(), 403, "GJ-1213", "permission_error")
    reply = make(allow_media=True).chat()
    assert reply.json["choices"][0]["message"]["audio"] == AUDIO
    stub.script = pieces([event(message_chunk(0, {"content": "听:"})), event(message_chunk(0, {"audio": AUDIO}))])
    assert make().chat(stream=True).events[-1]["error"]["code"] == "GJ-1213"


PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def test_a_picture_among_the_parts_of_an_answer(make: Make, stub: Stub) -> None:
    said = [{"role": "assistant", "content": [{"type": "text", "text": "看:"}, PICTURE]}]
    stub.script = whole(chat_whole(said))
    refused(make().chat(), 403, "GJ-1213", "permission_error")
    assert make(allow_media=True).chat().json["choices"][0]["message"]["content"][1] == PICTURE
    stub.script = pieces([event(message_chunk(0, {"content": "看:"})), event(message_chunk(0, {"content": [PICTURE]}))])
    assert make().chat(stream=True).events[-1]["error"]["code"] == "GJ-1213"
    stub.script = whole(chat_whole([{"role": "assistant", "content": [{"type": "text", "text": "只有字"}]}]))
    assert make().chat().status == 200
    message = {"type": "message", "id": "m", "role": "assistant", "status": "completed"}
    stub.script = whole(response_object([{**message, "content": [{"type": "output_image", "image_url": "data:,"}]}]))
    refused(make().post("/v1/responses", {"model": "m1", "input": "画"}), 403, "GJ-1213", "permission_error")


def test_a_transcript_is_checked_and_the_sound_is_not_touched(make: Make, stub: Stub) -> None:
    caller = make(allow_media=True)
    deltas = [{"audio": {"id": "a"}}, *[{"audio": {"transcript": c}} for c in "紫檀木暗"], {"audio": {"data": "AAAA"}}]
    stub.script = pieces([*[event(message_chunk(0, d)) for d in deltas], *chat_events(["好"])[-3:]])
    parts = [c["delta"].get("audio") or {} for e in caller.chat(stream=True).events for c in e["choices"]]
    assert "".join(part.get("transcript", "") for part in parts) == "紫檀木暗"
    assert "".join(part.get("data", "") for part in parts) == "AAAA"
    stub.script = pieces([event(message_chunk(0, {"audio": {"transcript": c}})) for c in WORD])
    reply = caller.chat(stream=True)
    assert reply.events[-1]["choices"][0]["finish_reason"] == "content_filter" and WORD[0] not in reply.body.decode()


# --- quotas ------------------------------------------------------------------------------------------------------------


def test_requests_a_minute(make: Make, stub: Stub) -> None:
    caller = make(requests_per_minute=3)
    statuses = [caller.chat().status for _ in range(5)]
    if statuses != [200, 200, 200, 429, 429]:  # the minute turned over in between
        statuses = [caller.chat().status for _ in range(5)]
    refused(caller.chat(), 429, "GJ-1208", "rate_limit_error")
    assert 1 <= int(caller.chat().headers["Retry-After"]) <= 60
    wait_for(lambda: Usage.objects.filter(integration_id=caller.row.pk, window="m", requests__gte=1).exists())


def test_tokens_a_day(make: Make, stub: Stub) -> None:
    caller = make(tokens_per_day=20)
    assert [caller.chat().status, caller.chat(stream=True).status] == [200, 200]  # 12 tokens each
    refused(caller.chat(), 429, "GJ-1209", "rate_limit_error")
    day = (time.time() + 8 * 3600) // 86_400
    left = (day + 1) * 86_400 - 8 * 3600 - time.time()
    assert abs(int(caller.chat().headers["Retry-After"]) - left) < 120 or left < 120  # the day turned over in between
    wait_for(lambda: Usage.objects.filter(integration_id=caller.row.pk, window="d", tokens=24).exists())


@pytest.fixture
def gate(stub: Stub) -> Iterator[threading.Event]:
    """Closed until set: a stream's last piece waits for it."""
    closed = threading.Event()
    stub.script = pieces(chat_events(["好"]), gate=closed)
    yield closed
    closed.set()


def test_exchanges_at_once(make: Make, stub: Stub, gate: threading.Event) -> None:
    caller = make(concurrent=2)
    replies: list[Reply] = []
    threads = [threading.Thread(target=lambda: replies.append(caller.chat(stream=True))) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(stub.asked) == 2)
    refused(caller.chat(stream=True), 429, "GJ-1210", "rate_limit_error")
    gate.set()
    for thread in threads:
        thread.join(10)
    assert [reply.status for reply in replies] == [200, 200]
    assert caller.chat(stream=True).status == 200


def test_quotas_hold_across_gateways(make: Make, stub: Stub, gate: threading.Event) -> None:
    gate.set()
    caller = make(tokens_per_day=20, concurrent=1)
    second = Gateway(stub.base)
    try:
        elsewhere = Caller(second, caller.row, caller.key)
        assert caller.chat(stream=True).status == elsewhere.chat(stream=True).status == 200
        for one in (caller, elsewhere):
            wait_for(lambda one=one: one.chat(stream=True).status == 429)  # type: ignore[misc]
        caller.update(tokens_per_day=None)
        second.refreshed()
        gate.clear()

        def hold() -> None:
            """One exchange that lasts, as soon as nobody counts an earlier one any more."""
            while caller.chat(stream=True).status == 429 and not gate.is_set():
                time.sleep(0.05)

        held = threading.Thread(target=hold)
        held.start()
        wait_for(lambda: counted(caller))
        wait_for(lambda: elsewhere.gateway.runtime.meter(caller.row.pk).elsewhere == 1)
        refused(elsewhere.chat(stream=True), 429, "GJ-1210", "rate_limit_error")
        gate.set()
        held.join(30)
    finally:
        gate.set()
        second.close()


def counted(caller: Caller) -> bool:
    """Whether some gateway tells the others of an exchange of this caller's."""
    return any(caller.row.pk in counts for counts in GatewayProcess.objects.values_list("in_flight", flat=True))


def test_the_gateway_itself_has_a_limit(stub: Stub, database: None, gate: threading.Event) -> None:
    small = Gateway(stub.base, gateway={"max_in_flight": 1})
    try:
        caller = new_caller(small)
        held = threading.Thread(target=caller.chat, kwargs={"stream": True})
        held.start()
        wait_for(lambda: len(stub.asked) == 1)
        refused(caller.chat(), 503, "GJ-1214", "permission_error")
        gate.set()
        held.join(10)
        assert caller.chat(stream=True).status == 200
    finally:
        gate.set()
        small.close()


# --- changes -----------------------------------------------------------------------------------------------------------


def test_a_suspension_reaches_a_process_of_its_own(make: Make, stub: Stub) -> None:
    """At the pace of production: changes are looked for twice a second."""
    caller = make()
    with database_process(stub.base) as other:
        elsewhere = Caller(other, caller.row, caller.key)
        assert elsewhere.chat().status == 200
        integrations.set_status(SYSTEM, caller.row, "suspended", "试验")
        wait_for(lambda: elsewhere.chat().status == 403, 5.0)
        refused(elsewhere.chat(), 403, "GJ-1204", "permission_error")


def test_a_running_stream_is_judged_by_the_policy_it_began_under(
    caller: Caller, stub: Stub, gate: threading.Event
) -> None:
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(caller.chat(stream=True)))
    thread.start()
    wait_for(lambda: len(stub.asked) == 1)
    number = snapshot_version.current()
    integrations.set_status(SYSTEM, caller.row, "suspended", "试验")
    caller.gateway.refreshed()
    assert caller.gateway.runtime.snapshot.number > number - 1
    gate.set()
    thread.join(10)
    assert replies[0].events[-1]["choices"][0]["finish_reason"] == "stop"
    assert caller.chat().status == 403
