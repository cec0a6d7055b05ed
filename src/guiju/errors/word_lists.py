"""GJ-7020, GJ-3170: word lists that do not do what their owner says, or say nothing that could be held to them."""

from __future__ import annotations

from guiju.errors.store import StoreError


class WordListTestsUnmet(StoreError):
    """A version whose entries miss, or wrongly meet, their own test lines. Parameters: ``count``, ``report``."""

    code = "GJ-7020"
    status = 422
    zh = "词表有 {count} 行测试语句不符：{report}"
    en = "{count} test line(s) of the word list do not hold: {report}"
    remedy_zh = "改正词条，或改正 hit（应命中）与 miss（不应命中）两列中的语句，再使其生效"
    remedy_en = "Correct the entries, or their lines in the columns hit and miss, and put it in force again"


class WordListUntested(StoreError):
    """A version without a positive or without a negative test line, which is a draft. Parameters: ``slug``, ``columns``."""

    code = "GJ-3170"
    status = 422
    zh = "词表 {slug} 缺少测试语句（{columns} 列为空），只能保留为草稿"
    en = "The word list {slug} has no test lines ({columns} stands empty everywhere) and stays a draft"
    remedy_zh = "为该版本至少填写一条 hit（应命中）和一条 miss（谈及同一话题但不应命中）语句，再使其生效"
    remedy_en = "Give the version at least one line that must meet an entry (hit) and one about the same subject that must not (miss)"
