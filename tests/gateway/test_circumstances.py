"""Rules that ask about who calls, for whom, and what the content is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from guiju.moderation import policy_source
from guiju.store.services import policies
from tests.gateway.conftest import DOUBTFUL
from tests.gateway.serving import SYSTEM, Caller

RULES = """rules:
  - {risk: A.1.h, severity: medium, band: [8_12], action: block}
  - {risk: A.1.h, severity: medium, domain: finance, action: answer_instead}
  - {risk: A.1.h, severity: medium, modality: image, action: mask}
"""


@pytest.fixture
def ruled(caller: Caller) -> Iterator[Caller]:
    """A policy in force whose rules ask about circumstances."""
    by_caller = (
        f"  - {{risk: A.1.h, severity: medium, integration: {caller.row.pk}, standing: unnamed, action: review}}\n"
    )
    source = policy_source.DEFAULT.read_text("utf-8").replace("rules:\n", RULES + by_caller, 1)
    policies.ensure_default()
    policies.publish(SYSTEM, policies.create_draft(SYSTEM, source))
    caller.gateway.refreshed()
    yield caller
    policies.rollback(SYSTEM)
    caller.gateway.refreshed()


def test_the_circumstances_decide(ruled: Caller) -> None:
    body = {"model": "m1", "messages": [{"role": "user", "content": f"说说{DOUBTFUL}"}]}
    ruled.post("/v1/chat/completions", body)
    ruled.post("/v1/chat/completions", body, X_Guiju_Age_Band="8_12")
    ruled.chat(f"我想买基金和股票，说说{DOUBTFUL}")
    ruled.post("/v1/images/generations", {"model": "m1", "prompt": f"画{DOUBTFUL}"})
    assert [record.prompt_action for record in ruled.records()] == ["review", "block", "answer_instead", "mask"]


def test_the_checking_ways_know_them_too(ruled: Caller) -> None:
    def action(text: str, headers: dict[str, str] | None = None, **more: str) -> str:
        found: str = ruled.post("/guard/v1/check", {"text": text, **more}, **(headers or {})).json["action"]
        return found

    assert action(DOUBTFUL) == "review"
    assert action(DOUBTFUL, {"X_Guiju_Age_Band": "8_12"}) == "block"
    assert action(f"买基金和股票：{DOUBTFUL}") == "answer_instead"
    assert action(DOUBTFUL, modality="image") == "mask"
    wrong = ruled.post("/guard/v1/check", {"text": "好", "modality": "smell"})
    assert (wrong.status, wrong.error["param"]) == (400, "modality")
