"""The pack as one page that prints: words from ``data/pack.yaml``, frame and style from ``data/pack.html``."""

from __future__ import annotations

import html
import string
from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec
import yaml

from guiju.labeling.explicit.mark import Mark, drawn_words, in_chinese, presets
from guiju.labeling.explicit.rules import rules
from guiju.labeling.pack.facts import Facts
from guiju.labeling.pack.running import Outcome
from guiju.labeling.provider_code import parse
from guiju.labeling.words import find_words
from guiju.media import Practice, registered


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str


class _Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str
    source: str
    here: str = ""


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    said: dict[str, _Said]
    asked: tuple[_Item, ...]


@cache
def texts() -> _Texts:
    """The words of the pack."""
    return msgspec.convert(yaml.safe_load(_data("pack.yaml")), _Texts)


def page(facts: Facts, outcomes: list[Outcome], mark: Mark) -> str:
    """The whole page, as HTML. Everything given from outside is escaped."""
    parts = {
        "cover": _cover(facts), "asked": _asked(facts), "scheme": _scheme(mark), "positions": _positions(outcomes),
        "technical": _technical(facts), "implicit": _implicit(outcomes), "files": _files(outcomes),
    }  # fmt: skip
    titles = {f"{name}_title": _title(name) for name in (*parts, "pack")}
    return string.Template(_data("pack.html")).substitute(parts | titles | {"note": _both("note")})


def _cover(facts: Facts) -> str:
    rows = [
        (_both("company"), _text(facts.company)), (_both("service"), _text(facts.service)),
        (_both("producer"), _text(f"{facts.producer}: {parse(facts.producer).explain('zh')}")),
        (_both("filing"), _text(facts.filing) if facts.filing else _missing()), (_both("day"), facts.day.isoformat()),
    ]  # fmt: skip
    return _table((), rows)


def _asked(facts: Facts) -> str:
    rows = []
    for one in texts().asked:
        given = facts.filing if one.here == "filing" else one.here
        rows.append((_pair(one.zh, one.en), _text(one.source), _text(given) if given else _missing()))
    return _table(("item", "source", "here"), rows)


def _scheme(mark: Mark) -> str:
    drawn, said = drawn_words(mark.words).text, find_words().text
    where = mark.position or presets().defaults.position
    least = f"≥ {rules()['min_height'].value:.0%}"
    rows = [
        ("5.1", _both("texts"), _text(said), _both("texts_where"), "–"),
        ("5.2", _both("pictures"), _text(drawn), _pair(in_chinese(where), where), _text(least)),
        ("5.3", _both("sounds"), "短长 短短", _both("sounds_where"), "–"),
        (
            "5.4",
            _both("films"),
            _text(drawn),
            _both("films_where"),
            _text(f"{least}, ≥ {rules()['min_seconds'].value:g} s"),
        ),
        ("5.5 / 5.6", _both("interfaces"), _text(drawn), _both("interfaces_where"), "–"),
    ]
    return _table(("clause", "kind", "words", "where", "measure"), rows)


def _positions(outcomes: list[Outcome]) -> str:
    shown = []
    for one in outcomes:
        checks = [
            (_sign(c.ok), _text(c.clause), _pair(c.zh, c.en), _text(in_chinese(c.detail))) for c in one.report.checks
        ]
        picture = f'<img src="{_text(one.picture)}" alt="{_text(one.name)}">' if one.picture else ""
        heading = f"<h3>{_text(one.name)} · {_text(one.clause)} · {_verdict(one.report.verdict.value)}</h3>"
        shown.append(f"<section>{heading}{picture}{_table(('ok', 'clause', 'check', 'measured'), checks)}</section>")
    return "".join(shown)


def _technical(facts: Facts) -> str:
    rows = [
        (
            _text(one.title),
            f"<code>{_text(one.placement)}</code>",
            _text(one.placements[one.placement]),
            _text(one.source or "–"),
        )
        for one in registered()
        if one.practice is Practice.GUIDE
    ]
    return f"<p>{_both('technical')}</p>" + _table(("format", "place", "meaning", "source"), rows)


def _implicit(outcomes: list[Outcome]) -> str:
    shown = []
    for one in outcomes:
        rows = [
            (f"<code>{_text(key)}</code>", f"<code>{_text(value)}</code>") for key, value in one.label.keys().items()
        ]
        heading = (
            f"<h3>{_text(one.name)} · <code>{_text(one.placement)}</code> · {_verdict(one.implicit.verdict.value)}</h3>"
        )
        shown.append(f"<section>{heading}{_table(('key', 'value'), rows)}</section>")
    return "".join(shown)


def _files(outcomes: list[Outcome]) -> str:
    rows = [(f'<a href="{_text(one.file)}">{_text(one.file)}</a>', f"<code>{one.sha256}</code>") for one in outcomes]
    return _table(("file", "sha256"), rows)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{_both(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def _title(name: str) -> str:
    return _both(f"{name}_title")


def _verdict(value: str) -> str:
    return f'<span class="{value}">{_both(f"verdict_{value}")}</span>'


def _sign(ok: bool | None) -> str:
    return "?" if ok is None else "✓" if ok else "✗"


def _missing() -> str:
    return f'<span class="missing">{_both("missing")}</span>'


def _both(name: str) -> str:
    said = texts().said[name]
    return _pair(said.zh, said.en)


def _pair(zh: str, en: str) -> str:
    return f'{_text(zh)} <span class="en" lang="en">{_text(en)}</span>'


def _text(value: str) -> str:
    return html.escape(value, quote=True)


def _data(name: str) -> str:
    return resources.files("guiju.labeling").joinpath("data", name).read_text("utf-8")
