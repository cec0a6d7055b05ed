"""The evidence pack: made from files really labelled, whole or not at all, with nothing made up."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from guiju.errors import FileUnusable, MediaUnsupported, ProviderCodeInvalid
from guiju.labeling import explicit, files
from guiju.labeling.explicit import Mark
from guiju.labeling.pack import Facts, make, page
from tests.labeling.explicit import sounds
from tests.labeling.explicit.grounds import ground

CODE = "001191110102MACQD9K64010000"
FACTS = Facts(company="某某公司", service="绘画<script>", producer=CODE, day=datetime.date(2026, 1, 2))


class Balance(HTMLParser):
    """Checks that every tag is closed, and collects what is shown and linked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.shown = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in ("src", "href") and value]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_examples_of_every_kind_are_compliant(tmp_path: Path) -> None:
    made = make(tmp_path / "pack", FACTS)
    assert made.compliant and not made.own
    assert {one.medium for one in made.outcomes} == {"picture", "sound", "markdown", "html", "film"}
    for one in made.outcomes:
        sample = made.path / one.file
        assert hashlib.sha256(sample.read_bytes()).hexdigest() == one.sha256
        label = files.read(sample).label
        assert label == one.label and label is not None and label.ContentProducer == CODE
        told = json.loads((made.path / "reports" / f"{one.name}.json").read_text("utf-8"))
        assert told["explicit"]["verdict"] == told["implicit"]["verdict"] == "compliant"
    assert len({one.label.ProduceID for one in made.outcomes}) == len(made.outcomes)


def test_the_page_shows_what_was_measured_and_what_is_missing(tmp_path: Path) -> None:
    picture = tmp_path / "cat.png"
    ground("photo").save(picture)
    made = make(tmp_path / "pack", FACTS, [picture], Mark(position="top-left", words="某某AI生成"))
    assert made.own and made.compliant
    page_ = Balance((made.path / "index.html").read_text("utf-8"))
    assert "绘画<script>" in page_.shown and "script" not in page_.open, "names are escaped"
    assert page_.shown.count("待提供者补充") == 5, "filing number (twice), assessment, letter, agreement"
    assert "某某AI生成" in page_.shown and "top-left" in page_.shown
    height = next(one for one in made.outcomes[0].report.checks if one.id == "picture.height")
    assert height.detail in page_.shown and made.outcomes[0].sha256 in page_.shown
    assert page_.links and all((made.path / link).exists() for link in page_.links)
    assert explicit.check(made.path / "samples" / "cat.png").found[0].where == "top-left"


def test_an_archive_holds_the_same(tmp_path: Path) -> None:
    sound = sounds.wav(tmp_path / "a.wav", sounds.music(3.0))
    made = make(tmp_path / "pack.zip", FACTS, [sound])
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names == sorted(names) and {"pack/index.html", "pack/samples/a.wav", "pack/reports/a.wav.json"} <= set(names)


@pytest.mark.parametrize("change", ["exists", "kind", "code", "twice"])
def test_nothing_is_left_of_a_pack_that_cannot_be_made(change: str, tmp_path: Path) -> None:
    picture, facts, error = tmp_path / "cat.png", FACTS, FileUnusable
    ground("photo").save(picture)
    target, given = tmp_path / "pack", [picture]
    if change == "exists":
        target.mkdir()
    elif change == "kind":
        given, error = [*given, tmp_path / "a.csv"], MediaUnsupported
        (tmp_path / "a.csv").write_text("1,2")
    elif change == "code":
        facts, error = Facts(company="a", service="b", producer="doubao", day=FACTS.day), ProviderCodeInvalid
    else:
        given = [picture, picture]
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(error):
        make(target, facts, given)
    assert sorted(tmp_path.rglob("*")) == before


def test_every_word_of_the_page_is_there_in_both_languages() -> None:
    known = page.texts()
    for name, said in known.said.items():
        assert re.search(r"[\u4e00-\u9fff]|SHA", said.zh) and said.en.isascii(), name
