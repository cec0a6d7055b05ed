"""The catalogue lists what is there, and docs/detectors.md says it all and shows an example that works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.moderation import starter
from guiju.moderation.catalogue import catalogue
from guiju.moderation.checker import Checker
from guiju.moderation.detectors import Materials, registered
from guiju.moderation.identifiers import CHECKS
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.lexicon_csv import COLUMNS
from guiju.moderation.policy_source import default
from guiju.moderation.scan import Hit, Scan
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Direction, Part

DOCUMENT = (Path(__file__).parents[2] / "docs" / "detectors.md").read_text("utf-8")


def test_every_detector_check_and_column_is_documented() -> None:
    names = [each.name for each in registered()] + ["disguise"]
    assert [name for name in names if f"| `{name}` |" not in DOCUMENT] == []
    assert [name for name in (*CHECKS, *COLUMNS) if f"`{name}`" not in DOCUMENT] == []


def test_the_catalogue_lists_every_rule_with_its_source() -> None:
    listed = catalogue(Checker.default(), starter.patterns())
    assert [each.name for each in listed] == ["words", "sounds", "patterns", "pii", "model", "rumours", "disguise"]
    rules = {rule.id for each in listed for rule in each.rules}
    assert {rule.id for rule in starter.patterns()} <= rules
    assert {each.id for each in starter.lists() if not each.empty} <= rules
    assert all(rule.source and rule.risk for each in listed for rule in each.rules)


def documented_detector() -> Any:
    block = next(b for b in re.findall(r"```python\n(.*?)```", DOCUMENT, re.S) if "class Shouting" in b)
    names: dict[str, Any] = {
        "Materials": Materials,
        "Scan": Scan,
        "Hit": Hit,
        "detector": lambda *_, **__: lambda cls: cls,
    }
    exec("from __future__ import annotations\n" + block, names)
    return names["Shouting"](Materials(Lexicon.compile([])))


@settings(deadline=None)  # the first check loads what the example needs
@given(st.text("!a。", max_size=12))
def test_the_documented_example_holds_its_contract(text: str) -> None:
    judge = Checker(Lexicon.compile([]), default(), [documented_detector()], clock=lambda: 0.0)
    guard = StreamGuard(judge, "a")
    steps = [*(guard.feed(character) for character in text), guard.finish()]
    assert "".join(step.text for step in steps) == text
    findings = tuple(finding for step in steps for finding in step.findings)
    assert findings == judge.check([Part("a", text)], Direction.ANSWER).findings
