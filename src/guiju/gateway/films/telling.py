"""What callers are told of a job: its state under our name for it, and no text that would not pass as an answer."""

from __future__ import annotations

from typing import Any

from guiju.moderation.checker import Checker
from guiju.moderation.context import Context
from guiju.nouns import Action, Direction, Part

_STATES = ("queued", "in_progress", "completed", "failed", "cancelled")
_FIGURES = ("created_at", "completed_at", "expires_at", "progress")
_NAMES = ("model", "size", "seconds", "quality")
_LONGEST = 400
_CLEAN = (Action.PASS, Action.LABEL, Action.ADVISE)


def told(job: dict[str, Any], name: str, checker: Checker, context: Context) -> dict[str, Any]:
    """A job in the shape of OpenAI's, with the members that are states, figures and names."""
    answer: dict[str, Any] = {"id": name, "object": "video", "status": _one_of(job.get("status"), _STATES, "queued")}
    answer |= {key: job[key] for key in _FIGURES if type(job.get(key)) is int}
    answer |= {key: str(job[key])[:100] for key in _NAMES if isinstance(job.get(key), str | int)}
    answer.setdefault("progress", 0)
    answer["error"] = _fault(job.get("error"), checker, context)
    return answer


def told_character(found: dict[str, Any], name: str, checker: Checker, context: Context) -> dict[str, Any]:
    """A character in the shape of OpenAI's; its own name is told if it is harmless."""
    said = str(found.get("name") or "")[:_LONGEST]
    created = found.get("created_at")
    return {
        "id": name,
        "created_at": created if type(created) is int else 0,
        "name": said if _harmless("name", said, checker, context) else "",
    }


def _fault(error: Any, checker: Checker, context: Context) -> dict[str, str] | None:
    """Why a job failed; what the model service says of it is passed on only if it is harmless."""
    if not isinstance(error, dict):
        return None
    said = str(error.get("message") or "")[:_LONGEST]
    passed = _harmless("error.message", said, checker, context)
    return {"code": str(error.get("code") or "")[:100], "message": said if passed else ""}


def _harmless(where: str, said: str, checker: Checker, context: Context) -> bool:
    return checker.check([Part(where, said)], Direction.ANSWER, context).action in _CLEAN


def _one_of(value: Any, known: tuple[str, ...], otherwise: str) -> str:
    return value if value in known else otherwise
