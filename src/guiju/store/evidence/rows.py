"""Stored evidence as iterators in constant memory, the same on both databases.

Rows are read in pages by key rather than through one long cursor: no transaction stays open for hours, SQLite's
write-ahead log can be checkpointed meanwhile, and records written during the reading do not disturb it. What is read is
bounded by :class:`Window`, taken once at the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Max, Min

from guiju.errors import RecordUnreadable
from guiju.evidence import ZERO, ChainRow, decode
from guiju.evidence.seal import Seal as SealRow
from guiju.store.evidence.beside import Beside, whole_pages
from guiju.store.models import Chain, Record, Seal
from guiju.store.models.evidence import SEQ_BITS
from guiju.store.rows import RECORD

PAGE = 2000
_NUMBER, _HASH, _BODY = (RECORD.index(name) for name in ("content_number", "hash", "body"))
_SEQ = (1 << SEQ_BITS) - 1


class Window(NamedTuple):
    """A run of one chain: sequence numbers ``first`` to ``last``, and seals up to number ``seals`` (-1 for none)."""

    number: int
    name: str
    genesis: bytes
    first: int
    last: int
    prev: bytes
    seals: int

    def row(self) -> ChainRow:
        """The chain as verification and export take it."""
        return ChainRow(self.name, self.genesis, self.first, self.prev)


def windows() -> list[Window]:
    """Every chain as far as it reaches now, in the order the chains were opened."""
    found = []
    for chain in Chain.objects.order_by("id"):
        seals = Seal.objects.filter(chain=chain).aggregate(last=Max("number"))["last"]  # before the records: see below
        last = Record.objects.filter(id__gte=chain.id << SEQ_BITS, id__lte=chain.id << SEQ_BITS | _SEQ).aggregate(
            m=Max("id")
        )
        # a seal read here covers only records that were there before it, so none can seem to reach beyond the end
        found.append(
            Window(
                number=chain.id,
                name=chain.name,
                genesis=bytes(chain.genesis),
                first=0,
                last=(last["m"] or 0) & _SEQ,
                prev=ZERO,
                seals=-1 if seals is None else seals,
            )
        )
    return found


def excerpt(window: Window, first: int, last: int) -> Window:
    """The part of a whole chain from ``first`` to ``last``, widened to where seals begin and end."""
    seals = Seal.objects.filter(chain=window.number, number__lte=window.seals)
    edge = seals.filter(seq_from__lte=last, seq_to__gte=first).aggregate(first=Min("seq_from"), last=Max("seq_to"))
    first = min(first, first if edge["first"] is None else edge["first"])
    last = max(last, last if edge["last"] is None else edge["last"])
    top = seals.filter(seq_to__lte=last).aggregate(last=Max("number"))["last"]
    prev = ZERO if first == 0 else _hash_before(window, first)
    return window._replace(first=first, last=last, prev=prev, seals=-1 if top is None else top)


def records(window: Window, beside: Beside | None = None) -> Iterator[tuple[str, int, str, bytes, bytes]]:
    """The window's records in order, the genesis (kept with the chain) included; ``beside`` looks at each page of them."""
    if window.first == 0:
        yield genesis_row(window)
    first, last = window.number << SEQ_BITS | max(window.first, 1), window.number << SEQ_BITS | window.last
    for key, number, digest, body in pages(first, last) if beside is None else _watched(window, first, last, beside):
        yield window.name, key & _SEQ, number, digest, body


def everything(known: Iterable[Window], beside: Beside | None = None) -> Iterator[tuple[str, int, str, bytes, bytes]]:
    """All records, chain by chain, and those whose chain is not listed (under a made-up name), which is damage."""
    at = 0
    for window in known:
        yield from _strays(at, (window.number << SEQ_BITS) - 1)
        yield from records(window, beside)
        at = (window.number + 1) << SEQ_BITS
    yield from _strays(at, 2**63 - 1)


def pages(first: int, last: int) -> Iterator[tuple[int, str, bytes, bytes]]:
    """``(id, content number, hash, body)`` of every record with an id from ``first`` to ``last``, in order."""
    rows = Record.objects.order_by("id").values_list("id", "content_number", "hash", "body")
    while page := list(rows.filter(id__gte=first, id__lte=last)[:PAGE]):
        for key, number, digest, body in page:
            yield key, number, _stored(digest), _stored(body)
        first = page[-1][0] + 1


def _watched(window: Window, first: int, last: int, beside: Beside) -> Iterator[tuple[int, str, bytes, bytes]]:
    for page in whole_pages(first, last, PAGE):
        beside.look(window.name, page)
        for row in page:
            yield row[0], str(row[_NUMBER]), _stored(row[_HASH]), _stored(row[_BODY])


def _stored(value: object) -> bytes:
    """What a column of bytes holds; SQLite lets a tampering hand put text or a number there."""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def seals(window: Window) -> Iterator[SealRow]:
    """The window's seals in order."""
    rows = Seal.objects.filter(chain=window.number, number__lte=window.seals, seq_to__gte=window.first).order_by(
        "number"
    )
    after = -1
    while page := list(rows.filter(number__gt=after)[:PAGE]):
        for seal in page:
            yield SealRow(window.name, seal.number, bytes(seal.body), bytes(seal.signature))
        after = page[-1].number


def genesis_row(window: Window) -> tuple[str, int, str, bytes, bytes]:
    """The genesis as a record; its id is the one in its body (``""`` if that cannot be read)."""
    digest = Chain.objects.filter(pk=window.number).values_list("genesis_hash", flat=True).first()
    try:
        name = decode(window.genesis).id
    except RecordUnreadable:
        name = ""
    return window.name, 0, name, bytes(digest or b""), window.genesis


def _strays(first: int, last: int) -> Iterator[tuple[str, int, str, bytes, bytes]]:
    """Records of chains that are not listed, unless the chain was opened after the list was made."""
    while (
        key := Record.objects.filter(id__gte=first, id__lte=last).order_by("id").values_list("id", flat=True).first()
    ) is not None:
        chain = key >> SEQ_BITS
        end = chain << SEQ_BITS | _SEQ
        if not Chain.objects.filter(pk=chain).exists():
            for stray, number, digest, body in pages(key, end):
                yield f"chain {chain}", stray & _SEQ, number, digest, body
        first = end + 1


def _hash_before(window: Window, seq: int) -> bytes:
    if seq == 1:
        return genesis_row(window)[3]
    key = window.number << SEQ_BITS | (seq - 1)
    return bytes(Record.objects.filter(id=key).values_list("hash", flat=True).first() or ZERO)
