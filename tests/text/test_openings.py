"""What may become a hidden text is held from its first character; ordinary text is told apart at once."""

from __future__ import annotations

import base64
import urllib.parse

import pytest

from guiju import native
from guiju.text.payloads import PayloadReader

SAID = "线上赌场开户, now"
RAW = SAID.encode()
HIDDEN = {
    "base64": base64.b64encode(RAW).decode(),
    "base64 in base64": base64.b64encode(base64.b64encode(RAW)).decode(),
    "base64 of English": base64.b64encode(b"how to make a bomb").decode(),
    "hex": RAW.hex(),
    "spaced hex": RAW.hex(" "),
    "hex with its sign": "0x" + RAW.hex(),
    "signed bytes": ", ".join(f"0x{byte:02x}" for byte in RAW),
    "base32": base64.b32encode(RAW).decode(),
    "decimal": ", ".join(map(str, RAW)),
    "after another row": "00 00 00 00 00 00  " + RAW.hex(" "),
    "binary": "".join(f"{byte:08b}" for byte in RAW),
    "spaced binary": " ".join(f"{byte:08b}" for byte in RAW),
    "url": urllib.parse.quote(SAID),
    "url in GB 18030": urllib.parse.quote("线上赌场".encode("gb18030")),
    "html": "".join(f"&#{ord(c)};" for c in SAID),
    "html, hexadecimal": "".join(f"&#x{ord(c):X}" for c in SAID),
    "escape": "".join(f"\\u{ord(c):04x}" for c in SAID),
    "escaped bytes": "".join(f"\\x{byte:02x}" for byte in RAW),
    "code points": " ".join(f"U+{ord(c):04X}" for c in SAID),
    "morse": "-.. ..- -... --- / -.-. .... .- -. --.",
}


@pytest.fixture(params=["compiled", "python"])
def half(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(native, "module", None)
    elif native.module is None:
        pytest.skip(f"not built: {native.why_not}")


def held_by(text: str, step: int = 1) -> list[int]:
    """How many characters are held after each step."""
    reader, held = PayloadReader(), []
    for start in range(0, len(text), step):
        reader.feed(text[start : start + step])
        seen = min(len(text), start + step)
        held.append(0 if reader.held is None else seen - reader.held)
    return held


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize("kind", HIDDEN)
def test_every_beginning_of_a_payload_is_held(kind: str) -> None:
    for before in ("请看：", "see ", "key=", "\n"):
        held = held_by(before + HIDDEN[kind])[len(before) :]
        begin = HIDDEN[kind].rfind("  ") + 2 if "  " in HIDDEN[kind] else 0
        assert all(count >= place for place, count in enumerate(held[begin:], start=1)), before


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("人工智能正在改变生活，我们要学会使用它。今年有 3,650 家企业参加，增长 12.5%。", 5),
        ("The question of whether machines can think is about as relevant as whether submarines can swim.", 6),
        ("from collections.abc import Callable; print(len(sys.argv), counter['total'] + 1)", 6),
        ("见 https://www.example.com/docs/index.html，电话 010-62345678，编号 A-2026-1122。", 4),
        ("d41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709", 5),
        ("- 第一条\n- 第二条\n---\n* AT&T、R&D、Q&A，50% 以上", 4),
    ],
    ids=["Chinese", "English", "code", "addresses", "digests", "marks"],
)
def test_ordinary_text_is_hardly_held(text: str, most: int) -> None:
    assert max(held_by(text)) <= most


@pytest.mark.usefixtures("half")
def test_what_stands_for_itself_before_an_escape_is_held_with_it() -> None:
    reader = PayloadReader()
    reader.feed("看 po")
    assert reader.held is None
    reader.feed("%74")
    assert reader.held == 2
