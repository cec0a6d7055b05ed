"""Codes seen in the wild pass; whatever is one step off does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import ProviderCodeInvalid
from guiju.labeling import provider_code as pc

SEEN = [
    "001191110102MACQD9K64010000",
    "001191110102MACQD9K64018705",
    "001191110102MACQD9K64028705",
    "00119144030008867405X210001",
    "00119144030008867405X220001",
    "001191110108335469089C10100",
    "001191440300708461136T1XGW3",
    "001191440300708461136T1308L",
    "001191310104MACE0YX63918020",
    "001191440300MA5G49LC9K1YO01",
    "001191110102MAD55U9H0F10002",
]


@pytest.mark.parametrize("code", SEEN)
def test_codes_seen_in_the_wild_are_valid(code: str) -> None:
    parts = pc.parse(code)
    assert str(parts) == code
    assert parts.service == code[22]
    assert pc.build(parts.uscc, parts.service, parts.application) == code  # type: ignore[arg-type]


@given(st.sampled_from(SEEN), st.integers(4, 21), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_changed_character_of_the_uscc_is_noticed(code: str, place: int, other: str) -> None:
    if code[place] != other:
        with pytest.raises(ProviderCodeInvalid):
            pc.parse(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    "code",
    [
        "",
        SEEN[0][:-1],
        SEEN[0] + "0",
        SEEN[0].lower(),
        "01" + SEEN[0][2:],
        SEEN[0][:22] + "3" + SEEN[0][23:],
        "0021" + SEEN[0][4:],
        "0012" + SEEN[0][4:],
        SEEN[0][:23] + "中文码号",
        "0011" + "0" * 18 + "10000",
        "0011" + "9" * 18 + "10000",
        "豆包" + SEEN[0][2:],
    ],
)
def test_malformed_codes_are_refused(code: str) -> None:
    with pytest.raises(ProviderCodeInvalid):
        pc.parse(code)


def test_the_check_character_is_the_standard_one() -> None:
    assert pc.check_character("91110000802100433") == "B"
    assert pc.is_uscc("91440101MA9Y9T4H7A")
    assert not pc.is_uscc("91440101MA9Y9T4H7B")
    assert not pc.is_uscc("000000000000000000")


def test_explanations_name_the_parts() -> None:
    parts = pc.parse(SEEN[2])
    assert "传播服务" in parts.explain("zh") and "propagation" in parts.explain("en")
    assert parts.uscc in parts.explain()
    assert "generation" in pc.parse(SEEN[0]).explain("en")
