"""Errors, risks and states in words a person reads, and the tone a state is shown in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guiju.console.language import pick, short
from guiju.errors import GuijuError, all_errors
from guiju.law.book import rules
from guiju.store.actor import SYSTEM_ROLE
from guiju.store.models import Role


@dataclass(frozen=True)
class State:
    """How a state is shown: its words, and a tone of the style sheet (good, bad, warn, info, mute, odd)."""

    label: str | Promise
    tone: str


STATES: dict[str, dict[str, State]] = {
    "action": {
        "pass": State(_("Passed"), "good"),
        "label": State(_("Labelled"), "info"),
        "advise": State(_("Advised"), "info"),
        "review": State(_("To review"), "warn"),
        "mask": State(_("Masked"), "warn"),
        "answer_instead": State(_("Answered instead"), "bad"),
        "block": State(_("Blocked"), "bad"),
        "unchecked": State(_("Not checked"), "odd"),
    },
    "outcome": {
        "completed": State(_("Completed"), "good"),
        "blocked": State(_("Blocked"), "bad"),
        "unchecked": State(_("Not checked"), "odd"),
        "refused": State(_("Refused"), "mute"),
        "upstream_error": State(_("Upstream error"), "warn"),
        "client_left": State(_("Client left"), "mute"),
        "interrupted": State(_("Interrupted"), "warn"),
    },
    "integration": {
        "applied": State(_("Applied"), "info"),
        "approved": State(_("Approved"), "good"),
        "suspended": State(_("Suspended"), "bad"),
        "retired": State(_("Retired"), "mute"),
    },
    "step": {
        "warn": State(_("Warning"), "warn"),
        "limit": State(_("Functions limited"), "warn"),
        "suspend": State(_("Suspended"), "bad"),
        "close": State(_("Closed"), "bad"),
    },
    "case": {"open": State(_("Waiting"), "warn"), "decided": State(_("Decided"), "good")},
    "verdict": {
        "violation": State(_("Violation confirmed"), "bad"),
        "fine": State(_("No violation"), "good"),
        "unsure": State(_("Cannot tell, escalated"), "odd"),
    },
    "policy": {
        "draft": State(_("Draft"), "info"),
        "live": State(_("Live"), "good"),
        "retired": State(_("Retired"), "mute"),
    },
    "severity": {"low": State(_("Low"), "mute"), "medium": State(_("Medium"), "warn"), "high": State(_("High"), "bad")},
    "duty": {
        "proven": State(_("Proven"), "good"),
        "failing": State(_("Failing"), "bad"),
        "due_soon": State(_("Due soon"), "warn"),
        "unproven": State(_("Not yet proven"), "odd"),
        "not_applicable": State(_("Does not apply"), "mute"),
        "unknown": State(_("Profile incomplete"), "info"),
    },
    "applies": {
        "True": State(_("Applies"), "warn"),
        "False": State(_("Does not apply"), "mute"),
        "None": State(_("Cannot be told yet"), "info"),
    },
    "check": {
        "pass": State(_("Met"), "good"),
        "fail": State(_("Not met"), "bad"),
        "insufficient": State(_("Not enough evidence"), "odd"),
        "not_applicable": State(_("Does not apply"), "mute"),
    },
    "position": {
        "start": State(_("At the start"), "good"),
        "end": State(_("At the end"), "good"),
        "interface": State(_("In the interface"), "info"),
        "": State(_("None"), "mute"),
    },
    "yes": {"True": State(_("Yes"), "good"), "False": State(_("No"), "mute")},
    "active": {"True": State(_("Active"), "good"), "False": State(_("Deactivated"), "mute")},
}
"""Every kind of state and its values."""


def state(kind: str, value: str) -> State:
    """How ``value`` of this kind is shown; an unknown value shows as itself."""
    return STATES[kind].get(value) or State(value or "—", "mute")


def explain(error: GuijuError) -> str:
    """One line for a form or a notice: message, remedy, code."""
    return f"{error.message(short())} {error.remedy(short())} ({error.code})"


def risk_name(tag: str) -> str:
    """The name of a risk tag in the active language; the tag itself where nobody named it."""
    named = rules().risks.name(tag)
    return pick(named) if named else tag


def risk_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The 31 risks and Guiju's finer tags for a choice field, under their classes."""
    risks = rules().risks
    tags = sorted((*risks.risks, *risks.tags), key=lambda named: named.code)
    found = [
        (f"{c.code} {pick(c)}", [(t.code, f"{t.code} {pick(t)}") for t in tags if t.code.startswith(c.code + ".")])
        for c in risks.classes
    ]
    return [*found, ("guiju", [(f.code, f"{f.code} {pick(f)}") for f in risks.families])]


def caution(found: str) -> str:
    """A caution of the users' service in words."""
    return str(CAUTIONS[found])


CAUTIONS: dict[str, str | Promise] = {
    "no_auditor": _("There is no active auditor: nobody can read the audit log or verify the evidence. Create one."),
}
"""What the present set of users lacks, by the service's word for it."""


ACTS: dict[str, str | Promise] = {}


def role_name(role: str) -> str | Promise:
    """A role in words."""
    return _("The system") if role == SYSTEM_ROLE else dict(Role.choices).get(role, role)


def error_words(code: str) -> str:
    """What an error code stands for; the code itself where this version does not know it."""
    return _messages().get(code, {}).get(short(), code)


@functools.cache
def _messages() -> dict[str, dict[str, str]]:
    return {e.code: {"zh": _bare(e.zh), "en": _bare(e.en)} for e in all_errors()}


def _bare(message: str) -> str:
    """A message with an ellipsis where a call would fill something in."""
    return re.sub(r"\{\w+\}", "…", message)


LABEL_REASONS: dict[str, str | Promise] = {
    "structured": _("The answer is structured data by request; words inside would break it."),
    "empty": _("The answer had no text."),
    "imitated": _("The model had written the same label there already."),
    "closed_fence": _("A code block was closed before the words."),
}
"""Why a label is not where the setting puts it, by the labelling room's word for it."""

PROOFS: dict[str, str | Promise] = {
    "check": _("a check"),
    "document": _("a document"),
    "check_or_document": _("a check or a document"),
    "check_and_document": _("a check and a document"),
}
"""What proves an obligation."""

SET_BY: dict[str, str | Promise] = {
    "law": _("fixed by the rule"),
    "practice": _("fixed by filing practice"),
    "operator": _("set by the operator"),
}
"""Who fixed a threshold."""

DIRECTIONS: dict[str, str | Promise] = {"prompt": _("Prompt"), "answer": _("Answer"), "upload": _("Upload")}
"""Which way a content travels."""
