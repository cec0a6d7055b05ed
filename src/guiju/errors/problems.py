"""What is wrong with a value, in Chinese beside the English in which the place that refuses it says so.

``data/problems.tsv`` pairs the phrases; ``{}`` stands for whatever was filled in, kept as it is.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

from guiju.errors.tree import GuijuError, Lenient


class WithProblem(GuijuError):
    """An error whose parameter ``problem`` is one of the phrases; its Chinese message says it in Chinese."""

    def message(self, language: str = "zh") -> str:
        """The message in ``zh`` or ``en`` with its placeholders filled."""
        if not language.startswith("zh") or "problem" not in self.params:
            return super().message(language)
        return self.zh.format_map(Lenient({**self.params, "problem": in_chinese(str(self.params["problem"]))}))


def in_chinese(problem: str) -> str:
    """The phrase in Chinese; unchanged where the table has none, as for what another library says."""
    for pattern, zh in _phrases():
        if found := pattern.fullmatch(problem):
            return zh.format(*found.groups())
    return problem


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The table, fewer gaps and more words first, so that a gap never swallows what has a line of its own."""
    table = resources.files("guiju.errors").joinpath("data", "problems.tsv").read_text("utf-8")
    lines = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    rows = [(line["en"], line["zh"]) for line in lines]
    rows.sort(key=lambda row: (row[0].count("{}"), -len(row[0])))
    return tuple((re.compile("(.+?)".join(map(re.escape, en.split("{}"))), re.DOTALL), zh) for en, zh in rows)
