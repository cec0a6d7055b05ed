"""Undoing one encoding: each function takes a run of characters and gives the kind and the text it hides, or None.

Only readable text counts: valid UTF-8 (or GB 18030 where Chinese systems write that), without control characters, and
with letters of some script. What decodes to noise was no payload: a hash, a key, an image.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

_MORSE_FILE = Path(__file__).parent / "data" / "morse.tsv"
#: Shortest decoded text of ASCII letters that counts; a single Chinese character says more than three letters.
_SHORTEST_ASCII = 6
_ESCAPE = re.compile(
    r"\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\x([0-9A-Fa-f]{2})|U\+([0-9A-Fa-f]{4,5})"
    r"|0[xX]([0-9A-Fa-f]{2})(?![0-9A-Fa-f])|0[xX]([0-9A-Fa-f]{4,5})(?![0-9A-Fa-f])"
)
_WORDLIKE = re.compile("[A-Za-z0-9+/_-]{8,}={0,2}")
_BASE32 = re.compile("[A-Z2-7]{16,}")
_HAN = re.compile("[\u4e00-\u9fff]")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_BETWEEN = re.compile("[ ,]+")
_DASHES = str.maketrans("\u00b7\u2022\u2212\u2013\u2014_", "..----")
_MORSE = dict(
    line.split("\t") for line in _MORSE_FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")
)

Hidden = tuple[str, str]


def letters(run: str) -> Hidden | None:
    """A run of letters and digits: binary digits, hexadecimal, Base32, or Base64 (also the URL-safe one)."""
    body = run.rstrip("=")
    found = _base32(body) if _BASE32.fullmatch(body) else None
    if found is not None:
        return found
    if run.isalpha() and (run.islower() or run.isupper() or run.istitle()):
        return None  # a word
    if len(run) >= 48 and set(run) <= {"0", "1"} and len(run) % 8 == 0:
        return _named("binary", _bits(run))
    digits = run[2:] if run[:2] in ("0x", "0X") else run
    if len(digits) >= 12 and len(digits) % 2 == 0:
        try:
            return _named("hex", bytes.fromhex(digits))
        except ValueError:
            pass
    body = body.replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1:
        return None
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except binascii.Error:
        return None
    return _named("base64", raw) or _twice(raw)


def _base32(body: str) -> Hidden | None:
    try:
        return _named("base32", base64.b32decode(body + "=" * (-len(body) % 8)))
    except binascii.Error:
        return None


def _twice(raw: bytes) -> Hidden | None:
    """Base64 inside Base64, which is not readable by itself."""
    if not raw.isascii():
        return None
    inner = raw.decode().strip()
    return ("base64", inner) if _WORDLIKE.fullmatch(inner) and letters(inner) is not None else None


def spaced_hex(run: str) -> Hidden | None:
    """``e8 b5 8c e5 8d 9a``."""
    return _named("hex", bytes.fromhex(re.sub("[ ,:]", "", run)))


def spaced_binary(run: str) -> Hidden | None:
    """``11101000 10110101 …``, or bytes as decimal numbers: ``232, 181, …``."""
    digits = _BETWEEN.split(run)
    if len(digits[0]) == len("11101000"):
        return _named("binary", _bits("".join(digits)))
    numbers = [int(number) for number in digits]
    found = _named("decimal", bytes(numbers)) if max(numbers) < 256 else None
    return found if found is not None and _is_said(found[1]) else None


def _is_said(text: str) -> bool:
    """Whether numbers hardly make this text by chance, as marks and prices do single letters."""
    return _HAN.search(text) is not None or (" " in text and text == text.lower())


def percent(run: str) -> Hidden | None:
    """``%E8%B5%8C%E5%8D%9A``, in UTF-8 or, as older Chinese systems write it, GBK."""
    raw = unquote_to_bytes(run)
    return _named("url", raw) or _named("url", raw, "gb18030")


def entities(run: str) -> Hidden | None:
    """``&#36172;&#x535a;``, also without the semicolon."""
    return _readable("html", html.unescape(re.sub(r"(?<=[0-9A-Fa-f])(?=&|\Z)", ";", run)))


def escapes(run: str) -> Hidden | None:
    r"""``\u8d4c\u535a``, ``\u{8d4c}``, ``\xe8\xb5\x8c``, ``U+8D4C``, ``0xe8, 0xb5``, ``0x8d4c``."""
    kind = "escape" if "\\" in run or "+" in run else "hex"
    codes = [(int(next(filter(None, groups)), 16), bool(groups[3] or groups[5])) for groups in _ESCAPE.findall(run)]
    if any(code > 0x10FFFF or 0xD800 <= code < 0xE000 for code, _ in codes):
        try:  # surrogate pairs, as JSON writes characters beyond the basic plane
            text = "".join(map(chr, (c for c, _ in codes))).encode("utf-16", "surrogatepass").decode("utf-16")
        except (ValueError, OverflowError):
            return None
        return _readable(kind, text)
    if codes and all(is_byte for _, is_byte in codes):
        return _named(kind, bytes(code for code, _ in codes))
    return _readable(kind, "".join(chr(code) for code, _ in codes))


def morse(run: str) -> Hidden | None:
    """Dots and dashes, letters apart by a space, words by a slash or several spaces."""
    plain = run.translate(_DASHES)
    if "." not in plain or "-" not in plain:
        return None
    words = [[_MORSE.get(sign, "") for sign in word.split()] for word in re.split(r" *[/|] *| {2,}", plain)]
    if not all(all(word) for word in words if word):
        return None
    return _readable("morse", " ".join("".join(word) for word in words))


def _bits(run: str) -> bytes:
    return int(run, 2).to_bytes(len(run) // 8, "big")


def _named(kind: str, raw: bytes, encoding: str = "utf-8") -> Hidden | None:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    if encoding != "utf-8" and len(_HAN.findall(text)) * 2 < len(text):
        return None
    return _readable(kind, text)


def _readable(kind: str, text: str) -> Hidden | None:
    if _UNREADABLE.search(text) is not None:
        return None
    if text.isascii():
        spoken = sum(character.isalpha() or character == " " for character in text)
        return (kind, text) if spoken >= max(_SHORTEST_ASCII, len(text) * 3 // 4) else None
    return (kind, text) if any(character.isalpha() for character in text) else None
