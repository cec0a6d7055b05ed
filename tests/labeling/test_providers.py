"""The table of codes seen in public: every entry holds together, and is found."""

from __future__ import annotations

import re

import pytest

from guiju.labeling import provider_code, providers
from guiju.labeling.providers import Sighting


@pytest.mark.parametrize("entry", providers.every(), ids=lambda one: one.code or one.uscc)
def test_every_entry_is_a_valid_code_with_a_date_and_a_source(entry: Sighting) -> None:
    assert bool(entry.code) != bool(entry.uscc) and entry.brand and entry.source
    assert re.fullmatch(r"20\d\d-\d\d", entry.noted)
    if entry.code:
        assert provider_code.parse(entry.code)
    else:
        assert provider_code.is_uscc(entry.uscc)
    assert entry in providers.known(entry.code or entry.uscc)


def test_no_code_stands_there_twice() -> None:
    keys = [one.code or one.uscc for one in providers.every()]
    assert len(keys) == len(set(keys))


def test_another_code_of_a_known_entity_names_the_entity() -> None:
    code = provider_code.build("91110102MACQD9K640", application="ZZZZ")
    assert {one.brand for one in providers.known(code)} >= {"豆包 (Doubao)"}
    assert [one.brand for one in providers.known("001191110102MACQD9K64010000")] == ["豆包 (Doubao)"]
    assert [one.brand for one in providers.known(provider_code.build("91110108MACC4D63XF"))] == ["Vidu"]
    assert providers.known("kling") == ()
