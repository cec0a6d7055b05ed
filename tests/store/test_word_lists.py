from __future__ import annotations

import pytest

from guiju.errors import (
    AlreadyExists,
    InvalidField,
    InvalidTransition,
    LexiconError,
    WordListTestsUnmet,
    WordListUntested,
)
from guiju.moderation import starter
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, WordList
from guiju.store.services import word_lists

pytestmark = pytest.mark.django_db
CSV = "word,risk,severity,hit,miss\n网上赌场,A.1.f/gambling,high,网上赌场开户,谈谈赌场\n代开发票,,低,,\n"


@pytest.fixture
def words(compliance: Actor) -> WordList:
    return word_lists.create(compliance, "ours", "自建词表", "A.3.b", "李雷", "投诉归纳")


def test_a_version_is_kept_whole_and_not_in_force(compliance: Actor, words: WordList) -> None:
    before = snapshot_version.current()
    version = word_lists.add_version(compliance, words, CSV, "首版")
    assert (version.number, version.entries) == (1, 2)
    assert version.counts == {"A.1.f/gambling": 1, "A.3.b": 1}
    filled = word_lists.entries(version)[1]
    assert (filled.risk, filled.owner, filled.source, filled.list) == ("A.3.b", "李雷", "投诉归纳", "ours")
    words.refresh_from_db()
    assert words.live is None
    assert snapshot_version.current() == before


def test_going_live_counts_what_changed(compliance: Actor, words: WordList) -> None:
    before = snapshot_version.current()
    word_lists.set_live(compliance, word_lists.add_version(compliance, words, CSV))
    second = word_lists.add_version(
        compliance,
        words,
        "word,risk,hit,miss\n网上赌场,A.1.f/gambling,,\n办证刻章,A.3.b,办证刻章,办证指南\n真人荷官,A.3.b,,\n",
    )
    word_lists.set_live(compliance, second)
    word_lists.set_live(compliance, None, words)
    details = [e.detail for e in AuditEntry.objects.filter(action=word_lists.LIVE).order_by("id")]
    assert [(d["after"], d["added"], d["removed"]) for d in details] == [(1, 2, 0), (2, 2, 1), (None, 0, 3)]
    assert snapshot_version.current() == before + 3


def test_a_version_goes_live_only_if_its_test_lines_hold(compliance: Actor, words: WordList) -> None:
    csv = "word,risk,hit,miss\n代开发票,A.3.b,有人代开发票,{}\n"
    wrong = word_lists.add_version(compliance, words, csv.format("谨防代开发票诈骗"))
    with pytest.raises(WordListTestsUnmet) as refused:
        word_lists.set_live(compliance, wrong)
    assert "谨防代开发票诈骗" in refused.value.message("zh")
    words.refresh_from_db()
    assert words.live is None
    word_lists.set_live(compliance, word_lists.add_version(compliance, words, csv.format("开发票的流程")))


def test_a_version_without_test_lines_stays_a_draft(compliance: Actor, words: WordList) -> None:
    bare = word_lists.add_version(compliance, words, "word,risk,miss\n代开发票,A.3.b,开发票的流程\n")
    with pytest.raises(WordListUntested) as refused:
        word_lists.set_live(compliance, bare)
    assert "(hit stands empty everywhere)" in refused.value.message("en")
    only_allowed = word_lists.add_version(compliance, words, "word,allow\n代开发票系统,1\n")
    assert word_lists.set_live(compliance, only_allowed).live == only_allowed


def test_doing_it_twice_is_said(compliance: Actor, words: WordList) -> None:
    version = word_lists.add_version(compliance, words, CSV)
    word_lists.set_live(compliance, version)
    with pytest.raises(InvalidTransition):
        word_lists.set_live(compliance, version)
    with pytest.raises(InvalidField):
        word_lists.set_live(compliance, None)


@pytest.mark.parametrize("text", ["", "risk\nA.1.a\n", "word,colour\nx,red\n", "word,risk\n字,A.1.f\n"])
def test_a_bad_csv_is_not_kept(compliance: Actor, words: WordList, text: str) -> None:
    with pytest.raises(LexiconError):
        word_lists.add_version(compliance, words, text)
    assert not words.versions.exists()


def test_names_are_unique_and_plain(compliance: Actor, words: WordList) -> None:
    with pytest.raises(AlreadyExists):
        word_lists.create(compliance, "ours", "x", "", "x", "")
    for slug in ("Ours", "a b", "词表", ""):
        with pytest.raises(InvalidField):
            word_lists.create(compliance, slug, "x", "", "x", "")


def test_shipped_lists_come_once_and_in_force() -> None:
    word_lists.import_shipped()
    first = AuditEntry.objects.count()
    word_lists.import_shipped()
    assert AuditEntry.objects.count() == first
    for shipped in starter.lists():
        row = WordList.objects.get(pk=shipped.id)
        assert row.shipped
        assert (row.live is None) == (not shipped.entries())


def test_what_an_operator_did_to_a_shipped_list_stays(compliance: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    word_lists.import_shipped()
    off, own, plain = WordList.objects.exclude(live=None)[:3]
    word_lists.set_live(compliance, None, off)
    mine = word_lists.add_version(compliance, own, "word,risk\n网上赌场,A.1.f\n")
    word_lists.set_live(compliance, mine)

    entries = starter.StarterList.entries
    monkeypatch.setattr(starter.StarterList, "entries", lambda self: entries(self)[:1])  # a later release
    word_lists.import_shipped()
    for row in (off, own, plain):
        row.refresh_from_db()
    assert off.live is None
    assert own.live == mine
    assert plain.live is not None
    assert plain.live.entries == 1
