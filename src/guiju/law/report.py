"""The statuses as plain data for ``guiju law status --json`` and the console: a shape that stays stable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from guiju.law.book import Book
from guiju.law.result import Figure
from guiju.law.schema import Clause, Threshold
from guiju.law.status import CampaignStatus, CheckRun, DutyStatus, ObligationStatus, State, by_campaign, by_duty

Json = dict[str, Any]


def to_json(book: Book, statuses: Iterable[ObligationStatus]) -> Json:
    """``{"duties": […], "obligations": […], "campaigns": […]}``: strings, numbers, booleans and nulls only."""
    every = list(statuses)
    return {
        "duties": [duty_json(d) for d in by_duty(book, every)],
        "obligations": [obligation_json(book, s) for s in every],
        "campaigns": [campaign_json(c) for c in by_campaign(book, every)],
    }


def duty_json(one: DutyStatus) -> Json:
    """A duty with the number of its obligations in each state."""
    duty = one.duty
    counts = {state.value: one.count(state) for state in State}
    return {"duty": duty.number, "title_zh": duty.title_zh, "title_en": duty.title_en, **counts}


def campaign_json(one: CampaignStatus) -> Json:
    """A campaign item, its status, and the URNs of the obligations that answer it."""
    item = one.item
    return {
        "urn": item.urn,
        "title_zh": item.title_zh,
        "title_en": item.title_en,
        "status": one.status.value,
        "obligations": [f"urn:guiju:obligation:{o}" for o in item.obligations],
    }


def obligation_json(book: Book, one: ObligationStatus) -> Json:
    """One obligation: where it comes from, whether it applies and why, its status, figures, records and proof."""
    obligation, binding, held = one.obligation, one.applicability, one.document
    return {
        "urn": obligation.urn,
        "id": obligation.id,
        "duty": obligation.duty,
        "title_zh": obligation.title_zh,
        "title_en": obligation.title_en,
        "status": one.status.value,
        "reason_zh": one.reason_zh,
        "reason_en": one.reason_en,
        "verified": one.verified,
        "confidence": list(obligation.confidence),
        "clauses": [_clause(book, c) for c in obligation.clauses],
        "thresholds": [_threshold(t) for t in obligation.thresholds],
        "proof": obligation.proof.value,
        "figures": [figure_json(book, f) for f in one.figures],
        "records": list(one.records),
        "checks": [_run(run) for run in one.runs],
        "document": held
        and {
            "id": held.document.id,
            "revision": held.document.revision,
            "title": held.document.title,
            "sha256": held.document.sha256,
            "until": held.until and held.until.isoformat(),
        },
        "due": one.validity and one.validity.until.isoformat(),
        "applicability": {
            "applies": binding.applies,
            "expression": binding.expression,
            "reason_zh": binding.reason_zh,
            "reason_en": binding.reason_en,
            "missing": list(binding.missing),
            "terms": [{"expression": t.expression, "value": t.value, "zh": t.zh, "en": t.en} for t in binding.terms],
        },
    }


def figure_json(book: Book, figure: Figure) -> Json:
    """A figure with its names, its threshold, and whether it is met (``null`` where it only informs)."""
    named = book.figure_name(figure.name)
    return {
        "name": figure.name,
        "zh": named.zh,
        "en": named.en,
        "value": figure.value,
        "unit": figure.unit,
        "comparison": figure.comparison and figure.comparison.value,
        "threshold": figure.threshold,
        "met": figure.met,
    }


def _run(run: CheckRun) -> Json:
    result, held = run.result, run.result.validity
    return {
        "id": run.id,
        "status": result.status.value,
        "zh": result.zh,
        "en": result.en,
        "from": run.period.start.isoformat(),
        "to": run.period.end.isoformat(),
        "due": held and held.until.isoformat(),
    }


def _clause(book: Book, clause: Clause) -> Json:
    instrument = book.instrument(clause.instrument)
    return {
        "instrument": instrument.urn,
        "title_zh": instrument.title_zh,
        "title_en": instrument.title_en,
        "article": clause.article,
        "confidence": clause.confidence,
        "verbatim": clause.verbatim,
    }


def _threshold(threshold: Threshold) -> Json:
    return {
        "name": threshold.name,
        "zh": threshold.zh,
        "en": threshold.en,
        "comparison": threshold.comparison.value,
        "value": threshold.value,
        "unit": threshold.unit,
        "set_by": threshold.set_by.value,
        "confirmed": threshold.confirmed,
        "confidence": threshold.confidence,
        "owner": threshold.owner,
        "reason": threshold.reason,
        "set_on": threshold.set_on and threshold.set_on.isoformat(),
    }
