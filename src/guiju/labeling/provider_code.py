"""The 27-character code of a service provider (TC260-PG-20252A).

=========  ======  =====================================================
Position   Length  Meaning
=========  ======  =====================================================
1–2        2       format, always ``00``
3          1       subject: ``1`` organisation, ``2`` individual
4          1       binding: ``1`` unified social credit code
5–22       18      the subject's code: the USCC (GB 32100-2015)
23         1       service: ``1`` generation, ``2`` propagation
24–27      4       model or application, chosen by the provider
=========  ======  =====================================================

The layout is agreed on by three independent implementations and eleven codes seen in the wild (confidence A). The form
for individuals was not found, so only organisations are built and accepted.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from guiju.errors import ProviderCodeInvalid

GENERATION: Literal["1"] = "1"
PROPAGATION: Literal["2"] = "2"
Service = Literal["1", "2"]

USCC_LENGTH = 18

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: digits and capitals without I, O, S, V, Z
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_USCC = re.compile(rf"[1-9ANY][{_ALPHABET}][0-9]{{6}}[{_ALPHABET}]{{10}}", re.ASCII)
_CODE = re.compile(r"00([12])([0-9A-Z])([0-9A-Z]{18})([0-9A-Z])([0-9A-Z]{4})", re.ASCII)


class ProviderCode(msgspec.Struct, frozen=True):
    """A code taken apart; ``str()`` puts it together again."""

    uscc: str
    service: str
    application: str
    subject: str = "1"
    binding: str = "1"

    def __str__(self) -> str:
        return f"00{self.subject}{self.binding}{self.uscc}{self.service}{self.application}"

    def explain(self, language: str = "zh") -> str:
        """One line that says what the parts mean."""
        if language.startswith("zh"):
            service = "生成合成服务" if self.service == GENERATION else "传播服务"
            return f"统一社会信用代码 {self.uscc}，{service}，应用码 {self.application}"
        service = "generation service" if self.service == GENERATION else "propagation service"
        return f"USCC {self.uscc}, {service}, application {self.application}"


def build(uscc: str, service: Service = GENERATION, application: str = "0000") -> str:
    """The code of an organisation.

    Args:
        uscc: the 18 characters of its unified social credit code.
        service: :data:`GENERATION` or :data:`PROPAGATION`.
        application: four digits or capital letters of the provider's choice; ``0000`` if not used.

    Raises:
        ProviderCodeInvalid: the USCC or the application is malformed.
    """
    code = str(ProviderCode(uscc, service, application))
    parse(code)
    return code


def parse(code: str) -> ProviderCode:
    """Take a code apart.

    Raises:
        ProviderCodeInvalid: wrong length, characters, prefix, service type or USCC check character.
    """
    if len(code) != 27:
        raise ProviderCodeInvalid(detail=f"长度应为 27，实为 {len(code)} (27 characters expected, found {len(code)})")
    match = _CODE.fullmatch(code)
    if match is None:
        raise ProviderCodeInvalid(detail="应以 001 开头，只含数字和大写字母 (digits and capitals after 001 expected)")
    subject, binding, uscc, service, application = match.groups()
    if (subject, binding) != ("1", "1"):
        raise ProviderCodeInvalid(detail="只支持以统一社会信用代码标识的组织 (only organisations bound by USCC)")
    if service not in (GENERATION, PROPAGATION):
        raise ProviderCodeInvalid(detail="第 23 位应为 1（生成）或 2（传播）(position 23 is 1 or 2)")
    if not is_uscc(uscc):
        raise ProviderCodeInvalid(detail="统一社会信用代码的格式或校验码不对 (malformed USCC or wrong check character)")
    return ProviderCode(uscc, service, application, subject, binding)


def is_uscc(text: str) -> bool:
    """Whether ``text`` has the form of a unified social credit code and the right check character."""
    return _USCC.fullmatch(text) is not None and text[2:8] != "000000" and check_character(text[:17]) == text[17]


def check_character(first: str) -> str:
    """The 18th character of a USCC from its first 17 (GB 32100-2015: weights 3^i mod 31)."""
    total = sum(_VALUES[character] * pow(3, place, 31) for place, character in enumerate(first))
    return _ALPHABET[-total % 31]
