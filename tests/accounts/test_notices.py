"""A notice with an empty place is not sent."""

from __future__ import annotations

import pytest

from guiju.accounts import AccountPolicy, Step
from guiju.accounts.notices import Templates
from guiju.accounts.policy import Rule
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
        SHIPPED.fill("sanction.warn", values)
    assert caught.value.params["missing"] == lacking


def test_unknown_notices_and_broken_files() -> None:
    with pytest.raises(NoticeUnfilled):
        SHIPPED.fill("sanction.banish", VALUES)
    for source in ("notices: 3", "version: '1'\nnotices: [{id: a, zh: b, en: c}, {id: a, zh: b, en: c}]"):
        with pytest.raises(ComplaintRulesInvalid):
            Templates.load(source)


def test_each_language_gives_its_own_words() -> None:
    notice = SHIPPED.fill("sanction.warn", {**VALUES, "reason": "近 30 天"}, {"reason": "within 30 days"})
    assert "近 30 天" in notice.zh and "within 30 days" in notice.en and "近 30 天" not in notice.en


@pytest.mark.parametrize("rule", AccountPolicy.load().rules, ids=lambda rule: rule.id)
def test_a_rule_knows_its_reason_again(rule: Rule) -> None:
    policy, said = AccountPolicy.load(), rule.zh.format(count=12, days=rule.days)
    assert policy.in_english(rule.id, said) == rule.en.format(count=12, days=rule.days)
    assert policy.in_english(rule.id, "人工判断") == "人工判断" == policy.in_english("manual", "人工判断")
