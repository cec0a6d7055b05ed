"""The journal of records: what a writer that died left, whole, torn or damaged, is in the database before anybody reads."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from guiju.store.journal import recovery
from guiju.store.journal.file import Journal
from guiju.store.journal.frames import PAGE, Header, frame, rows
from guiju.store.rows import Row

GENESIS = sha256(b"genesis").digest()
NUMBER = 3
ABOUT = Header("c" * 32, NUMBER, ("id", "hash", "body"), ("record_id", "prompt"), ("record_id", "risk"))
_TABLES = """
CREATE TABLE store_chain (id INTEGER PRIMARY KEY, name, genesis_hash);
CREATE TABLE store_record (id INTEGER PRIMARY KEY, hash, body);
CREATE TABLE store_recordtext (record_id INTEGER PRIMARY KEY, prompt);
CREATE TABLE store_recordrisk (id INTEGER PRIMARY KEY, record_id, risk);
"""


def chained(count: int, grows: int = 300) -> list[Row]:
    """The first ``count`` rows of a chain; every other one has a text, every third a risk."""
    made: list[Row] = []
    previous = GENESIS
    for seq in range(1, count + 1):
        number, body = (NUMBER << 40) | seq, b'{"n":%d,"x":"%s"}' % (seq, b"\xe8\xa7\x84" * (seq * grows))
        previous = sha256(previous + body).digest()
        text = (number, os.urandom(40)) if seq % 2 else None
        made.append(Row(number, previous, (number, previous, body), text, ((number, "A.1.a"),) if seq % 3 == 0 else ()))
    return made


class Place:
    """A database that knows the chain, and a writer with a journal of it."""

    def __init__(self, folder: Path) -> None:
        self.file = str(folder / "test.db")
        with closing(self.open()) as database:
            database.executescript(_TABLES)
            database.execute("INSERT INTO store_chain VALUES (?, ?, ?)", (NUMBER, ABOUT.chain, GENESIS))
        self.journal = Journal(folder / "test.db-evidence", ABOUT, half=16 * PAGE)

    def open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, isolation_level=None)

    def write(self, *groups: list[Row]) -> list[int]:
        """Write each group in a frame; where they begin."""
        places = []
        for group in groups:
            data = frame(group)
            place = self.journal.reserve(len(data), group[-1].id)
            assert place is not None
            self.journal.write(data, place)
            places.append(place)
        return places

    def die(self) -> None:
        """As the kernel ends a process: nothing is said, its locks are gone."""
        os.close(self.journal._file)

    def recover(self) -> list[int]:
        """Open it as the next process does; the sequence numbers that are in the database then."""
        with closing(self.open()) as database:
            recovery.recover(database, self.file)
            assert database.execute("SELECT COUNT(*) FROM store_recordrisk").fetchone() == (
                database.execute("SELECT COUNT(*) FROM store_record WHERE (id & 0xffffffff) % 3 = 0").fetchone()[0],
            )
            return [row[0] & 0xFFFFFFFF for row in database.execute("SELECT id FROM store_record ORDER BY id")]

    def overwrite(self, place: int, data: bytes) -> None:
        with self.journal.path.open("r+b") as file:
            file.seek(place)
            file.write(data)

    @property
    def left(self) -> list[str]:
        """What journals there still are, by the ends of their names."""
        return sorted(path.suffix for path in self.journal.path.parent.iterdir())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made


def test_what_a_dead_writer_left_is_brought_in_once(place: Place) -> None:
    made = chained(7)
    place.write(made[:2], made[2:3], made[3:])
    with closing(place.open()) as database:
        database.execute("INSERT INTO store_record VALUES (?, ?, ?)", made[0].record)  # it had stored one already
        assert recovery.unstored(database, place.file) == 6
    place.die()
    before = place.journal.path.read_bytes()
    assert place.recover() == [1, 2, 3, 4, 5, 6, 7] and place.left == []
    place.journal.path.write_bytes(before)  # the power went before the file was gone
    assert place.recover() == [1, 2, 3, 4, 5, 6, 7] and place.left == []
    with closing(place.open()) as database:
        stored = database.execute("SELECT record_id, prompt FROM store_recordtext ORDER BY 1").fetchall()
    assert stored == [row.text for row in made[2:] if row.text]


def test_a_write_is_on_the_disk_when_it_returns(place: Place) -> None:
    assert fcntl.fcntl(place.journal._file, fcntl.F_GETFL) & os.O_DSYNC == os.O_DSYNC


def test_a_living_writer_is_left_alone(place: Place) -> None:
    place.write(chained(2))
    assert place.recover() == [] and place.left == [".journal"]
    place.die()
    assert place.recover() == [1, 2]


@pytest.mark.parametrize("kept", [0, 1, 17, 4095, 4096, 5000])
def test_a_torn_end_was_never_acknowledged(place: Place, kept: int, caplog: pytest.LogCaptureFixture) -> None:
    """The write under way when the power goes may leave any part of itself."""
    made = chained(6)
    *_, last = place.write(made[:2], made[2:4], made[4:])
    data = frame(made[4:])
    assert len(data) > 5000
    place.overwrite(last, data[:kept] + bytes(len(data) - kept))
    place.die()
    assert place.recover() == [1, 2, 3, 4] and place.left == []
    assert "GJ-" not in caplog.text


def test_a_cut_off_file_gives_what_it_has(place: Place) -> None:
    made = chained(4)
    *_, last = place.write(made[:2], made[2:])
    place.die()
    os.truncate(place.journal.path, last + 100)
    assert place.recover() == [1, 2] and place.left == []


def test_damage_in_the_middle_hides_nothing_after_it(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    made = chained(6)
    _, middle, _ = place.write(made[:2], made[2:4], made[4:])
    place.overwrite(middle + 700, b"\0")
    place.die()
    assert place.recover() == [1, 2, 5, 6] and place.left == [".damaged"]
    assert "GJ-2180" in caplog.text


def test_a_damaged_header_is_kept_for_people(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.write(chained(2))
    place.overwrite(20, b"\0\0\0\0")
    place.die()
    assert place.recover() == [] and place.left == [".damaged"]
    assert "GJ-2180" in caplog.text


def test_what_an_abandoned_write_left_does_not_follow(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """A write failed, the writer went the long way with other bytes, and died."""
    made = chained(3)
    place.write(made)
    place.die()
    with closing(place.open()) as database:
        other = sha256(GENESIS + b"{}").digest()
        database.execute("INSERT INTO store_record VALUES (?, ?, ?)", (made[0].id, other, b"{}"))
    assert place.recover() == [1] and place.left == [".damaged"]
    assert "GJ-2180" in caplog.text


def test_a_database_that_does_not_know_the_chain(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.write(chained(2))
    place.die()
    with closing(place.open()) as database:
        database.execute("DELETE FROM store_chain")
    assert place.recover() == [] and place.left == [".foreign"]
    assert "GJ-2181" in caplog.text


def test_a_database_that_refuses_keeps_the_journal(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.write(chained(2))
    place.die()
    with closing(place.open()) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(place.file, timeout=0, isolation_level=None)) as database:
            assert recovery.recover(database, place.file) == 0 and not database.in_transaction
        holder.rollback()
    assert "GJ-2182" in caplog.text and place.left == [".journal"]
    assert place.recover() == [1, 2]


def test_halves_are_used_again_only_when_their_rows_are_stored(place: Place) -> None:
    journal, made = place.journal, chained(4)
    size = 9 * PAGE  # one a half
    assert journal.reserve(size, made[0].id) == PAGE
    assert journal.reserve(size, made[1].id) == PAGE + 16 * PAGE
    assert journal.reserve(size, made[2].id) is None
    journal.stored = made[0].id
    assert journal.reserve(size, made[2].id) == PAGE
    assert journal.reserve(17 * PAGE, made[3].id) is None
    journal.close()
    assert place.left == [".journal"], "its rows are not all stored"


def test_earlier_rounds_are_no_news(place: Place) -> None:
    """Frames of an earlier round stand behind new ones; what is in them is stored."""
    made = chained(40, grows=0)
    place.write(*([row] for row in made[:32]))  # a page each: both halves are full
    with closing(place.open()) as database:
        recovery._insert(database, ABOUT, made[:32])
    place.journal.stored = made[31].id
    place.write(*([row] for row in made[32:]))
    place.die()
    assert len(list(rows(place.journal.path.read_bytes()))) == 32
    assert place.recover() == list(range(1, 41)) and place.left == []
