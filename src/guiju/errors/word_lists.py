"""GJ-7020: word lists that do not do what their owner says."""

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
