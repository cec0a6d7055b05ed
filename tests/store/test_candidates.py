"""Models from decided cases: made, compared, promoted, taken back; and who is not learnt from."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from guiju.errors import CandidateDamaged, ComparisonStale, InvalidTransition, ReasonMissing, TooFewDecided
from guiju.moderation.models import shelf
from guiju.nouns import Direction
from guiju.store import model_shelf, training_set
from guiju.store.actor import Actor
from guiju.store.models import Account, AuditEntry, Case, Integration, ModelCandidate
from guiju.store.services import candidates
from guiju.store.snapshot_loader import SnapshotLoader

from .evidence_rows import START, TestChain, verdict

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOW = START + timedelta(days=1)
SUBJECTS = ("月季", "草莓", "番茄", "黄瓜", "辣椒")
PLACES = ("阳台", "菜园", "果园", "温室", "花盆", "楼顶")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"home": tmp_path}))
    return tmp_path


@pytest.fixture
def chain(integration: Integration, home: Path) -> TestChain:
    for name in ("adult", "kid"):
        Account.objects.create(pseudonym=name, integration=integration, first_seen=START, last_seen=START)
    return TestChain()


def decided(chain: TestChain, integration: Integration, text: str, found: str, **fields: object) -> Case:
    """A decided case about ``text``."""
    record = chain.write(text, "", integration=integration.pk, prompt=verdict("review", "A.1.h/gambling"))
    return Case.objects.create(
        record=record, opened_at=START, due_at=NOW, risk="A.1.h/gambling", status="decided", verdict=found,
        decided_at=START + timedelta(hours=2), **fields,
    )  # fmt: skip


def many(chain: TestChain, integration: Integration) -> None:
    for place in PLACES:
        for subject in SUBJECTS:
            decided(chain, integration, f"{place}里的{subject}怎么施肥长得快", "fine")
            decided(chain, integration, f"拉人到{place}群里押{subject}，赢了返水三成", "violation")


def test_a_model_is_made_compared_promoted_and_taken_back(
    chain: TestChain, integration: Integration, compliance: Actor, home: Path
) -> None:
    with pytest.raises(TooFewDecided):
        candidates.retrain(compliance, NOW)
    many(chain, integration)
    row = candidates.retrain(compliance, NOW)
    folder = home / "models" / row.name
    assert sorted(path.name for path in folder.iterdir()) == ["answer.npz", "manifest.json", "prompt.npz"]
    assert AuditEntry.objects.filter(action="model.retrain").exists()
    alone = {one["set"]: one for one in row.report["models_alone"]}  # type: ignore[attr-defined]
    cases, told = alone["cases"], row.report["held_out_cases"]
    assert told and cases["live"]["recall"]["of"] + cases["live"]["false_alarms"]["of"] == told
    assert cases["better"] - cases["worse"] >= 0
    assert alone["lines"]["candidate"]["recall"]["of"] > 100
    asked = "拉人到球场群里押黄瓜，赢了返水三成"
    before = shelf.network(Direction.PROMPT).probabilities(asked)[0]
    assert shelf.network(Direction.PROMPT, folder).probabilities(asked)[0] != before

    with pytest.raises(ReasonMissing):
        candidates.promote(compliance, row, " ", NOW)
    loader = SnapshotLoader(250)
    shipped = loader.load().number
    candidates.promote(compliance, row, "更准", NOW)
    live = loader.load()
    assert live.number > shipped and model_shelf.live() == row
    with transaction.atomic():  # a candidate that was compared with the shipped model is out of date now
        other = ModelCandidate.objects.create(
            name="b", base=row.base, sha256=row.sha256, examples=1, made_at=NOW, compared_at=NOW
        )
        (home / "models" / "b").symlink_to(folder)
        with pytest.raises(ComparisonStale):
            candidates.promote(compliance, other, "试", NOW)
        transaction.set_rollback(True)
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(CandidateDamaged):
        SnapshotLoader(250).load()
    assert candidates.rollback(compliance, "误报", NOW) is None
    assert model_shelf.live() is None
    with pytest.raises(InvalidTransition):
        candidates.rollback(compliance, "再退", NOW)


def test_who_is_not_learnt_from(
    chain: TestChain, integration: Integration, system: Actor, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(chain, integration, "线上赌场开户", "violation")
    decided(chain, integration, "加好友押注，电话13912345678", "fine", kind="first")
    decided(chain, integration, "小朋友押注", "violation", minors=True)
    decided(chain, integration, "两边都判过", "violation")
    decided(chain, integration, "两边都判过", "fine")
    out = home / "cases.jsonl"
    done = candidates.export_training_set(system, out)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows][:1] == ["线上赌场开户"]
    assert done.texts == 2 and "13912345678" not in rows[1]["text"]
    assert done.left_out == {"minors": 1, "decided both ways": 1}
    assert out.stat().st_mode & 0o077 == 0
    assert AuditEntry.objects.get(action="case.export_training").detail["texts"] == 2
    Integration.objects.update(purpose="companion")
    loaded = SnapshotLoader(250).load()
    assert training_set.gather(loaded).texts == ()
