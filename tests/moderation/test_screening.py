"""The screen errs one way only: whatever a detector finds, holds back or needs, it was asked for or told by the screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guiju import native
from guiju.moderation import lexicon_report, rules, starter
from guiju.moderation.detectors import Materials, build
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.scan import Detector, Scan
from guiju.moderation.screening import kept
from guiju.moderation.screening import screen as screening
from guiju.moderation.screening.needs import needs_of
from guiju.text.reading import read
from tests.moderation.test_stream_property import ENTRIES, PATTERNS, PIECES, RULES

pytestmark = pytest.mark.skipif(native.module is None, reason=f"not built: {native.why_not}")

NAMES = ("words", "sounds", "patterns", "pii")
BITS = {"words": screening.WORDS, "sounds": screening.SOUNDS, "patterns": screening.PATTERNS, "pii": screening.PII}
MORE = st.sampled_from(
    [*"我的了是在有人这中大为上个国说们到和地也子时道出会三要于下得可你年生，。、？！：；\n a1", "如何", "可以", "建议", "2024年",
     "AI", "app", "xi an", "fangan", "fan gan", "a1b", "c0de", "谢谢", "天天", "日月明", "女子", "木", "王", "口", "https", "…",
     "好" * 7, "e-mail", "x@y.cn", "010-62781234", "价格100元", "5折", "100%", "①", "㎏", "ＡＢ", "é", "Ж", "哋", "\ud800"]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.one_of(PIECES, MORE), max_size=20).map("".join),
    st.lists(MORE, max_size=40).map("".join),
    st.text(max_size=40),
)


@cache
def screened(shipped: bool) -> tuple[Detector, ...]:
    """The detectors as they run: those the screen speaks for look no further than it asks."""
    materials = (
        Materials(starter.lexicon(), starter.patterns()) if shipped else Materials(Lexicon.compile(ENTRIES), RULES)
    )
    return build(materials, NAMES)


@cache
def pair(shipped: bool) -> tuple[screening.Screen, tuple[Detector, ...]]:
    """A screen, and the detectors it speaks for without it."""
    materials = (
        Materials(starter.lexicon(), starter.patterns()) if shipped else Materials(Lexicon.compile(ENTRIES), RULES)
    )
    screen = screening.screen_of(materials)
    assert screen is not None
    detectors = build(materials, NAMES)
    for detector in detectors:
        detector.screen = None  # type: ignore[attr-defined]
    return screen, detectors


def listed(text: str, shipped: bool) -> str:
    """The text with words of the shipped lists in it, so that there is something to miss."""
    words = starter.lexicon().words
    return "".join(words[ord(c) * 37 % len(words)].text if c in "赌博路" else c for c in text) if shipped else text


@pytest.mark.parametrize("shipped", [False, True])
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
@example("时时彩王八")
@example("买枪枪支支弹药")
@example("a" * 1500 + "赌博")
@example("\x00赌博")
@example("路路口交通")
@example("赌赌博路口交交通")
@example("赌博pp0t plant")
def test_nothing_is_found_that_was_not_asked_for(shipped: bool, text: str) -> None:
    screen, detectors = pair(shipped)
    text = listed(text, shipped)
    reading = read(text)
    asked, normal = screen.asks(text), screen.asks_normal(reading.text)
    if reading.disguises or asked == 0:
        assert asked & screening.ALL or not reading.disguises
    for detector, quick in zip(detectors, screened(shipped), strict=True):
        scan, found = detector.scan(reading.text, 0, True), quick.scan(reading.text, 0, True)
        assert (scan.hits if scan else ()) == (found.hits if found else ()), detector.name
        if scan is not None and scan.hits:
            assert asked & (screening.ALL | BITS[detector.name]), (detector.name, scan.hits)
            assert normal & (screening.ALL | BITS[detector.name]), (detector.name, scan.hits)


@pytest.mark.parametrize("shipped", [False, True])
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
@example("nnnn赌赌博")
@example("加加vxx")
@example("时时时时时时时彩王木")
@example("我要去木")
@example("t t")
@example("ttt t top")
def test_of_a_window_the_same_is_held_back(shipped: bool, text: str) -> None:
    screen, detectors = pair(shipped)
    window = read(listed(text, shipped)).text[:200]
    size = len(window)
    asked, deny, allow, sound, *heads = screen.window(window)
    if asked & screening.ALL:
        return
    scans = {each.name: each.scan(window, 0, False) or Scan((), size, size) for each in detectors}
    if not asked & screening.WORDS:
        words = scans["words"]
        assert (words.hits, words.hold, words.keep) == ((), deny, min(deny, allow))
    if not asked & screening.SOUNDS:
        faint = scans["sounds"].hold if scans["sounds"].faint is None else scans["sounds"].faint
        assert (scans["sounds"].hits, faint) == ((), sound)
    for name, head, growing in zip(("patterns", "pii"), heads[::2], heads[1::2], strict=True):
        if head < 0:
            assert scans[name] == Scan((), growing, growing)


def test_most_ordinary_texts_need_no_detector() -> None:
    screen, _ = pair(True)
    lines = lexicon_report.NEUTRAL.read_text("utf-8").splitlines()
    assert sum(screen.asks(line) == 0 for line in lines) * 10 >= len(lines) * 9


@pytest.mark.parametrize("rule", [*starter.patterns(), *rules.load(PATTERNS, "test.yaml")], ids=lambda rule: rule.id)
def test_needs_hold_for_what_matches(rule: rules.Rule) -> None:
    needs = needs_of(rule.expression.source, rule.expression.heads)
    for line in rule.hits:
        text = read(line).text
        matches = [m.group() for at in range(len(text)) if (m := rule.expression.pattern.match(text, at))]
        assert matches
        for match in matches:
            assert sum(c in "0123456789" for c in match) >= needs.digits
            assert sum(c.isascii() for c in match) >= needs.ascii
            assert all(any(literal in match for literal in literals) for literals in needs.literals)


def test_damaged_tables_are_refused() -> None:
    from guiju.moderation.screening.tables import tables

    assert native.module is not None
    block = tables(Materials(Lexicon.compile(ENTRIES), RULES))
    assert block is not None
    native.module.tables(block)
    for damaged in (b"", block[:100], block[:-4096], b"X" + block[1:], block[:32] + b"\xff" * 8 + block[40:]):
        with pytest.raises(ValueError):
            native.module.tables(damaged)
    with pytest.raises(ValueError):
        native.module.screen(object(), "text", False)


def test_tables_are_kept_in_a_file_and_made_again_where_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    real = kept.tables

    def counted(materials: Materials) -> bytes | None:
        made.append(1)
        return real(materials)

    monkeypatch.setattr(kept, "tables", counted)
    monkeypatch.setattr(kept, "_folder", tmp_path / "automata")
    materials = Materials(Lexicon.compile(ENTRIES), RULES)
    first = kept.block_of(materials)
    again = kept.block_of(materials)
    assert first is not None
    assert again is not None
    assert len(made) == 1
    assert bytes(first) == bytes(again)
    assert screening.Screen(again).asks("线上赌场") & screening.WORDS
    (path,) = (tmp_path / "automata").iterdir()
    for damaged in (b"", path.read_bytes()[:-9], path.read_bytes()[:-1] + b"?"):
        path.unlink()  # not written over: the file is mapped
        path.write_bytes(damaged)
        assert bytes(kept.block_of(materials) or b"") == bytes(first)
    assert len(made) == 4
    others = Materials(Lexicon.compile(ENTRIES[:3]), RULES)
    assert bytes(kept.block_of(others) or b"") != bytes(first)
    monkeypatch.setattr(kept, "_folder", path / "no folder")
    assert bytes(kept.block_of(materials) or b"") == bytes(first)
