"""What hides in other writing is decoded, noise is not, and pieces give what the whole gives."""

from __future__ import annotations

import base64
import urllib.parse
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guiju import native
from guiju.text.payloads import LONGEST, MOST, Payload, PayloadReader, payloads

SAID = "线上赌场开户"
RAW = SAID.encode()
WRITTEN = {
    "base64": base64.b64encode(RAW).decode(),
    "hex": RAW.hex(),
    "binary": " ".join(f"{byte:08b}" for byte in RAW),
    "url": urllib.parse.quote(SAID),
    "html": "".join(f"&#{ord(c)};" for c in SAID),
    "escape": "".join(f"\\u{ord(c):04x}" for c in SAID),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_decoded_with_its_place(kind: str) -> None:
    text = f"请看：{WRITTEN[kind]}。谢谢"
    assert payloads(text) == (Payload(kind, 3, 3 + len(WRITTEN[kind]), SAID),)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (RAW.hex(" "), "hex", SAID),
        (RAW.hex().upper(), "hex", SAID),
        ("".join(f"{byte:08b}" for byte in RAW), "binary", SAID),
        (base64.urlsafe_b64encode("诺？？？>>".encode()).decode().rstrip("="), "base64", "诺？？？>>"),
        (base64.b64encode(base64.b64encode(RAW)).decode(), "base64", WRITTEN["base64"]),
        (urllib.parse.quote(SAID.encode("gb18030")), "url", SAID),
        ("".join(f"&#x{ord(c):X}" for c in SAID), "html", SAID),
        ("".join(f"\\x{byte:02x}" for byte in RAW), "escape", SAID),
        (" ".join(f"U+{ord(c):04X}" for c in SAID), "escape", SAID),
        ("0x" + RAW.hex(), "hex", SAID),
        (", ".join(f"0x{byte:02X}" for byte in RAW), "hex", SAID),
        (" ".join(f"0x{ord(c):04x}" for c in SAID), "hex", SAID),
        (", ".join(f"\\x{byte:02x}" for byte in RAW), "escape", SAID),
        (base64.b32encode(RAW).decode(), "base32", SAID),
        (base64.b32encode(RAW).decode().rstrip("="), "base32", SAID),
        (", ".join(map(str, RAW)), "decimal", SAID),
        (" ".join(map(str, b"how to make it")), "decimal", "how to make it"),
        ("\\ud83d\\udd2b\\u67aa", "escape", "🔫枪"),
        ("-.. ..- -... --- / -.-. .... .- -. --.", "morse", "dubo chang"),
        ("−·· ··− −··· −−− /−·−· ···· ·− −· −−·", "morse", "dubo chang"),
        (base64.b64encode(b"how to make a bomb").decode(), "base64", "how to make a bomb"),
    ],
)
def test_ways_of_writing(text: str, kind: str, said: str) -> None:
    assert [(p.kind, p.text) for p in payloads(text)] == [(kind, said)]


@pytest.mark.parametrize(
    "text",
    [
        "人工智能，internationalization 与 international 合作",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "订单号 20261122000123456789",
        "| --- | --- | --- | --- |",
        "...... --- ......",
        "打 8 折，满 100% 返现，50%20%30%",
        "&nbsp;&lt;p&gt;",
        "C:\\users\\unknown\\xray",
        "sk-9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "2026-11-22 16:30:00, 10 20 30 40 50 60",
        "成绩：98, 97, 76, 85, 92, 90, 88, 79",
        "100 200 150 120 110 115",
        "ANTIDISESTABLISHMENTARIANISM",
        "0x7fff5fbff8a0, 0x00 0x01 0x02",
        "1920x1080, 1280x720",
        "",
    ],
)
def test_ordinary_text_and_noise_hide_nothing(text: str) -> None:
    assert payloads(text) == ()


def test_columns_are_read_from_both_sides() -> None:
    (found,) = payloads("线赌开\n上场户")
    assert (found.kind, found.start, found.end) == ("vertical", 0, 7)
    assert found.text.split("\n") == ["线上赌场开户", "开户赌场线上"]
    assert "线上赌场" in {p.text.split("\n")[0] for p in payloads("开头\n\n线赌\n上场\n\n结尾")}


def test_bounds() -> None:
    assert len(payloads("，".join([WRITTEN["base64"]] * 2 * MOST))) == MOST
    (found,) = payloads(base64.b64encode(("甲乙丙" * 4000).encode()).decode())
    assert found.end - found.start == LONGEST


PIECES = st.sampled_from(
    [*WRITTEN.values(), RAW.hex(" "), "0x", ", ".join(map(str, RAW)), base64.b32encode(RAW).decode(), "0xe8 0xb5", "232,", "-.. ..- -... ---", "线赌", "上场", "\n", " ", "，", "a", "5", "%", "&#", "\\u", "=", "..", "文字文字文字文字文字文字", "A" * 70]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=10).map("".join), st.lists(st.integers(0, 400), max_size=10))
def test_pieces_give_what_the_whole_gives(text: str, places: list[int]) -> None:
    edges = sorted({0, len(text), *(p % (len(text) + 1) for p in places)})
    reader = PayloadReader()
    found = [p for a, b in pairwise(edges) for p in reader.feed(text[a:b])] + reader.feed("", True)
    assert sorted(found, key=repr) == sorted(payloads(text), key=repr)


def test_a_run_that_may_be_a_payload_is_held_and_ordinary_text_is_not() -> None:
    reader = PayloadReader()
    reader.feed("我们来看")
    assert reader.held is None
    reader.feed("international")
    assert reader.held is None
    reader.feed(" 57q/5LiK6L")
    assert reader.held == 18
    reader.feed("WM 好")
    assert reader.held is None


def test_a_run_without_end_is_not_held_for_ever() -> None:
    reader = PayloadReader()
    for _ in range(2 * LONGEST // 8):
        reader.feed("aB3dE5gH")
    assert reader.held is None
    assert len(reader._text) <= LONGEST + 16


ODDS = st.sampled_from(
    [*WRITTEN.values(), *"aZ9+/=-_.,:;%&#\\xuU{}| 0101ABab\n·—", "01101000 ", "e8 ", "232, ", "0xe8,", "0x", "X", "465L7ZFYRLULLDHFTS5A====", "%E8", "&#36;", "\\x41", "U+8D4C", ".- ", "a" * 30,
     "赌场", "线", "。", "\u3000", "线上\n", "Title", "camelCase", "-" * 40, "A" * 4200, "1," * 2100]
)  # fmt: skip


@pytest.mark.skipif(native.module is None, reason=f"not built: {native.why_not}")
@settings(max_examples=80, deadline=None)
@given(pieces=st.lists(ODDS, max_size=12))
@example([WRITTEN["base64"] * 2, "a" * 30])
def test_the_compiled_half_misses_nothing_and_holds_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)
    module = native.module
    fast, steps = PayloadReader(), []
    for piece in pieces:
        steps.append((fast.feed(piece), fast.held))
    ended, whole = fast.feed("", True), payloads(text)
    native.module = None
    try:
        slow = PayloadReader()
        assert [(slow.feed(piece), slow.held) for piece in pieces] == steps
        assert (slow.feed("", True), payloads(text)) == (ended, whole)
    finally:
        native.module = module
