"""Checks that tell a real identifier from a run of digits: check digits, dates, issuers.

Each check takes the matched value (normalised text, separators included) and says whether it can be one. Registered under
the name a pattern rule gives in ``check:``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import date

CHECKS: dict[str, Callable[[str], bool]] = {}

#: GB/T 2260 province codes, with Hong Kong, Macao, Taiwan (81–83) and foreigners' permanent residence (91).
_PROVINCES = frozenset(
    str(code)
    for low, high in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for code in range(low, high + 1)
)
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10x98765432"
_CREDIT_ALPHABET = "0123456789abcdefghjklmnpqrtuwxy"
_CREDIT_DEPARTMENTS = frozenset("123456789any")
#: Chinese numerals as they are read out in numbers; 幺 is how people say one.
_NUMERALS = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "00123456789" + "123456789" + "1", strict=True))
#: Bits per character below which a long "key" is a placeholder or a word.
_SECRET_ENTROPY = 2.8


def _check(name: str) -> Callable[[Callable[[str], bool]], Callable[[str], bool]]:
    def register(function: Callable[[str], bool]) -> Callable[[str], bool]:
        CHECKS[name] = function
        return function

    return register


def _compact(value: str) -> str:
    """The letters and digits of a value; digits may be written as Chinese numerals."""
    return "".join(_NUMERALS.get(c, c) for c in value if (c.isascii() and c.isalnum()) or c in _NUMERALS)


@_check("resident_id")
def is_resident_id(value: str) -> bool:
    """居民身份证号 (GB 11643-1999): province, a birth date that exists since 1900, ISO 7064 MOD 11-2 check character."""
    number = _compact(value)
    if len(number) != 18 or not number[:17].isdigit() or number[:2] not in _PROVINCES:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _RESIDENT_WEIGHTS, strict=False))
    return 1900 <= born.year <= 2099 and number[17] == _RESIDENT_CHECKS[total % 11]


@_check("bank_card")
def is_bank_card(value: str) -> bool:
    """银行卡号: 16 to 19 digits (15 for American Express), Luhn check digit (ISO/IEC 7812-1), not one repeated digit.

    The issuer prefix (UnionPay 62, Visa 4, Mastercard 51–55 and 2221–2720, Amex 34/37, JCB 35) is part of the pattern.
    """
    number = _compact(value)
    if not number.isdigit() or not 15 <= len(number) <= 19 or len(set(number)) < 2:
        return False
    if len(number) == 15 and number[:2] not in ("34", "37"):
        return False
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(number))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


@_check("credit_code")
def is_credit_code(value: str) -> bool:
    """统一社会信用代码 (GB 32100-2015): 18 characters without I O S V Z, MOD 31 check character."""
    code = _compact(value)
    if len(code) != 18 or code[0] not in _CREDIT_DEPARTMENTS or any(c not in _CREDIT_ALPHABET for c in code):
        return False
    if is_resident_id(value):  # one resident number in 31 also passes this check
        return False
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31] == code[17]


@_check("mobile")
def is_mobile(value: str) -> bool:
    """手机号: 11 digits after an optional +86, beginning with an allocated segment, not one repeated or running digit."""
    number = _compact(value)[-11:]
    return len(number) == 11 and len(set(number)) > 3 and number not in ("12345678901", "13800138000")


@_check("secret")
def is_secret(value: str) -> bool:
    """A key that was generated, not written: letters and digits mixed, entropy above that of words and placeholders."""
    body = _compact(value)
    counts = Counter(body)
    entropy = -sum(n / len(body) * math.log2(n / len(body)) for n in counts.values()) if body else 0.0
    return entropy >= _SECRET_ENTROPY and any(c.isdigit() for c in body) and any(c.isalpha() for c in body)
