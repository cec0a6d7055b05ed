"""Kinds and their limits come from data, and its mistakes are named."""

from __future__ import annotations

from importlib import resources

import pytest

from guiju.complaints import Kinds, Limit
from guiju.errors import ComplaintRulesInvalid

SOURCE = resources.files("guiju.complaints").joinpath("data", "kinds.yaml").read_text("utf-8")


def test_the_shipped_kinds_cover_what_the_campaign_names() -> None:
    kinds = Kinds.load()
    misuse = kinds.kind("misuse")
    assert misuse is not None and len(misuse.topics) == 14
    assert [topic.id for topic in misuse.topics[:7]] == [f"p1_{n}" for n in range(1, 8)]
    rights = kinds.kind("rights")
    assert rights is not None and {t.id for t in rights.topics} == {"portrait", "voice", "ip", "personal_information"}
    assert rights.limit_of("personal_information") == Limit(working_days=15)
    assert rights.limit_of("voice") == rights.limit
    assert all(kind.source and kind.confidence for kind in kinds.kinds)
    assert kinds.kind("nothing") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("limit: {working_days: 3}", "limit: {working_days: 3, hours: 2}", "exactly one of the two"),
        ("limit: {working_days: 3}", "limit: {working_days: 0}", "at least 1"),
        ("keep: {months: 36,", "keep: {months: 5,", "at least 6 months"),
        ("  - id: misuse", "  - id: complaint", "repeated id"),
        ("    appeal: true\n", "", "exactly one kind of appeals"),
        ("{id: voice,", "{id: portrait,", "no id twice"),
        ("confidence: O\n", "confidence: sure\n", "sure"),
        ("version:", "colour: red\nversion:", "colour"),
        ("kinds:\n", "kinds: [\n", ""),
    ],
)
def test_mistakes_are_named(old: str, new: str, said: str) -> None:
    assert old in SOURCE
    with pytest.raises(ComplaintRulesInvalid) as caught:
        Kinds.load(SOURCE.replace(old, new, 1))
    detail = str(caught.value.params["detail"])
    assert all(line.split(":")[0].isdigit() for line in detail.splitlines()), detail
    assert said in str(caught.value.params["detail"])
