"""Chains link as documented, and a genesis names what no other has named."""

from __future__ import annotations

from hashlib import sha256

from guiju.evidence import ZERO, Chain, ChainHead, Genesis, decode, encode, frontier

from .ledger import AT, exchange


def test_each_hash_is_over_the_one_before_and_the_body() -> None:
    chain, genesis = Chain.open("c1", (), AT, "host")
    first = chain.append(encode(exchange(1)))
    second = chain.append(encode(exchange(2)))
    assert genesis.hash == sha256(ZERO + genesis.body).digest()
    assert first.prev == genesis.hash and first.seq == 1
    assert second.hash == sha256(first.hash + second.body).digest()
    assert chain.head == ChainHead(chain="c1", hash=second.hash.hex(), seq=2)


def test_a_chain_continues_from_its_head() -> None:
    chain, _ = Chain.open("c1", (), AT)
    chain.append(encode(exchange(1)))
    resumed = Chain(chain.head)
    assert resumed.append(encode(exchange(2))) == chain.append(encode(exchange(2)))


def test_genesis_names_the_heads_it_was_given_in_order() -> None:
    heads = [ChainHead(chain=name, hash="00" * 32, seq=4) for name in ("b", "a")]
    _, link = Chain.open("c", heads, AT)
    genesis = decode(link.body)
    assert isinstance(genesis, Genesis)
    assert [head.chain for head in genesis.heads] == ["a", "b"]


def test_the_frontier_leaves_out_what_a_genesis_already_covers() -> None:
    heads = [ChainHead(chain=name, hash="00" * 32, seq=seq) for name, seq in (("a", 5), ("b", 9), ("c", 0))]
    assert [head.chain for head in frontier(heads, {"a": 5, "b": 7})] == ["b", "c"]
