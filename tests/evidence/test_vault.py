"""Texts decrypt only whole, in their place, and under keys that were given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import DataKeyMissing, MasterKeyInvalid, TextTampered
from guiju.evidence import MasterKey, Sealed, Vault, due_for_rotation
from guiju.evidence.vault import TEXTS_PER_KEY

from .ledger import AT

MASTER = MasterKey(b"m" * 32)
KEY = MASTER.new_data_key(AT)
VAULT = Vault([MASTER], [KEY], KEY.id)


def opened(vault: Vault, sealed: Sealed, record: str = "r1", part: str = "prompt") -> str:
    return vault.open_text(sealed.key, sealed.nonce, sealed.ciphertext, record, part).text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_texts_come_back_and_match_their_commitment(text: str) -> None:
    sealed = VAULT.seal_text(text, "r1", "prompt")
    back = VAULT.open_text(sealed.key, sealed.nonce, sealed.ciphertext, "r1", "prompt")
    assert back.text == text
    assert back.commitment == sealed.commitment


def test_the_same_text_never_looks_the_same() -> None:
    first, second = (VAULT.seal_text("同一句话", "r1", "prompt") for _ in range(2))
    assert first.ciphertext != second.ciphertext
    assert first.commitment != second.commitment


@pytest.mark.parametrize(("record", "part"), [("r2", "prompt"), ("r1", "answer"), ("r", "1\x00prompt")])
def test_a_text_moved_elsewhere_does_not_open(record: str, part: str) -> None:
    sealed = VAULT.seal_text("hello", "r1", "prompt")
    with pytest.raises(TextTampered):
        opened(VAULT, sealed, record, part)


@given(st.integers(0), st.integers(0, 7))
def test_any_flipped_bit_is_noticed(place: int, bit: int) -> None:
    sealed = VAULT.seal_text("hello", "r1", "prompt")
    damaged = bytearray(sealed.ciphertext)
    damaged[place % len(damaged)] ^= 1 << bit
    with pytest.raises(TextTampered):
        opened(VAULT, sealed._replace(ciphertext=bytes(damaged)))


def test_a_truncated_text_is_noticed() -> None:
    sealed = VAULT.seal_text("hello", "r1", "prompt")
    with pytest.raises(TextTampered):
        opened(VAULT, sealed._replace(ciphertext=b"short"))


def test_a_lone_surrogate_does_not_stop_the_record() -> None:
    assert opened(VAULT, VAULT.seal_text("a\ud800b", "r1", "prompt")) == "a?b"


def test_after_rotation_old_texts_stay_readable() -> None:
    old = VAULT.seal_text("old", "r1", "prompt")
    newer = MASTER.new_data_key(AT + 1)
    rotated = Vault([MASTER], [KEY, newer], newer.id)
    fresh = rotated.seal_text("new", "r2", "prompt")
    assert fresh.key == newer.id != old.key
    assert opened(rotated, old) == "old"
    with pytest.raises(DataKeyMissing):
        opened(VAULT, fresh, "r2")


def test_a_new_master_key_rewraps_without_touching_texts() -> None:
    sealed = VAULT.seal_text("kept", "r1", "prompt")
    successor = MasterKey(b"n" * 32)
    moved = successor.rewrap(KEY, MASTER)
    assert (moved.id, moved.created, moved.master) == (KEY.id, KEY.created, successor.id)
    assert opened(Vault([successor], [moved], moved.id), sealed) == "kept"


def test_wrong_masters_are_refused() -> None:
    with pytest.raises(MasterKeyInvalid):
        MasterKey(b"short")
    with pytest.raises(MasterKeyInvalid):
        Vault([MasterKey(b"x" * 32)], [KEY], KEY.id)
    with pytest.raises(MasterKeyInvalid):
        Vault([MASTER], [KEY._replace(id="other")], "other")
    with pytest.raises(DataKeyMissing):
        Vault([MASTER], [KEY], "unknown")


def test_rotation_is_due_by_age_or_by_count() -> None:
    assert not due_for_rotation(KEY, 10, AT + 5, 10)
    assert due_for_rotation(KEY, 10, AT + 10, 10)
    assert due_for_rotation(KEY, TEXTS_PER_KEY, AT, 10)
