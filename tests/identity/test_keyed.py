"""HMAC-SHA256, held to the standard library's."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from guiju.identity.keyed import KeyedHash


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_is_hmac(key: bytes, messages: list[bytes]) -> None:
    keyed = KeyedHash(key)
    for message in messages:  # one after the other: none leaves a trace in the next
        assert keyed.hexdigest(message) == hmac.new(key, message, "sha256").hexdigest()
