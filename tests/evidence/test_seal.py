"""Seals are signed over canonical bytes and name their predecessor."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from guiju.errors import RecordUnreadable, SealKeyInvalid
from guiju.evidence import Seal, SealKey, make_seal, public_pem, signature_holds
from guiju.evidence.seal import key_id

from .ledger import AT, KEY


def test_a_seal_verifies_only_with_its_key_and_bytes() -> None:
    seal = make_seal(KEY, "c", 0, 9, bytes(32), None, AT)
    other, _ = SealKey.generate()
    assert signature_holds(KEY.public, seal)
    assert not signature_holds(other.public, seal)
    assert not signature_holds(KEY.public, seal._replace(body=seal.body.replace(b'"last":9', b'"last":8')))
    assert not signature_holds(b"short", seal)


def test_a_seal_continues_the_one_before() -> None:
    first = make_seal(KEY, "c", 0, 9, bytes(32), None, AT)
    second = make_seal(KEY, "c", 10, 19, bytes(32), first, AT)
    assert (second.number, second.read().previous) == (1, first.hash)


def test_seal_bodies_are_canonical() -> None:
    body = make_seal(KEY, "c", 0, 9, bytes(32), None, AT).body
    assert body == json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()


def test_a_key_comes_back_from_its_seed() -> None:
    key, seed = SealKey.generate()
    assert SealKey(seed).id == key.id == key_id(key.public)
    with pytest.raises(SealKeyInvalid):
        SealKey(seed[:31])
    with pytest.raises(SealKeyInvalid):
        public_pem(b"short")


def test_an_unreadable_seal_says_so() -> None:
    with pytest.raises(RecordUnreadable):
        Seal("c", 0, b"{}", b"").read()


def test_openssl_agrees(tmp_path: Path) -> None:
    seal = make_seal(KEY, "c", 0, 9, bytes(32), None, AT)
    (tmp_path / "key.pem").write_bytes(public_pem(KEY.public))
    (tmp_path / "body").write_bytes(seal.body)
    (tmp_path / "signature").write_bytes(seal.signature)
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in body -sigfile signature"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
