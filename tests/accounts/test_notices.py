"""A notice with an empty place is not sent."""

from __future__ import annotations

import pytest

from guiju.accounts import Step
from guiju.accounts.notices import Templates
from guiju.errors import ComplaintRulesInvalid, NoticeUnfilled

SHIPPED = Templates.load()
VALUES = {
    "operator": "某公司", "contact": "help@example.cn", "appeal_address": "https://x.cn/public/", "reason": "{contact} 违规",
    "until": "明天", "sanction": "7", "step": "warn",
}  # fmt: skip


@pytest.mark.parametrize("step", list(Step))
def test_every_step_has_its_notice(step: Step) -> None:
    notice = SHIPPED.fill(f"sanction.{step}", VALUES)
    assert "某公司" in notice.zh and "7" in notice.en
    assert "{contact} 违规" in notice.zh  # what a value says is not a place


@pytest.mark.parametrize("lacking", ["operator", "appeal_address", "reason"])
@pytest.mark.parametrize("given", [None, "", "  "])
def test_an_empty_place_blocks_it_and_is_named(lacking: str, given: str | None) -> None:
    values = {**VALUES, lacking: given} if given is not None else {k: v for k, v in VALUES.items() if k != lacking}
    with pytest.raises(NoticeUnfilled) as caught:
        SHIPPED.fill("sanction.warn", values)  # type: ignore[arg-type]
    assert caught.value.params["missing"] == lacking


def test_unknown_notices_and_broken_files() -> None:
    with pytest.raises(NoticeUnfilled):
        SHIPPED.fill("sanction.banish", VALUES)
    for source in ("notices: 3", "version: '1'\nnotices: [{id: a, zh: b, en: c}, {id: a, zh: b, en: c}]"):
        with pytest.raises(ComplaintRulesInvalid):
            Templates.load(source)
