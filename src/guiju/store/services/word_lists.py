"""Word lists and their versions. A version never changes; which one is in force, if any, is the list's ``live``."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from django.db.models import Max

from guiju.errors import AlreadyExists, InvalidField, InvalidTransition, WordListTestsUnmet, WordListUntested
from guiju.moderation import lexicon_csv, lexicon_report, starter
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.starter import StarterList
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import WordList, WordListVersion
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh
from guiju.text.reading import read
from guiju.text.squeeze import squeeze

LIVE = "word_list.live"
"""The action under which changes of what is in force stand in the audit log."""


@act(Permission.MANAGE_WORD_LISTS)
def create(actor: Actor, slug: str, title: str, risk: str, owner: str, source: str) -> WordList:
    """Make an empty list.

    Args:
        slug: lower-case ASCII name, which stands in findings. ``risk``: the risk of entries that name none.
        owner: who answers for it. ``source``: where its words come from, by what right.

    Raises:
        AlreadyExists, InvalidField.
    """
    row = WordList(
        slug=slug.strip(), title=title.strip(), risk=risk.strip(), owner=owner.strip(), source=source.strip()
    )
    if row.slug != row.slug.lower() or not row.slug.isascii():
        raise InvalidField(field="slug", problem="lower-case letters, digits, - and _ only")
    if WordList.objects.filter(pk=row.slug).exists():
        raise AlreadyExists(what_zh="词表", what_en="A word list", key=row.slug)
    clean(row)
    row.save(force_insert=True)
    append(actor, "word_list.create", row, detail={"title": row.title, "risk": row.risk, "owner": row.owner})
    return row


@guarded(Permission.MANAGE_WORD_LISTS)
def add_version(actor: Actor, word_list: WordList, csv_text: str, note: str = "") -> WordListVersion:
    """Keep a CSV text as the next version, not in force yet.

    Entries that name no risk, owner or source take the list's. The text is kept in one form, whatever its columns were.

    Raises:
        LexiconError: naming the line.
    """
    parsed = _filled(word_list, lexicon_csv.parse(csv_text.replace("\0", ""), word_list.slug))
    Lexicon.compile(parsed)  # refuses entries that cannot be matched
    with one_at_a_time():
        return _add(actor, fresh(word_list), parsed, note)


@act(Permission.MANAGE_WORD_LISTS)
def set_live(actor: Actor, version: WordListVersion | None, word_list: WordList | None = None) -> WordList:
    """Put a version in force, or with ``None`` switch ``word_list`` off; gateways follow within a second.

    Raises:
        InvalidTransition: it is so already. WordListUntested: it is a draft. WordListTestsUnmet: a test line of its
            entries does not hold.
    """
    owner = version.list if version is not None else word_list
    if owner is None:
        raise InvalidField(field="word_list", problem="which list to switch off is missing")
    row = fresh(owner)
    if row.live_id == (version.pk if version is not None else None):
        state = "live" if version is not None else "off"
        raise InvalidTransition(what_zh="词表", what_en="word list", state=state, target=state)
    if version is not None:
        hold_to_lines(version)
    _go_live(actor, row, version)
    return row


def hold_to_lines(version: WordListVersion) -> None:
    """Hold the entries of a version to their own test lines (columns ``hit`` and ``miss``), by this list alone.

    Raises:
        WordListUntested: it has none, or none of one kind. WordListTestsUnmet: naming the first lines that do not hold.
    """
    columns = lacking(version)
    if columns:
        raise WordListUntested(slug=version.list_id, columns=", ".join(columns))
    failing = lexicon_report.failing_lines(Lexicon.compile(entries(version)))
    if failing:
        report = "; ".join(f"{each.word} {each.wanted}: {each.line[:60]}" for each in failing[:10])
        raise WordListTestsUnmet(count=len(failing), report=report)


def lacking(version: WordListVersion) -> tuple[str, ...]:
    """The kinds of test lines that make a version a draft for want of them; the lists that ship have theirs beside them."""
    return () if version.list.shipped else lexicon_report.lacking(entries(version))


def entries(version: WordListVersion | None) -> tuple[Entry, ...]:
    """The entries of a version; none of ``None``."""
    return lexicon_csv.parse(version.body, version.list_id) if version is not None else ()


def canonical(slug: str, body: str) -> Iterator[tuple[str, str, bool]]:
    """The words of a CSV text as the matcher reads them, with their risk and whether they state a source."""
    for entry in lexicon_csv.parse(body, slug):
        if not entry.allow:
            yield squeeze(read(entry.word).text), entry.risk, bool(entry.source.strip())


def import_shipped() -> None:
    """Bring the shipped lists up to date; what operators changed or switched off stays as they left it."""
    for shipped in starter.lists():
        _import(shipped, _filled(_describe(shipped), shipped.entries()))


def _import(shipped: StarterList, words: tuple[Entry, ...]) -> None:
    actor, digest = Actor.system("setup"), _digest(words)
    known = WordList.objects.filter(pk=shipped.id).select_related("live").first()
    if known is not None and (not words or known.versions.filter(sha256=digest).exists()):
        return
    with one_at_a_time():
        row, created = WordList.objects.get_or_create(slug=shipped.id, defaults=_fields(shipped))
        if created:
            append(actor, "word_list.create", row, detail={"title": row.title, "risk": row.risk, "owner": row.owner})
        if words and not row.versions.filter(sha256=digest).exists():
            followed = not row.versions.exists() or (row.live is not None and row.live.created_by_id is None)
            version = _add(actor, row, words, f"Guiju {shipped.updated}")
            if followed:
                _go_live(actor, row, version)


def _add(actor: Actor, row: WordList, words: tuple[Entry, ...], note: str) -> WordListVersion:
    number = (row.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = WordListVersion.objects.create(
        list=row,
        number=number,
        body=lexicon_csv.format_csv(words),
        entries=len(words),
        counts=dict(Counter(entry.risk for entry in words if not entry.allow)),
        sha256=_digest(words),
        note=note.strip(),
        created_by=actor.user,
    )
    detail = {"version": number, "entries": len(words), "sha256": version.sha256}
    append(actor, "word_list.version", row, reason=version.note, detail=detail)
    return version


def _go_live(actor: Actor, row: WordList, version: WordListVersion | None) -> None:
    before, after = _words(entries(row.live)), _words(entries(version))
    detail = {
        "before": row.live.number if row.live else None,
        "after": version.number if version else None,
        "added": len(after - before),
        "removed": len(before - after),
    }
    row.live = version
    row.save(update_fields=["live"])
    append(actor, LIVE, row, detail=detail)
    snapshot_version.bump()


def _filled(row: WordList, words: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(
        msgspec.structs.replace(
            entry,
            list=row.slug,
            risk=entry.risk or ("" if entry.allow else row.risk),
            owner=entry.owner or row.owner,
            source=entry.source or row.source,
        )
        for entry in words
    )


def _describe(shipped: StarterList) -> WordList:
    return WordList(slug=shipped.id, **_fields(shipped))


def _fields(shipped: StarterList) -> dict[str, object]:
    risk = shipped.risks[0] if len(shipped.risks) == 1 else ""
    return {"title": shipped.zh, "risk": risk, "owner": shipped.owner, "source": shipped.source, "shipped": True}


def _words(words: Iterable[Entry]) -> set[tuple[str, str]]:
    return {(entry.word, entry.risk) for entry in words if not entry.allow}


def _digest(words: tuple[Entry, ...]) -> str:
    return hashlib.sha256(lexicon_csv.format_csv(words).encode()).hexdigest()
