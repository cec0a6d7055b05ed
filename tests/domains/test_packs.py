from __future__ import annotations

import pytest

from guiju.domains import Pack, packs
from guiju.law import book


@pytest.mark.parametrize("pack", packs().packs.values(), ids=lambda pack: pack.id)
def test_a_pack_knows_its_own_lines(pack: Pack) -> None:
    assert pack.of and pack.not_of
    for line in pack.of:
        assert pack in packs().of(line), line
    for line in pack.not_of:
        assert pack not in packs().of(line), line


@pytest.mark.parametrize("pack", packs().packs.values(), ids=lambda pack: pack.id)
def test_a_pack_is_whole(pack: Pack) -> None:
    assert len(set(pack.subjects)) == len(pack.subjects)
    assert any(phrase in pack.reminder.zh for phrase in pack.reminded), "its own reminder counts as one"
    assert any(phrase in pack.reminder.en.lower() for phrase in pack.reminded)
    assert pack.risk in {tag.code for tag in book.load().risks.tags}
    if pack.emergency is not None:
        assert any(word in pack.emergency.zh for word in pack.emergency.helped)


def test_no_cue_of_an_emergency_is_passed_over() -> None:
    fields = packs()
    cues = [cue for pack in fields.packs.values() if pack.emergency is not None for cue in pack.emergency.cues]
    assert cues and all(fields.may_be_urgent(f"请问，{cue}了怎么办") for cue in cues)
    assert not fields.may_be_urgent("") and not fields.may_be_urgent("今天天气很好，我们去公园散步吧。")
