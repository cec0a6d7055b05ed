"""Labels in words: every key is named, and what can be told of its value is told."""

from __future__ import annotations

import msgspec
import pytest

from guiju.labeling.explaining import explain
from guiju.labeling.implicit import Label
from guiju.labeling.security import Finding
from guiju.labeling.verdict import Security

CODE = "001191110102MACQD9K64010000"


def label(**changed: str) -> Label:
    return msgspec.structs.replace(Label.first(CODE, "n-1"), **changed)


def says(given: Label, secured: Security | None = None) -> dict[str, str]:
    explained = explain(given, secured)
    assert [one.key for one in explained] == list(given.keys()) and all(one.zh and one.en for one in explained)
    return {one.key: one.says_en for one in explained}


def test_a_first_label() -> None:
    told = says(Label.first(CODE, "n-1"))
    assert (
        told["Label"].startswith("is AI")
        and "91110102MACQD9K640" in told["ContentProducer"]
        and "Doubao" in told["ContentProducer"]
    )
    assert told["ContentPropagator"].startswith("first write") and told["PropagateID"].startswith("first write")
    assert told["ProduceID"] == told["ReservedCode1"] == ""


def test_names_and_odd_values() -> None:
    told = says(label(Label="9", ContentProducer="company", ReservedCode1="x", ContentPropagator="", PropagateID=""))
    assert told["Label"] == "" and told["ContentProducer"].startswith("a name") and told["ContentPropagator"] == ""
    assert told["ReservedCode1"].startswith("nothing")


@pytest.mark.parametrize(
    ("state", "pinned", "content", "word"),
    [("valid", None, None, "does not say who"), ("valid", True, True, "known key"), ("valid", None, False, "other content"),
     ("invalid", None, None, "invalid"), ("unreadable", None, None, "nothing")],
)  # fmt: skip
def test_signatures(state: str, pinned: bool | None, content: bool | None, word: str) -> None:
    finding = Finding("producer", state, pinned=pinned)  # type: ignore[arg-type]
    assert word in says(label(ReservedCode1="{}"), Security((finding,), content))["ReservedCode1"]
