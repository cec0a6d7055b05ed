"""The story of a record as events in order of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guiju.console import states, words
from guiju.evidence import Exchange, Verdict
from guiju.store.evidence import Story


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a record or because of it."""

    at: datetime
    title: str | Promise
    tone: str = "mute"
    lines: list[str] = field(default_factory=list)
    who: str = ""


def events(story: Story, *, hidden: bool = False) -> list[Happening]:
    """From the arrival of the request to the last look at its text; the exchange itself in the order of its phases.

    Args:
        hidden: whether the decision of its case, and what followed from it, is kept from whoever looks.
    """
    exchange = _exchange(story, story.body) if isinstance(story.body, Exchange) else []
    return [*exchange, *sorted(_after(story, hidden), key=lambda happening: happening.at)]


def _exchange(story: Story, body: Exchange) -> list[Happening]:
    arrived, timings = story.record.at, body.timings
    end = arrived + timedelta(microseconds=timings.total)
    name = story.integration.name if story.integration else body.integration
    found = [Happening(arrived, _("The request arrived"), "info", [f"{name} · {body.endpoint} · {body.model}"])]
    if body.prompt.action:
        found.append(_checked(arrived, _("The prompt was checked"), body.prompt, timings.check_prompt))
    if body.upstream and timings.upstream:
        line = _("took %(all)s, first token %(first)s after the arrival") % {
            "first": _span(timings.first_token),
            "all": _span(timings.upstream),
        }
        found.append(Happening(end, _("The model answered"), "info", [body.upstream, line]))
    if body.answer.action:
        found.append(_checked(end, _("The answer was checked"), body.answer, timings.check_answer))
    if body.label.implicit or body.label.position:
        where = states.state("position", body.label.position).label
        found.append(Happening(end, _("The answer was labelled"), "info", [str(where), body.label.content]))
    state = states.state("outcome", body.outcome.value)
    closing = [f"HTTP {body.status}"] + ([f"{body.error} {words.error_words(body.error)}"] if body.error else [])
    found.append(
        Happening(end, state.label, state.tone, [*closing, _("%(all)s in all") % {"all": _span(timings.total)}])
    )
    return found


def _checked(at: datetime, title: str, verdict: Verdict, micros: int) -> Happening:
    state = states.state("action", verdict.action)
    count = len(verdict.findings)
    found = ngettext("%(n)d finding", "%(n)d findings", count) % {"n": count}
    lines = [f"{state.label} · {found} · {_span(micros)}"]
    for failure in verdict.failures:
        meaning = words.error_words(failure.error)
        told = failure.error if meaning == failure.error else f"{failure.error} {meaning}"
        lines.append(_("%(detector)s did not run: %(error)s") % {"detector": failure.detector, "error": told})
    return Happening(at, title, state.tone, lines)


def _after(story: Story, hidden: bool) -> list[Happening]:
    found: list[Happening] = []
    if story.seal is not None:
        found.append(Happening(story.seal.at, _("Sealed with a signature"), "good", [story.seal.key_id]))
    if story.violation is not None:
        line = ngettext("violation %(n)d in a row", "violation %(n)d in a row", story.violation.streak)
        found.append(
            Happening(
                story.violation.at, _("Counted against the account"), "warn", [line % {"n": story.violation.streak}]
            )
        )
    case = story.case
    if case is not None:
        found.append(Happening(case.opened_at, _("Put before a reviewer"), "warn", [words.risk_name(case.risk)]))
        if case.decided_at is not None and not hidden:
            state = states.state("verdict", case.verdict)
            who = case.decided_by.username if case.decided_by else ""
            found.append(Happening(case.decided_at, state.label, state.tone, [case.note] if case.note else [], who))
    for sanction in () if hidden else story.sanctions:
        step = states.state("step", sanction.step)
        who = sanction.imposed_by.username if sanction.imposed_by else _("automatic")
        found.append(Happening(sanction.starts_at, step.label, step.tone, [sanction.reason], who))
        if sanction.lifted_at is not None:
            lifter = sanction.lifted_by.username if sanction.lifted_by else ""
            found.append(Happening(sanction.lifted_at, _("Sanction lifted"), "info", [sanction.lift_reason], lifter))
    for look in story.looks:
        found.append(Happening(look.at, _("Text read"), "odd", [look.reason], look.actor_name))
    return found


def _span(micros: int) -> str:
    return f"{micros / 1_000_000:.2f} s" if micros >= 1_000_000 else f"{micros / 1000:.1f} ms"
