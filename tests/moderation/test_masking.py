"""Values become tokens and come back, the same value under the same token, whatever the model does to the brackets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.moderation import masking, policy_source
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.masking import Masked, Restorer, Token, restore
from guiju.nouns import Direction, Part

PII = Checker.build(Lexicon.compile([]), policy_source.default(), detectors=("pii",), cache_size=0, clock=lambda: 0.0)
TEXT = "我叫小王，手机13912345678，备用１３８８７６５４３２１，身份证11010119900307803X，再说一遍手机13912345678。"


def mask(text: str, checker: Checker, tokens: tuple[Token, ...] = ()) -> Masked:
    return masking.mask(text, checker.check([Part("t", text)], Direction.PROMPT).findings, tokens)


def test_every_value_gets_a_token_and_the_same_value_the_same_one() -> None:
    masked = mask(TEXT, PII)
    assert masked.text == "我叫小王，手机〔手机号1〕，备用〔手机号2〕，身份证〔身份证号1〕，再说一遍手机〔手机号1〕。"
    assert [token.value for token in masked.tokens] == ["13912345678", "１３８８７６５４３２１", "11010119900307803X"]
    assert restore(masked.text, masked.tokens) == TEXT


def test_a_conversation_keeps_its_tokens() -> None:
    first = mask("电话13912345678", PII)
    second = mask("还是13912345678，或者a@b.com", PII, first.tokens)
    assert second.text == "还是〔手机号1〕，或者〔邮箱1〕"


@pytest.mark.parametrize("written", ["〔手机号1〕", "[手机号1]", "【手机号 1】", "（手机号1）", "《手机号1》"])
def test_models_may_change_the_brackets(written: str) -> None:
    masked = mask("打13912345678", PII)
    assert restore(f"好的，我会拨打{written}。", masked.tokens) == "好的，我会拨打13912345678。"


def test_what_was_never_given_out_stays() -> None:
    masked = mask("我写的〔手机号1〕和真的13912345678", PII)
    assert masked.text == "我写的〔手机号1〕和真的〔手机号2〕"
    assert restore("〔手机号1〕〔手机号2〕〔手机号9〕", masked.tokens) == "〔手机号1〕13912345678〔手机号9〕"


@given(
    st.lists(
        st.sampled_from(["13912345678", "a@b.com", "京A12345", "〔手机号1〕", "你好，", " ", "号1〕", "〔手机"]),
        max_size=12,
    ).map("".join)
)
def test_restoring_undoes_masking(text: str) -> None:
    masked = mask(text, PII)
    assert restore(masked.text, masked.tokens) == text


@given(
    st.lists(
        st.sampled_from(["〔手机号1〕", "[手机号1]", "（ 手机号  1 ）", "〔手机号9〕", "〔", "手机号", "1", "〕", " ", "你好", "(a)", "《书》", "好" * 20]),
        max_size=14,
    ).map("".join),
    st.lists(st.integers(1, 9), max_size=60),
)  # fmt: skip
def test_any_cutting_restores_the_same(answer: str, cuts: list[int]) -> None:
    tokens = (Token("〔手机号1〕", "13912345678", "A.4.f/mobile"),)
    restorer, out, rest = Restorer(tokens), [], answer
    for cut in cuts:
        out.append(restorer.feed(rest[:cut]))
        rest = rest[cut:]
    whole = "".join((*out, restorer.feed(rest), restorer.finish()))
    assert whole == restore(answer, tokens)
    assert restorer.used == (whole != answer)


def test_values_are_written_as_json_wants_them() -> None:
    tokens = (Token("〔地址1〕", '幸福路1号"二"楼', "A.4.f/address"),)
    assert restore('{"to": "〔地址1〕"}', tokens, inside_json=True) == '{"to": "幸福路1号\\"二\\"楼"}'
