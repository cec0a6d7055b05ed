"""The caller's address behind proxies: believed as far as the proxies are one's own, and no further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.proxies import caller, household, networks

TRUSTED = networks(("10.0.0.0/8", "fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # no proxy of ours: what it says of others is not believed
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the first entry was written by the caller
        ("10.0.0.1", "198.51.100.1, 10.2.3.4", "198.51.100.1"),
        ("::ffff:10.0.0.1", "[2001:db8::5]:443", "2001:db8::5"),
        ("fd00::1", "198.51.100.1:5555", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),  # a caller inside the trusted network
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_nearest_address_that_is_no_proxy(peer: str, forwarded: str, found: str) -> None:
    assert caller(peer, forwarded, TRUSTED) == found


@given(st.text(max_size=60))
def test_what_a_caller_writes_changes_nothing(written: str) -> None:
    assert caller("10.0.0.1", f"{written},198.51.100.1", TRUSTED) == "198.51.100.1"
    assert caller("192.0.2.7", written, TRUSTED) == "192.0.2.7"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "nowhere", True),
    ],
)
def test_one_household_is_one_sender(one: str, other: str, same: bool) -> None:
    assert (household(one) == household(other)) is same


def test_a_network_must_be_one() -> None:
    with pytest.raises(ValueError):
        networks(("10.0.0.0/99",))
