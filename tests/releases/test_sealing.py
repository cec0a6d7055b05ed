"""Kept files at rest: nothing of them can be read, and nothing about them changed unseen."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from guiju.errors import DataKeyMissing, KeptFileDamaged
from guiju.evidence import MasterKey, Vault
from guiju.releases import sealing
from guiju.releases.sealing import PIECE
from guiju.releases.shelf import Shelf

MASTER = MasterKey(bytes(32))
KEYS = [MASTER.new_data_key(at) for at in (1, 2)]


def vault(active: int = 0, known: int = 2) -> Vault:
    return Vault([MASTER], KEYS[:known], KEYS[active].id)


def sealed(plain: bytes, name: str = "n.mp4") -> bytes:
    out = io.BytesIO()
    sealing.seal(io.BytesIO(plain), out, vault(), name)
    return out.getvalue()


def unsealed(body: bytes, name: str = "n.mp4", keys: Vault | None = None) -> bytes:
    out = io.BytesIO()
    sealing.unseal(io.BytesIO(body), out, keys or vault(1), name)
    return out.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5])
def test_what_was_sealed_comes_back_under_whichever_key_is_in_use(size: int) -> None:
    plain = os.urandom(16) * (size // 16) + b"x" * (size % 16)
    body = sealed(plain)
    assert unsealed(body) == plain and sealed(plain) != body and len(body) == sealing.sealed_size(size)
    assert len(plain) < 16 or plain[:16] not in body


def test_whatever_is_changed_is_noticed() -> None:
    plain = bytes(2 * PIECE + 5)
    body = sealed(plain)
    head, whole = len(body) - len(plain) - 3 * 16, PIECE + 16
    pieces = [body[head : head + whole], body[head + whole : head + 2 * whole], body[head + 2 * whole :]]
    forged = [
        *(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :] for at in (0, 30, 60, head - 1, head, head + whole, -1 % len(body))),
        *(body[:at] for at in (0, 7, head, head + 5, head + whole, head + 2 * whole, len(body) - 1)),
        body[:head] + pieces[1] + pieces[0] + pieces[2],
        body[:head] + pieces[0] + pieces[0] + pieces[1] + pieces[2],
        body + pieces[2],
        sealed(plain)[:head] + body[head:],
    ]  # fmt: skip
    for one in forged:
        with pytest.raises(KeptFileDamaged) as told:
            unsealed(one)
        assert told.value.code == "GJ-4288"
    with pytest.raises(KeptFileDamaged):
        unsealed(body, "another.mp4")
    with pytest.raises((KeptFileDamaged, DataKeyMissing)):
        unsealed(body[:10] + b"0" + body[11:])
    with pytest.raises(DataKeyMissing):
        out = io.BytesIO()
        sealing.seal(io.BytesIO(plain), out, vault(1), "n.mp4")
        unsealed(out.getvalue(), keys=vault(0, known=1))


def test_a_shelf_holds_nothing_in_the_clear_and_gives_nothing_that_was_touched(tmp_path: Path) -> None:
    (film := tmp_path / "film.mp4").write_bytes(b"a film, in the clear" * 9)
    shelf, own = Shelf(tmp_path / "shelf", 10_000, 2, vault), tmp_path / "own"
    own.mkdir()
    assert shelf.keep("n-1", film, 0)
    kept = tmp_path / "shelf" / "n-1.mp4"
    assert b"film" not in kept.read_bytes() and kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(KeptFileDamaged):
        shelf.take("n-1", own, 0)
    assert list(own.iterdir()) == [], "nothing half decrypted is left"


def test_what_an_earlier_version_kept_is_read_and_then_encrypted(tmp_path: Path) -> None:
    shelf, own = Shelf(tmp_path / "shelf", 10_000, 2, vault), tmp_path / "own"
    own.mkdir()
    (tmp_path / "shelf").mkdir()
    (old := tmp_path / "shelf" / "n-1.mp4").write_bytes(b"a film, in the clear")
    os.utime(old, (5, 5))
    taken = shelf.take("n-1", own, 6)
    assert taken is not None and taken.read_bytes() == b"a film, in the clear"
    taken.unlink()
    assert (shelf.enclose(), shelf.enclose()) == (1, 0)
    assert b"film" not in old.read_bytes() and old.stat().st_mtime == 6, "its age stays"
    again = shelf.take("n-1", own, 7)
    assert again is not None and again.read_bytes() == b"a film, in the clear"
