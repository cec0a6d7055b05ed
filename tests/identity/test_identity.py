"""Keys are checked by keyed hash; pseudonyms neither collide across integrations nor reveal names."""

from __future__ import annotations

import pytest

from guiju.identity import KeyHasher, Pseudonymiser
from guiju.identity.keys import key_prefix

PEPPER = b"p" * 32


def test_a_fresh_key_matches_only_itself() -> None:
    hasher = KeyHasher(PEPPER)
    first, second = hasher.new_key(), hasher.new_key()
    assert hasher.matches(first.key, first.hash)
    assert not hasher.matches(second.key, first.hash)
    assert not KeyHasher(b"q" * 32).matches(first.key, first.hash)
    assert first.key not in first.hash and first.hash not in first.key


def test_the_id_is_found_in_the_key() -> None:
    issued = KeyHasher(PEPPER).new_key()
    assert key_prefix(issued.key) == issued.id


@pytest.mark.parametrize("key", ["", "gj-", "sk-abc", "gj-short-ff", "gj-0123456789ab-" + "g" * 48, "键\ud800"])
def test_other_strings_are_no_keys(key: str) -> None:
    assert key_prefix(key) is None
    assert not KeyHasher(PEPPER).matches(key, "0" * 64)


def test_pseudonyms_are_stable_and_separate() -> None:
    names = Pseudonymiser(b"k" * 32)
    assert names.pseudonym("shop", "1001") == names.pseudonym("shop", "1001")
    assert names.pseudonym("shop", "1001") != names.pseudonym("blog", "1001")
    assert names.pseudonym("shop", "1001") != Pseudonymiser(b"j" * 32).pseudonym("shop", "1001")
    assert names.pseudonym("a", "b1") != names.pseudonym("ab", "1")
    assert names.pseudonym("shop", "") == ""
    assert len(names.pseudonym("shop", "用户\ud800")) == 32


def test_short_secrets_are_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        KeyHasher(b"short")
    with pytest.raises(ValueError, match="16 bytes"):
        Pseudonymiser(b"short")
