"""Whatever single thing is done to whole evidence, verification notices and says where."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.evidence import Chain, ChainRow, Flaw, RecordRow, SealKey, encode, make_seal, verify
from guiju.evidence.merkle import root

from .ledger import AT, KEY, Ledger, build, damaged, exchange

LENGTHS = st.lists(st.integers(0, 9), min_size=1, max_size=4)


def flip(data: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[place % len(changed)] ^= 1 << bit
    return bytes(changed)


@given(LENGTHS, st.integers(1, 5))
def test_whole_evidence_is_found_whole(lengths: list[int], every: int) -> None:
    ledger = build(lengths, every)
    report = ledger.verify(anchors=ledger.heads())
    assert report.ok, report.problems
    assert (report.records, report.chains, report.seals) == (
        len(ledger.records),
        len(ledger.chains),
        len(ledger.seals),
    )
    assert report.unsealed == 0
    assert list(report.heads) == ledger.heads()


@st.composite
def harm(draw: st.DrawFn, ledger: Ledger) -> Callable[[Ledger], None]:
    """One thing done to one record, chain or seal."""
    index = draw(st.integers(0, len(ledger.records) - 1))
    other = draw(st.integers(0, len(ledger.records) - 1).filter(lambda n: n != index))
    place, bit = draw(st.integers(0, 4000)), draw(st.integers(0, 7))
    row = ledger.records[index]
    seal_index = draw(st.integers(0, len(ledger.seals) - 1))
    seal = ledger.seals[seal_index]

    def put(new: RecordRow) -> Callable[[Ledger], None]:
        return lambda copy: copy.records.__setitem__(index, new)

    def put_seal(body: bytes, signature: bytes) -> Callable[[Ledger], None]:
        return lambda copy: copy.seals.__setitem__(seal_index, seal._replace(body=body, signature=signature))

    def swap(copy: Ledger) -> None:
        copy.records[index], copy.records[other] = copy.records[other], copy.records[index]

    def swap_contents(copy: Ledger) -> None:
        first, second = copy.records[index], copy.records[other]
        copy.records[index] = first._replace(id=second.id, hash=second.hash, body=second.body)
        copy.records[other] = second._replace(id=first.id, hash=first.hash, body=first.body)

    def rename(copy: Ledger) -> None:
        place = index if row.seq else next(n for n, record in enumerate(copy.records) if record.seq)
        copy.records[place] = copy.records[place]._replace(id="f" * 32)

    def drop_chain(copy: Ledger) -> None:
        copy.records = [record for record in copy.records if record.chain != row.chain]

    def rehash(copy: Ledger) -> None:
        """Change a record and recompute every hash after it: the attack hashes alone do not show."""
        rows = [record for record in copy.records if record.chain == row.chain]
        previous = rows[row.seq - 1].hash if row.seq else bytes(32)
        for record in rows[row.seq :]:
            body = record.body.replace(b'"at":', b'"at":1') if record.seq == row.seq else record.body
            previous = sha256(previous + body).digest()
            copy.records[copy.records.index(record)] = record._replace(body=body, hash=previous)

    return draw(
        st.sampled_from(
            [
                put(row._replace(body=flip(row.body, place, bit))),
                put(row._replace(hash=flip(row.hash, place, bit))),
                rename,
                lambda copy: copy.records.pop(index),
                lambda copy: copy.records.insert(index, row),
                lambda copy: copy.records.append(row),
                swap,
                swap_contents,
                drop_chain,
                rehash,
                put_seal(flip(seal.body, place, bit), seal.signature),
                put_seal(seal.body, flip(seal.signature, place, bit)),
                lambda copy: copy.keys.clear(),
            ]
        )
    )


@settings(max_examples=300)
@given(LENGTHS.filter(lambda lengths: sum(lengths) > 0), st.integers(1, 5), st.data())
def test_any_single_harm_is_noticed(lengths: list[int], every: int, data: st.DataObject) -> None:
    ledger = build(lengths, every)
    report = damaged(ledger, data.draw(harm(ledger))).verify()
    assert not report.ok
    assert report.found >= len(report.problems) > 0


def only(ledger: Ledger, change: Callable[[Ledger], None]) -> list[tuple[Flaw, int, int]]:
    return [(p.kind, p.seq, p.seal) for p in damaged(ledger, change).verify().problems]


class TestTheReportSaysWhere:
    ledger = build([6, 6], every=3)

    def test_a_changed_body(self) -> None:
        row = self.ledger.records[4]
        changed = row._replace(body=row.body.replace(b"qwen-plus", b"qwen-mini"))
        assert only(self.ledger, lambda copy: copy.records.__setitem__(4, changed)) == [(Flaw.CHANGED, 4, -1)]

    def test_a_changed_hash_is_one_problem_and_its_seal(self) -> None:
        changed = self.ledger.records[4]._replace(hash=bytes(32))
        assert only(self.ledger, lambda copy: copy.records.__setitem__(4, changed)) == [
            (Flaw.CHANGED, 4, -1),
            (Flaw.SEAL_ROOT, 3, 1),
        ]

    def test_a_missing_record(self) -> None:
        problems = only(self.ledger, lambda copy: copy.records.pop(4))
        assert problems == [(Flaw.MISSING, 4, -1), (Flaw.SEAL_ROOT, 3, 1)]

    def test_a_duplicated_record(self) -> None:
        row = self.ledger.records[4]
        assert only(self.ledger, lambda copy: copy.records.insert(4, row)) == [(Flaw.DUPLICATED, 4, -1)]

    def test_a_missing_seal_in_the_middle(self) -> None:
        assert only(self.ledger, lambda copy: copy.seals.pop(1)) == [(Flaw.SEAL_MISSING, 6, 2)]

    def test_a_removed_chain_contradicts_the_next_genesis(self) -> None:
        def remove(copy: Ledger) -> None:
            copy.chains.pop(0)
            copy.records = [row for row in copy.records if row.chain != self.ledger.chains[0].chain]

        assert [kind for kind, _, _ in only(self.ledger, remove)] == [Flaw.CHAIN_MISSING]

    def test_a_chain_row_without_records(self) -> None:
        def empty(copy: Ledger) -> None:
            copy.records = copy.records[:7]

        assert [kind for kind, _, _ in only(self.ledger, empty)] == [Flaw.CHAIN_EMPTY]

    def test_an_unlisted_chain(self) -> None:
        assert [kind for kind, _, _ in only(self.ledger, lambda copy: copy.chains.pop(1))] == [Flaw.CHAIN_UNKNOWN]

    def test_a_chain_in_two_pieces(self) -> None:
        def split(copy: Ledger) -> None:
            copy.records.append(copy.records.pop(6))

        kinds = [kind for kind, _, _ in only(self.ledger, split)]
        assert Flaw.CHAIN_SPLIT in kinds

    def test_messages_name_the_place_in_both_languages(self) -> None:
        problem = damaged(self.ledger, lambda copy: copy.records.pop(4)).verify().problems[0]
        assert problem.message("zh") == "缺少记录 4 至 4"
        assert problem.message("en") == "records 4 to 4 are missing"


class TestCutTails:
    def test_of_a_closed_chain_are_seen_even_with_its_seals_gone(self) -> None:
        ledger = build([8, 2], every=3)

        def cut(copy: Ledger) -> None:
            copy.records = copy.records[:6] + copy.records[9:]
            copy.seals = [seal for seal in copy.seals if (seal.chain, seal.number) != (ledger.chains[0].chain, 2)]

        assert [kind for kind, _, _ in only(ledger, cut)] == [Flaw.CHAIN_CUT]

    def test_under_a_seal_are_seen(self) -> None:
        ledger = build([8], every=3)
        assert only(ledger, lambda copy: copy.records.pop()) == [(Flaw.SEAL_BEYOND, 8, 2)]

    def test_after_the_last_seal_of_the_last_chain_are_not_seen_without_an_anchor(self) -> None:
        """The one thing the evidence itself cannot show; documented in the room's README."""
        ledger = build([7], every=3, seal_tail=False)
        anchors = ledger.heads()
        assert ledger.verify().unsealed == 2
        cut = damaged(ledger, lambda copy: copy.records.pop())
        assert cut.verify().ok
        report = cut.verify(anchors=anchors)
        assert [problem.kind for problem in report.problems] == [Flaw.CHAIN_CUT]


def test_a_replaced_chain_contradicts_the_genesis_that_names_it() -> None:
    ledger, forged = build([4, 2]), build([4])
    rows = [forged.records[0]]
    chain = Chain(ledger.heads()[0])
    chain._seq, chain._hash = 0, rows[0].hash
    for number in range(901, 905):
        link = chain.append(encode(exchange(number)))
        rows.append(RecordRow(link.chain, link.seq, f"{number:032x}", link.hash, link.body))

    def replace(copy: Ledger) -> None:
        """By somebody who also holds the signing key."""
        first = make_seal(KEY, rows[0].chain, 0, 4, root([row.hash for row in rows]), None, AT)
        body = copy.chains[0].genesis
        head = rows[0]._replace(body=body, hash=sha256(bytes(32) + body).digest(), id=ledger.records[0].id)
        copy.records[:5] = [head, *rows[1:]]
        copy.seals = [first, *(seal for seal in copy.seals if seal.chain != rows[0].chain)]

    assert Flaw.CHAIN_REPLACED in [kind for kind, _, _ in only(ledger, replace)]


def test_a_foreign_signature_is_seen() -> None:
    ledger = build([5], every=3)
    stranger, _ = SealKey.generate()

    def forge(copy: Ledger) -> None:
        old = copy.seals[1].read()
        body = copy.seals[1].body
        copy.seals[1] = copy.seals[1]._replace(signature=stranger.sign(body))
        assert old.key == KEY.id

    assert only(ledger, forge) == [(Flaw.SEAL_SIGNATURE, 3, 1)]


def test_the_list_is_capped_and_the_count_is_true() -> None:
    ledger = build([40], every=50)
    ruined = damaged(
        ledger, lambda copy: copy.records.__setitem__(slice(1, 41), [r._replace(id="0") for r in copy.records[1:]])
    )
    report = ruined.verify(limit=5)
    assert (report.found, len(report.problems)) == (40, 5)


@pytest.mark.parametrize("first", [3, 6])
def test_an_excerpt_verifies_alone(first: int) -> None:
    ledger = build([8, 4], every=3)
    chain = ledger.chains[0]
    part = [row for row in ledger.records if row.chain == chain.chain and row.seq >= first]
    excerpt = ChainRow(chain.chain, chain.genesis, first, ledger.records[first - 1].hash)
    seals = [seal for seal in ledger.seals if seal.chain == chain.chain and seal.read().first >= first]
    report = verify([excerpt], part, lambda _: seals, ledger.keys, partial=True)
    assert report.ok, report.problems
    assert report.unsealed == 0
    report = verify([excerpt], part[1:], lambda _: seals, ledger.keys, partial=True)
    assert not report.ok
