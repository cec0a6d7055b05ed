"""The words policies may use for circumstances are those the other rooms know."""

from __future__ import annotations

from guiju.accounts import Step
from guiju.domains import packs
from guiju.minors import ADULT, policy_source
from guiju.moderation.context import GOOD_STANDING, UNKNOWN_AGE, UNNAMED, shipped
from guiju.store.models import Integration


def test_the_words_are_those_of_the_other_rooms() -> None:
    words = shipped()
    assert words.purpose == set(Integration.Purpose.values)
    assert words.domain == set(packs().packs)
    assert words.band == {band.id for band in policy_source.default().bands} | {ADULT, UNKNOWN_AGE}
    stopped = {Step.SUSPEND, Step.CLOSE}  # such an account's contents are not judged at all
    assert words.standing == {step.value for step in Step if step not in stopped} | {UNNAMED, GOOD_STANDING}
