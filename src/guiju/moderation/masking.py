"""Masking personal information before a model sees it, and putting it back into the answer.

``mask`` replaces every value by a token such as ``〔手机号1〕``: the model can speak of it without knowing it. ``restore``
puts the values back into the answer wherever a token stands, also where the model changed its brackets or spaces. The same
value has the same token throughout a conversation that is masked with the same ``tokens``. Pure functions: the tokens stay
with the caller, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from guiju.moderation.scan import Detector
from guiju.text.reading import read

_NAMES = {
    "idcard": "身份证号",
    "mobile": "手机号",
    "bankcard": "银行卡号",
    "email": "邮箱",
    "uscc": "信用代码",
    "passport": "证件号",
    "plate": "车牌号",
    "im": "社交账号",
    "phone": "电话号码",
    "address": "地址",
    "name": "姓名",
    "api_key": "密钥",
    "token": "令牌",
    "private_key": "私钥",
}
_OTHER = "个人信息"
_TOKEN = re.compile(r"[〔\[【（(<《{]\s*([\u4e00-\u9fff]{2,5})\s*([0-9]{1,4})\s*[〕\]】）)>》}]")


class Token(msgspec.Struct, frozen=True):
    """One masked value: what stands in the text, the value, and the risk tag it was found under."""

    token: str
    value: str
    risk: str


class Masked(msgspec.Struct, frozen=True):
    """A text with tokens for its values; ``tokens`` are those of the whole conversation so far."""

    text: str
    tokens: tuple[Token, ...]


def mask(text: str, detector: Detector, tokens: Iterable[Token] = ()) -> Masked:
    """Replace what ``detector`` (``pii``) finds in ``text``.

    Args:
        tokens: those of earlier texts of the same conversation; their values get the same tokens again.

    Of values that overlap the longest is masked. A token that already stands in the text as the user's own words is not
    given out again, so that restoring never puts a value where none was.
    """
    known = {token.value: token for token in tokens}
    taken = {token.token for token in known.values()} | {match.group() for match in _TOKEN.finditer(text)}
    reading = read(text)
    scan = detector.scan(reading.text, 0, True)
    spans = sorted(
        ((*reading.span(hit.start, hit.end), hit.risk) for hit in (scan.hits if scan else ())),
        key=lambda span: (span[0] - span[1], span[0]),
    )
    chosen: list[tuple[int, int, str]] = []
    for start, end, risk in spans:
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in chosen):
            chosen.append((start, end, risk))
    parts: list[str] = []
    done = 0
    for start, end, risk in sorted(chosen):
        value = text[start:end]
        if value not in known:
            known[value] = Token(_new(risk, taken), value, risk)
            taken.add(known[value].token)
        parts += (text[done:start], known[value].token)
        done = end
    return Masked("".join((*parts, text[done:])), tuple(known.values()))


def restore(answer: str, tokens: Iterable[Token]) -> str:
    """The answer with every token replaced by its value; what looks like a token but was never given out stays."""
    values = {_core(token.token): token.value for token in tokens}
    return _TOKEN.sub(lambda match: values.get(match.group(1) + match.group(2), match.group()), answer)


def _new(risk: str, taken: set[str]) -> str:
    name = _NAMES.get(risk.rpartition("/")[2], _OTHER)
    number = 1
    while f"〔{name}{number}〕" in taken or any(_core(other) == f"{name}{number}" for other in taken):
        number += 1
    return f"〔{name}{number}〕"


def _core(token: str) -> str:
    match = _TOKEN.fullmatch(token)
    return match.group(1) + match.group(2) if match else token
