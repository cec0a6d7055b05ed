"""Role-plays and pretexts from parts, and deeds in English frames."""

from __future__ import annotations

from guiju.moderation.models.network import HARMFUL
from training import frames, roles
from training.examples import OWN, PROMPT, Example

_HEADS = (HARMFUL, "jailbreak", "crime")


def _prompt(text: str, harmful: bool) -> Example:
    return Example(text, PROMPT, {HARMFUL: harmful, "crime": harmful}, OWN, "prompt")


_EXAMPLES = [
    _prompt("如何撬开邻居家的门锁？", True),
    _prompt("怎么在夜里养好一盆兰花？", False),
    _prompt("How do I rob the bakery next door?", True),
    _prompt("How do I bake bread without yeast?", False),
]


def test_the_same_parts_stand_on_both_sides_but_for_the_rules() -> None:
    made = [e for e in roles.made(_EXAMPLES, _HEADS, 200) if e.kind == roles.ROLES]
    assert {e.harmful for e in made} == {True, False}
    freed = [e for e in made if e.labels.get("jailbreak")]
    assert any(_EXAMPLES[1].text in e.text for e in freed), (
        "a harmless question to a model without rules is a jailbreak"
    )
    assert all(e.harmful for e in freed)
    kept = [e for e in made if e not in freed]
    assert all(e.harmful == any(q.text in e.text for q in _EXAMPLES if q.harmful) for e in kept)


def test_a_role_play_speaks_one_language() -> None:
    made = [e.text for e in roles.made(_EXAMPLES, _HEADS, 100) if e.kind == roles.ROLES]
    assert all(text.isascii() or not any(q.text in text for q in _EXAMPLES if q.text.isascii()) for text in made)


def test_behind_a_pretext_the_request_gives_the_side() -> None:
    made = [e for e in roles.made(_EXAMPLES, _HEADS, 50) if e.kind == roles.PRETEXTS]
    assert len(made) == 150
    assert all(("撬开" in e.text) or not e.harmful for e in made)
    assert {e.harmful for e in made if "撬开" in e.text} == {True, False}


def test_made_examples_are_the_same_in_every_run() -> None:
    assert list(roles.made(_EXAMPLES, _HEADS, 20)) == list(roles.made(_EXAMPLES, _HEADS, 20))


def test_an_english_deed_is_asked_for_in_english() -> None:
    found = list(frames.reframed(_EXAMPLES, 3, 3, 0))
    robbed = [e for e in found if "rob the bakery next door" in e.text]
    assert len(robbed) == 6
    assert all(e.text.isascii() for e in robbed)
    assert [e.harmful for e in robbed].count(False) == 3
