"""Dedicated pools for minors, end to end: two model services, one gateway, the stored records."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from guiju.evidence.record import Exchange, decode
from guiju.settings import MinorsSettings
from guiju.store.models import RecordRisk
from tests.gateway.serving import Caller, Gateway, Reply, fetch, new_caller
from tests.gateway.stub import Stub, whole

POOLS: dict[str, object] = {
    "age-12-16": {"models": {"m1": "teen-1", "*": "teen-any"}},
    "age-16-18": {"models": {"m2": "youth-2"}},
}


@pytest.fixture(scope="module")
def playground() -> Iterator[Stub]:
    """The model service of the youngest pool."""
    stub = Stub()
    yield stub
    stub.close()


@pytest.fixture(scope="module")
def pooled(database: None, _stub: Stub, playground: Stub) -> Iterator[Gateway]:
    """A gateway whose service has three pools and refuses the bands without one."""
    own = {"age-8-12": {"upstream": {"url": playground.base, "key": "sk-kids"}}}
    running = Gateway(_stub.base, minors={"pools": {**POOLS, **own}})
    yield running
    running.close()


@pytest.fixture
def app(pooled: Gateway, stub: Stub, playground: Stub) -> Caller:
    playground.clear()
    playground.says("小朋友好")
    return new_caller(pooled)


def ask(app: Caller, band: str, *, model: str = "m1", stream: bool = False, mode: str = "") -> Reply:
    """A chat of somebody of a band; nobody is named, so that nothing is counted."""
    headers = {"X-Guiju-Age-Band": band, **({"X-Guiju-Minors-Mode": mode} if mode else {})}
    body = {"model": model, "messages": [{"role": "user", "content": "你好"}], "stream": stream}
    return app.post("/v1/chat/completions", body, **headers)


def told(app: Caller) -> Exchange:
    """The newest record."""
    body = decode(bytes(app.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


def pool_of(app: Caller) -> list[tuple[str, str]]:
    """What the newest record says of pools: risk and pool."""
    return [(f.risk, f.rule) for f in told(app).prompt.findings if f.risk.startswith("guiju.minors.pool")]


@pytest.fixture(autouse=True)
def _daytime(monkeypatch: pytest.MonkeyPatch) -> None:
    """No band is shut: what is tested holds at every hour."""
    monkeypatch.setattr("guiju.minors.decision.within", lambda *_: False)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_band_is_answered_by_its_own_model_service_alone(
    stream: bool, app: Caller, stub: Stub, playground: Stub
) -> None:
    reply = ask(app, "8_12", stream=stream)
    assert reply.status == 200 and not stub.asked
    assert playground.last.headers["Authorization"] == "Bearer sk-kids"
    assert "answered_by=age-8-12" in str(reply.headers["x-guiju-minors"])
    assert pool_of(app) == [("guiju.minors.pool", "age-8-12")]
    assert RecordRisk.objects.filter(record=app.records()[-1], risk="guiju.minors.pool").exists()
    assert ask(app, "adult").status == 200 and len(playground.asked) == 1, "grown-ups never come here"
    assert stub.last.json["model"] == "m1" and pool_of(app) == []


def test_a_pool_of_models_takes_the_place_of_what_was_asked_for(app: Caller, stub: Stub) -> None:
    ask(app, "12_16")
    assert stub.last.json["model"] == "teen-1"
    assert (told(app).model, told(app).upstream) == ("m1", "teen-1")
    ask(app, "12_16", model="m2")
    assert stub.last.json["model"] == "teen-any"
    ask(app, "", mode="on")
    assert stub.last.json["model"] == "teen-1", "minors' mode without an age: the pool of the cautious band"


def test_without_a_pool_nothing_is_asked(app: Caller, stub: Stub, playground: Stub) -> None:
    for band, model in (("3_8", "m1"), ("16_18", "m1")):  # no pool; a pool without a model for this name
        reply = ask(app, band, model=model)
        assert reply.status == 503 and reply.error["code"] == "GJ-5380" and "without_pool" in str(reply.error)
        assert pool_of(app)[0][0] == "guiju.minors.pool_missing" and told(app).error == "GJ-5380"
    assert ask(app, "16_18", model="m2").status == 200 and stub.last.json["model"] == "youth-2"
    assert len(stub.asked) == 1 and not playground.asked
    embeddings = app.post("/v1/embeddings", {"model": "m1", "input": "你好"}, **{"X-Guiju-Age-Band": "3_8"})
    assert embeddings.status == 503, "every endpoint"


def test_the_official_client_reads_the_refusal(app: Caller) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        app.openai.chat.completions.create(
            model="m1", messages=[{"role": "user", "content": "你好"}], extra_headers={"X-Guiju-Age-Band": "3_8"}
        )
    assert refused.value.status_code == 503


@pytest.mark.parametrize(("otherwise", "model", "by"), [("service", "m1", "service"), ("age-8-12", "tiny", "age-8-12")])
def test_the_way_that_the_settings_name_is_recorded(
    otherwise: str, model: str, by: str, database: None, stub: Stub
) -> None:
    running = Gateway(stub.base, minors={"pools": {"age-8-12": {"models": {"*": "tiny"}}}, "without_pool": otherwise})
    try:
        app = new_caller(running)
        reply = ask(app, "3_8")
        assert reply.status == 200 and stub.last.json["model"] == model
        assert f"answered_by={by}" in str(reply.headers["x-guiju-minors"])
        found = next(f for f in told(app).prompt.findings if f.risk == "guiju.minors.pool_instead")
        assert found.rule == f"age-3-8>{by}"
    finally:
        running.close()


def test_a_film_stays_where_it_was_ordered(app: Caller, stub: Stub, playground: Stub) -> None:
    playground.script = whole({"id": "job-1", "object": "video", "status": "queued"})
    order = app.post("/v1/videos", {"model": "m1", "prompt": "一只小猫"}, **{"X-Guiju-Age-Band": "8_12"})
    assert order.status == 200
    state = fetch(app.gateway, "GET", f"/v1/videos/{order.json['id']}", Authorization=f"Bearer {app.key}")
    assert state.status == 200 and playground.last.path == "/videos/job-1"
    remix = app.post(f"/v1/videos/{order.json['id']}/remix", {"prompt": "再来一只"})
    assert remix.status == 404 and not stub.asked, "a grown-up's remix would go to another model service"


@pytest.mark.parametrize(
    "wrong",
    [{"pools": {"age-3-8": {}}}, {"without_pool": "age-3-8"}, {"pools": {"service": {"models": {"*": "x"}}}}],
    ids=["empty", "no-such-pool", "reserved"],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="pool"):
        MinorsSettings(**wrong)  # type: ignore[arg-type]
