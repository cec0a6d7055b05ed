"""Masking personal information before a model sees it, and putting it back into the answer.

``mask`` replaces every value by a token such as ``〔手机号1〕``: the model can speak of it without knowing it. ``restore``
puts the values back into the answer wherever a token stands, also where the model changed its brackets or spaces;
``Restorer`` does the same with an answer that arrives in pieces. The same value has the same token throughout a
conversation that is masked with the same ``tokens``. The tokens stay with the caller, and nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import msgspec

from guiju.nouns import Finding

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
_TOKEN = re.compile(r"[〔\[【（(<《{]\s{0,2}([\u4e00-\u9fff]{2,5})\s{0,2}([0-9]{1,4})\s{0,2}[〕\]】）)>》}]")
#: The end of a piece that may be the beginning of a token.
_BEGUN = re.compile(r"[〔\[【（(<《{]\s{0,2}(?:[\u4e00-\u9fff]{1,5}(?:\s{0,2}(?:[0-9]{1,4}\s{0,2})?)?)?$")
#: Longest token, in characters: what is held back of a stream.
_LONGEST = 17


class Token(msgspec.Struct, frozen=True):
    """One masked value: what stands in the text, the value, and the risk tag it was found under."""

    token: str
    value: str
    risk: str


class Masked(msgspec.Struct, frozen=True):
    """A text with tokens for its values; ``tokens`` are those of the whole conversation so far."""

    text: str
    tokens: tuple[Token, ...]


def mask(text: str, findings: Iterable[Finding], tokens: Iterable[Token] = ()) -> Masked:
    """Replace the spans of ``findings`` in ``text``.

    Args:
        tokens: those of earlier texts of the same conversation; their values get the same tokens again.

    Of values that overlap the longest is masked. A token that already stands in the text as the user's own words is not
    given out again, so that restoring never puts a value where none was.
    """
    known = {token.value: token for token in tokens}
    taken = {token.token for token in known.values()} | {match.group() for match in _TOKEN.finditer(text)}
    spans = sorted(
        ((start, end, finding.risk) for finding in findings for start, end in finding.spans),
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


def restore(answer: str, tokens: Iterable[Token], *, inside_json: bool = False) -> str:
    """The answer with every token replaced by its value; what looks like a token but was never given out stays.

    ``inside_json``: the answer is JSON; values are written as they stand inside its strings.
    """
    values = _values(tokens, inside_json)
    return _TOKEN.sub(lambda match: values.get(match.group(1) + match.group(2), match.group()), answer)


class Restorer:
    """Puts values back into an answer that arrives in pieces: any cutting gives what ``restore`` gives for the whole.

    Attributes:
        used: whether any value was put back.
    """

    __slots__ = ("_held", "_values", "used")

    def __init__(self, tokens: Iterable[Token], *, inside_json: bool = False) -> None:
        self._values = _values(tokens, inside_json)
        self._held = ""
        self.used = False

    @property
    def held(self) -> int:
        """Characters held back now."""
        return len(self._held)

    def feed(self, piece: str) -> str:
        """Take a piece, return what is certain; the beginning of a possible token, 17 characters at most, stays."""
        text = self._held + piece
        begun = _BEGUN.search(text, max(0, len(text) - _LONGEST + 1))
        cut = len(text) if begun is None else begun.start()
        self._held = text[cut:]
        return self._restored(text[:cut])

    def finish(self) -> str:
        """What is left of a token that never became whole."""
        left, self._held = self._held, ""
        return left

    def _restored(self, text: str) -> str:
        restored = _TOKEN.sub(lambda match: self._values.get(match.group(1) + match.group(2), match.group()), text)
        self.used = self.used or restored != text
        return restored


def _values(tokens: Iterable[Token], inside_json: bool) -> dict[str, str]:
    written = (lambda value: json.dumps(value, ensure_ascii=False)[1:-1]) if inside_json else str
    return {_core(token.token): written(token.value) for token in tokens}


def _new(risk: str, taken: set[str]) -> str:
    name = _NAMES.get(risk.rpartition("/")[2], _OTHER)
    number = 1
    while f"〔{name}{number}〕" in taken or any(_core(other) == f"{name}{number}" for other in taken):
        number += 1
    return f"〔{name}{number}〕"


def _core(token: str) -> str:
    match = _TOKEN.fullmatch(token)
    return match.group(1) + match.group(2) if match else token
