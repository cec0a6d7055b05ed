"""A check that fails or runs out of time is recorded as such, and the policy says what becomes of the content."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from guiju.evidence.record import Exchange, decode
from guiju.moderation.checker import Checker
from guiju.moderation.scan import Scan
from tests.gateway.conftest import MASKED, WORD
from tests.gateway.serving import Caller, Gateway
from tests.gateway.stub import Stub


class Broken:
    """A detector that breaks, or takes its time, over a certain word."""

    name = "broken"
    reach = 2

    def __init__(self, risk: str, word: str, *, slow: bool = False) -> None:
        self.risks = (risk,)
        self.word, self.slow = word, slow

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        if self.word in window:
            if not self.slow:
                raise RuntimeError("out of order")
            time.sleep(0.2)
        return None


@contextmanager
def checked_by(gateway: Gateway, broken: Broken, budget_ms: float = 5000) -> Iterator[None]:
    """The gateway decides with another detector before its own."""
    runtime, before = gateway.runtime, gateway.runtime.snapshot
    own = before.checker
    checker = Checker(own.lexicon, own.policy, [broken, *own.detectors], budget_ms)
    runtime.snapshot = replace(before, checker=checker)
    try:
        yield
    finally:
        runtime.snapshot = before


def exchange_of(caller: Caller) -> Exchange:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("side", ["prompt", "answer"])
def test_an_open_risk_passes_unchecked(side: str, stream: bool, caller: Caller, gateway: Gateway, stub: Stub) -> None:
    stub.says("坏了的话" if side == "answer" else "好")
    with checked_by(gateway, Broken("A.4.f", "坏")):
        reply = caller.chat("坏了吗" if side == "prompt" else "你好", stream=stream)
    assert reply.status == 200 and len(stub.asked) == 1
    if side == "answer":
        text = reply.json["choices"][0]["message"]["content"] if not stream else "".join(
            c["delta"].get("content") or "" for e in reply.events for c in e["choices"]
        )  # fmt: skip
        assert text.endswith("坏了的话")
    exchange = exchange_of(caller)
    verdict = exchange.prompt if side == "prompt" else exchange.answer
    assert (exchange.outcome, verdict.action) == ("unchecked", "unchecked")
    assert [(f.detector, f.error, f.risks) for f in verdict.failures] == [("broken", "GJ-2010", ("A.4.f",))]
    assert caller.records()[-1].flagged
    assert gateway.runtime.metrics.failures["broken", "GJ-2010"] >= 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("side", ["prompt", "answer"])
def test_a_closed_risk_blocks(side: str, stream: bool, caller: Caller, gateway: Gateway, stub: Stub) -> None:
    stub.says("坏了的话" if side == "answer" else "好")
    with checked_by(gateway, Broken("A.1.a", "坏")):
        reply = caller.chat("坏了吗" if side == "prompt" else "你好", stream=stream, user="u")
    assert reply.status == 200 and len(stub.asked) == (side == "answer")
    assert "坏了" not in reply.body.decode()
    exchange = exchange_of(caller)
    verdict = exchange.prompt if side == "prompt" else exchange.answer
    assert (exchange.outcome, verdict.action, len(verdict.failures)) == ("blocked", "block", 1)


def test_failed_checks_count_against_nobody(caller: Caller, gateway: Gateway, stub: Stub) -> None:
    with checked_by(gateway, Broken("A.1.a", "坏")):
        for _ in range(6):
            assert caller.chat("坏了吗", user="u").status == 200
    assert caller.chat(user="u").status == 200


def test_the_other_checks_still_hold(caller: Caller, gateway: Gateway, stub: Stub) -> None:
    with checked_by(gateway, Broken("A.4.f", "坏")):
        for stream in (False, True):
            stub.says(f"坏了{MASKED}")
            assert MASKED not in caller.chat(stream=stream).body.decode()
            assert exchange_of(caller).answer.action == "mask"
            stub.says(f"坏了{WORD}")
            assert WORD not in caller.chat(stream=stream).body.decode()
            assert exchange_of(caller).outcome == "blocked"


def test_a_check_out_of_time(caller: Caller, gateway: Gateway, stub: Stub) -> None:
    with checked_by(gateway, Broken("A.4.f", "慢", slow=True), budget_ms=100):
        assert caller.chat("慢慢来").status == 200
    verdict = exchange_of(caller).prompt
    assert {f.error for f in verdict.failures} == {"GJ-2011"}
    assert verdict.action in ("unchecked", "block")
    assert "words" in {f.detector for f in verdict.failures}, "the checks after the slow one did not run"
