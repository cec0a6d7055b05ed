"""States in words: how each is called and in which tone it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class State:
    """How a state is shown: its words, and a tone of the style sheet (good, bad, warn, info, mute, odd)."""

    label: str | Promise
    tone: str


# What several kinds share.
_APPROVED = State(_("Approved"), "good")
_BLOCKED = State(_("Blocked"), "bad")
_CLOSED = State(_("Closed"), "good")
_ENDED = State(_("Handling ended"), "info")
_MET = State(_("Met"), "good")
_NOT_APPLICABLE = State(_("Does not apply"), "mute")
_NOT_MET = State(_("Not met"), "bad")
_NOT_TOLD = State(_("Not told"), "mute")
_REFUSED = State(_("Refused"), "mute")
_RETIRED = State(_("Retired"), "mute")
_SECOND_PERSON = State(_("Waits for a second person"), "warn")
_SUSPENDED = State(_("Suspended"), "bad")
_UNCHECKED = State(_("Not checked"), "odd")
_WAITING = State(_("Waiting"), "warn")

STATES: dict[str, dict[str, State]] = {
    "action": {
        "pass": State(_("Passed"), "good"),
        "label": State(_("Labelled"), "info"),
        "advise": State(_("Advised"), "info"),
        "review": State(_("To review"), "warn"),
        "mask": State(_("Masked"), "warn"),
        "answer_instead": State(_("Answered instead"), "bad"),
        "block": _BLOCKED,
        "unchecked": _UNCHECKED,
    },
    "outcome": {
        "completed": State(_("Completed"), "good"),
        "blocked": _BLOCKED,
        "unchecked": _UNCHECKED,
        "refused": _REFUSED,
        "upstream_error": State(_("Upstream error"), "warn"),
        "client_left": State(_("Client left"), "mute"),
        "interrupted": State(_("Interrupted"), "warn"),
    },
    "integration": {
        "applied": State(pgettext_lazy("integration", "Applied"), "info"),
        "approved": _APPROVED,
        "suspended": _SUSPENDED,
        "retired": _RETIRED,
    },
    "point": {
        "met": _MET,
        "confirmed": State(_("Confirmed"), "good"),
        "accepted": State(_("Open, accepted all the same"), "warn"),
        "open": _NOT_MET,
    },
    "step": {
        "warn": State(_("Warning"), "warn"),
        "limit": State(_("Functions limited"), "warn"),
        "suspend": _SUSPENDED,
        "close": State(_("Closed"), "bad"),
    },
    "case": {"open": _WAITING, "decided": State(_("Decided"), "good")},
    "identity": {
        "unknown": _NOT_TOLD,
        "none": State(_("Not checked"), "warn"),
        "verified": State(_("Real identity checked"), "good"),
        "failed": State(_("Check failed"), "bad"),
        "expired": State(_("Check out of date"), "warn"),
    },
    "registration": {
        "unknown": _NOT_TOLD,
        "normal": State(_("Nothing abnormal"), "good"),
        "abnormal": State(_("Abnormal, to be checked again"), "bad"),
        "checking": State(_("Being checked again"), "warn"),
        "cleared": State(_("Checked again, in order"), "good"),
        "refused": State(_("Checked again, not in order"), "bad"),
    },
    "proposal": {
        "pending": _SECOND_PERSON,
        "delayed": State(_("Takes effect later"), "info"),
        "taken": State(_("Taken"), "good"),
        "refused": _REFUSED,
    },
    "report": {
        "prepared": _SECOND_PERSON,
        "approved": State(_("Approved, to be sent"), "info"),
        "sent": State(_("Sent"), "good"),
        "refused": _REFUSED,
    },
    "bulk": {
        "pending": _SECOND_PERSON,
        "applied": State(_("Applied"), "good"),
        "refused": _REFUSED,
        "undone": State(_("Undone"), "mute"),
    },
    "delivery": {
        "waiting": _WAITING,
        "delivered": State(_("Delivered"), "good"),
        "given_up": State(_("Given up"), "bad"),
        "blocked": State(_("Held back"), "odd"),
    },
    "complaint": {
        "open": State(_("Waiting for an answer"), "warn"),
        "answered": State(_("Answered"), "info"),
        "closed": State(_("Concluded"), "good"),
    },
    "incident": {
        "open": State(_("Being handled"), "warn"),
        "ended": _ENDED,
        "closed": _CLOSED,
    },
    "incident_event": {
        "opened": State(_("Incident opened"), "bad"),
        "note": State(_("Note"), "mute"),
        "graded": State(_("Graded"), "warn"),
        "sent": State(_("Report sent"), "info"),
        "ended": _ENDED,
        "closed": _CLOSED,
    },
    "level": {
        "below": State(_("Below the recorded criteria"), "mute"),
        "larger": State(_("Larger (较大)"), "warn"),
        "major": State(_("Major (重大)"), "bad"),
        "extraordinary": State(_("Extraordinary (特别重大)"), "bad"),
    },
    "clock": {
        "waiting": State(_("Not running yet"), "mute"),
        "running": State(_("Due"), "warn"),
        "late": State(_("Late"), "bad"),
        "sent": State(_("Sent in time"), "good"),
        "sent_late": State(_("Sent late"), "bad"),
    },
    "appeal": {
        "": State(_("Not decided yet"), "warn"),
        "granted": State(_("Granted"), "good"),
        "rejected": State(_("Rejected"), "bad"),
    },
    "verdict": {
        "violation": State(_("Violation confirmed"), "bad"),
        "fine": State(_("No violation"), "good"),
        "unsure": State(_("Cannot tell, escalated"), "odd"),
        "split": State(_("Split into parts"), "mute"),
    },
    "suggestion": {
        "pending": State(_("Waits for approval"), "warn"),
        "approved": _APPROVED,
        "refused": _REFUSED,
    },
    "policy": {
        "draft": State(_("Draft"), "info"),
        "shadow": State(_("In the shadow"), "odd"),
        "partial": State(_("For a share"), "warn"),
        "live": State(_("Live"), "good"),
        "retired": _RETIRED,
        "expired": State(_("Expired"), "mute"),
        "withdrawn": State(_("Withdrawn"), "mute"),
    },
    "tier": {
        "verified": State(_("AI, verified"), "info"),
        "declared": State(_("AI, declared"), "info"),
        "suspected": State(_("AI suspected"), "warn"),
        "unknown": State(_("Nothing known"), "mute"),
    },
    "label_verdict": {
        "compliant": State(_("Compliant"), "good"),
        "noncompliant": State(_("Not compliant"), "bad"),
        "not_found": State(_("Not found"), "mute"),
        "cannot_tell": State(_("Cannot tell"), "odd"),
    },
    "severity": {"low": State(_("Low"), "mute"), "medium": State(_("Medium"), "warn"), "high": State(_("High"), "bad")},
    "duty": {
        "proven": State(_("Proven"), "good"),
        "failing": State(_("Failing"), "bad"),
        "due_soon": State(_("Due soon"), "warn"),
        "unproven": State(_("Not yet proven"), "odd"),
        "not_applicable": _NOT_APPLICABLE,
        "unknown": State(_("Profile incomplete"), "info"),
    },
    "applies": {
        "True": State(_("Applies"), "warn"),
        "False": _NOT_APPLICABLE,
        "None": State(_("Cannot be told yet"), "info"),
    },
    "check": {
        "pass": _MET,
        "fail": _NOT_MET,
        "insufficient": State(_("Not enough evidence"), "odd"),
        "not_applicable": _NOT_APPLICABLE,
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
