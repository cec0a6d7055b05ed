"""The tree is RFC 6962's, and every leaf can be proven."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.evidence.merkle import Root, inclusion_proof, root, root_from_proof

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


def textbook(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962, section 2.1."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + textbook(leaves[:split]) + textbook(leaves[split:])).digest()


@given(LEAVES)
def test_the_streamed_root_is_the_textbook_root(leaves: list[bytes]) -> None:
    assert root(leaves) == textbook(leaves)


@given(LEAVES.filter(bool), st.data())
def test_every_leaf_has_a_proof_that_only_it_fits(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(leaves, index)
    assert root_from_proof(leaves[index], index, len(leaves), proof) == root(leaves)
    assert root_from_proof(bytes(32), index, len(leaves), proof) != root([*leaves[:index], b"\x01" * 32])
    assert root_from_proof(leaves[index][::-1] + b"!", index, len(leaves), proof) != root(leaves)


@pytest.mark.parametrize("change", [(), (bytes(32), bytes(32), bytes(32))])
def test_a_proof_of_the_wrong_length_proves_nothing(change: tuple[bytes, ...]) -> None:
    assert root_from_proof(bytes(32), 1, 4, change) is None


def test_memory_is_logarithmic() -> None:
    tree = Root()
    for number in range(5000):
        tree.add(number.to_bytes(32, "big"))
    assert tree.count == 5000
    assert len(tree._peaks) <= 13
