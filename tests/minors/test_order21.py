"""The table of Order 21 names what there is: files, obligations, checks."""

from __future__ import annotations

from importlib import resources

import pytest

from guiju.law.book import rules
from guiju.law.registry import CHECKS
from guiju.minors.order21 import Article, articles

OBLIGATIONS = {one.id: one for one in rules().obligations}


@pytest.mark.parametrize("article", articles(), ids=lambda one: one.article)
def test_what_an_article_names_is_there(article: Article) -> None:
    package = resources.files("guiju")
    assert [path for path in article.where if not package.joinpath(path).is_file()] == []
    assert [id_ for id_ in article.obligations if id_ not in OBLIGATIONS] == []
    assert [id_ for id_ in article.checks if id_ not in CHECKS] == []
    used = {use.id for id_ in article.obligations for use in OBLIGATIONS[id_].checks}
    assert set(article.checks) <= used, "a check measures one of the obligations beside it"
    assert (article.state == "operator") is (not article.where)


def test_every_obligation_of_companions_stands_in_the_table() -> None:
    told = {id_ for article in articles() for id_ in article.obligations}
    ours = {id_ for id_ in OBLIGATIONS if id_.startswith("ANT-")}
    assert ours <= told
    for article in articles():
        for id_ in set(article.obligations) & ours:
            cited = {
                c.article.partition("(")[0] for c in OBLIGATIONS[id_].clauses if c.instrument == "anthropomorphic-2026"
            }
            assert article.article in cited, f"{id_} cites {cited}"
    numbers = [int(article.article) for article in articles()]
    assert numbers == sorted(set(numbers))
