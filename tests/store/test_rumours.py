"""The register of refuted claims: entries, their audit, and that gateways decide by them at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from guiju.errors import AlreadyExists, InvalidField, InvalidTransition
from guiju.moderation import starter
from guiju.moderation.rumours import Refuted
from guiju.nouns import Action, Direction, Part
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, RefutedClaim
from guiju.store.refuted_claims import as_value, in_force
from guiju.store.services import rumours
from guiju.store.services.rumours import Imported
from guiju.store.snapshot import Snapshot
from guiju.store.snapshot_loader import SnapshotLoader

pytestmark = pytest.mark.django_db
CLAIM, HOLDS, SOURCE = "自来水厂每晚往水里投放镇静剂", "自来水出厂前按国家标准检测，不含镇静剂。", "某市水务局通报"
REPEATED = Part("p", "转发：听说自来水厂每天晚上都往水里放镇静剂，大家别喝了")
TODAY = date(2026, 11, 22)


def repeated(snapshot: Snapshot) -> list[tuple[str, Action]]:
    """The entries found in a text, whatever else is, and what the policy makes of each."""
    checker = snapshot.checker
    found = checker.check([REPEATED], Direction.ANSWER).findings
    return [(f.rule, checker.policy.action_of(f, Direction.ANSWER)) for f in found if f.detector == "rumours"]


def test_gateways_decide_by_an_entry_as_long_as_it_counts(reviewer: Actor) -> None:
    loader = SnapshotLoader(1000)
    before = loader.load()
    assert repeated(before) == []
    row = rumours.add(reviewer, f" {CLAIM} ", HOLDS, SOURCE, refuted=TODAY)
    after = loader.load()
    assert after.number > before.number
    assert after.checker.lexicon is before.checker.lexicon, "the word lists are not compiled again for a claim"
    assert repeated(after) == [(f"refuted:{row.pk}", Action.REVIEW)]
    rumours.expire(reviewer, row, "已过时", timezone.now().date())
    assert repeated(loader.load()) == []
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["rumour.add", "rumour.expire"]


def test_the_same_claim_stands_there_once(compliance: Actor) -> None:
    rumours.add(compliance, "ＷＨＯ说喝热水可以防癌", HOLDS, SOURCE)
    with pytest.raises(AlreadyExists):
        rumours.add(compliance, "who說喝熱水可以防癌", HOLDS, SOURCE)
    other = rumours.add(compliance, CLAIM, HOLDS, SOURCE)
    with pytest.raises(AlreadyExists):
        rumours.edit(compliance, other, claim="WHO说喝热水可以防癌")
    with pytest.raises(InvalidField):
        rumours.add(compliance, "说法", " ", SOURCE)


def test_changes_are_told(compliance: Actor) -> None:
    row = rumours.add(compliance, CLAIM, HOLDS, SOURCE)
    number = snapshot_version.current()
    rumours.edit(compliance, row, refutation=HOLDS, expires=None)
    assert snapshot_version.current() == number, "nothing changed"
    rumours.edit(compliance, row, expires=TODAY)
    assert snapshot_version.current() == number + 1
    assert AuditEntry.objects.get(action="rumour.edit").detail == {"expires": [None, "2026-11-22"]}
    assert in_force(TODAY) == (row,) and in_force(TODAY + timedelta(days=1)) == ()
    with pytest.raises(InvalidTransition):
        rumours.expire(compliance, row, "过时", TODAY + timedelta(days=1))


def test_an_import_adds_and_changes(compliance: Actor) -> None:
    rumours.add(compliance, CLAIM, HOLDS, SOURCE)
    rumours.add(compliance, "另一条说法", HOLDS, SOURCE)
    same = as_value(RefutedClaim.objects.get(claim="另一条说法"))
    given = [Refuted(CLAIM, "更正后的说明", SOURCE, refuted="2026-11-20"), same, Refuted("新的说法", HOLDS, SOURCE)]
    assert rumours.import_(compliance, given) == Imported(added=1, changed=1, same=1)
    assert RefutedClaim.objects.get(claim=CLAIM).refuted == date(2026, 11, 20)
    assert rumours.import_(compliance, given) == Imported(same=3)


def test_what_ships_follows_until_somebody_changes_it(compliance: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    rumours.import_shipped()
    first = starter.refuted()
    assert RefutedClaim.objects.filter(shipped=True).count() == len(first)
    ours = RefutedClaim.objects.get(claim=first[0].claim)
    rumours.edit(compliance, ours, refutation="本单位的说明")
    newer = [Refuted(entry.claim, "新版说明", entry.source) for entry in first[:2]]
    monkeypatch.setattr(starter, "refuted", lambda: tuple(newer))
    rumours.import_shipped()
    told = {row.claim: row.refutation for row in RefutedClaim.objects.all()}
    assert told[first[0].claim] == "本单位的说明" and told[first[1].claim] == "新版说明"
