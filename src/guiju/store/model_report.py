"""A candidate beside the live model: over decided cases held out of learning, and over lines no model learns from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from guiju.desk import share
from guiju.errors import CandidateDamaged, ModelDamaged
from guiju.moderation.checker import Checker
from guiju.moderation.detectors import Materials, build
from guiju.moderation.models import rehearsal
from guiju.moderation.models.comparing import Comparison, Tally, Trial, compare
from guiju.moderation.scan import Detector
from guiju.store import model_shelf
from guiju.store.models import ModelCandidate
from guiju.store.training_set import Gathered

CASES, LINES = "cases", "lines"
_JUDGE = "model"


def against_live(row: ModelCandidate, gathered: Gathered, live: Checker, budget: float) -> dict[str, Any]:
    """Decide every held-out text under both, by all checks and by the models alone.

    Returns:
        plain JSON: per set and way of deciding both tallies with 95 % intervals, how many decisions got better and worse, and
        which texts are decided otherwise (cases by number; lines by theirs).

    Raises:
        CandidateDamaged.
    """
    trials = list(_trials(gathered))
    theirs = _model(live, row)
    others = tuple(theirs if detector.name == _JUDGE else detector for detector in live.detectors)
    mine = tuple(detector for detector in live.detectors if detector.name == _JUDGE)
    whole = Checker(live.lexicon, live.policy, others, budget)
    alone = Checker(live.lexicon, live.policy, (theirs,), budget)
    return {
        "held_out_cases": sum(trial.kind == CASES for trial in trials),
        "left_out": gathered.left_out,
        "policy": live.policy.version,
        "all_checks": [_told(one) for one in compare(live, whole, trials)],
        "models_alone": [
            _told(one) for one in compare(Checker(live.lexicon, live.policy, mine, budget), alone, trials)
        ],
    }


def _model(live: Checker, row: ModelCandidate) -> Detector:
    try:
        return build(Materials(live.lexicon, models=model_shelf.folder_of(row)), (_JUDGE,))[0]
    except ModelDamaged:
        raise CandidateDamaged(name=row.name) from None


def _trials(gathered: Gathered) -> Iterator[Trial]:
    for one in gathered.texts:
        if one.held_out:
            yield Trial(str(one.case), CASES, one.text, one.direction, one.harmful)
    for number, line in enumerate(rehearsal.lines(), 1):
        if line.held_out:
            yield Trial(str(number), LINES, line.text, line.direction, line.harmful)


def _told(found: Comparison) -> dict[str, Any]:
    changed = [
        {"key": one.key, "harmful": one.harmful, "live": one.live.value, "candidate": one.candidate.value}
        for one in found.changed
    ]
    sides = {"live": _side(found.live), "candidate": _side(found.candidate)}
    return {"set": found.kind, **sides, "better": found.better, "worse": found.worse, "changed": changed}


def _side(tally: Tally) -> dict[str, Any]:
    recall, alarms = share(tally.caught, tally.harmful), share(tally.alarms, tally.harmless)
    return {"recall": msgspec.to_builtins(recall), "false_alarms": msgspec.to_builtins(alarms)}
