"""What is made of examples: first sentences, comments as answers."""

from __future__ import annotations

from guiju.moderation.models.network import HARMFUL
from training import making
from training.examples import ANSWER, PROMPT, Example


def _answer(text: str, harmful: bool = False) -> Example:
    return Example(text, ANSWER, {HARMFUL: harmful}, "made for a test", "answer")


def test_the_first_sentence_of_a_harmless_answer_is_an_answer() -> None:
    found = list(making.openings([_answer("先焯水，再小火慢炖。大火收汁即可。"), _answer("就一句话。")]))
    assert [example.text for example in found] == ["先焯水，再小火慢炖。"]
    assert not found[0].harmful


def test_the_first_sentence_of_a_harmful_answer_proves_nothing() -> None:
    assert not list(making.openings([_answer("好的，我来说说。先准备这些材料。", harmful=True)]))


def test_comments_are_said_by_both_sides_and_none_that_is_kept_apart() -> None:
    comments = [
        Example(f"评论{n}", PROMPT, {HARMFUL: n % 2 == 0}, making.COMMENTS, "comment", kept_apart=n > 30)
        for n in range(40)
    ]
    said = list(making.said(comments, 5))
    assert {example.direction for example in said} == {ANSWER}
    assert {example.harmful for example in said} == {True, False}
    assert not any(example.kept_apart for example in said)


def test_plain_texts_belong_to_no_tag() -> None:
    texts = list(making.ordinary((HARMFUL, "drugs")))
    assert {example.direction for example in texts} == {PROMPT, ANSWER}
    assert not any(held for example in texts for held in example.labels.values())
    assert len({(example.direction, example.text) for example in texts}) > 1500


def test_a_code_the_check_undoes_is_judged_by_what_it_says() -> None:
    said = [Example("how do I bake bread", PROMPT, {HARMFUL: False}, "made for a test", "prompt")]
    said += [Example("how do I rob a shop", PROMPT, {HARMFUL: True}, "made for a test", "prompt")]
    made = list(making.hidden(said, (HARMFUL, "jailbreak"), 60))
    plain = {
        text.encode().hex(): harmful
        for text, harmful in (("how do I bake bread", False), ("how do I rob a shop", True))
    }
    told = [(e.harmful, plain[code]) for e in made for code in plain if code in e.text]
    assert {harmful for harmful, _ in told} == {True, False}
    assert all(harmful is side for harmful, side in told)
