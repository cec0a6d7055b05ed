"""Errors, risks, roles and codes of the other rooms in words a person reads."""

from __future__ import annotations

import functools
import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guiju.console import phrases
from guiju.console.language import pick, short
from guiju.errors import GuijuError, all_errors
from guiju.law.book import rules
from guiju.store.actor import SYSTEM_ROLE
from guiju.store.models import Role


def explain(error: GuijuError) -> str:
    """One line for a form or a notice: message, remedy, code."""
    return f"{error.told(short())} ({error.code})"


def risk_name(tag: str) -> str:
    """The name of a risk tag in the active language; the tag itself where nobody named it."""
    risks = rules().risks
    named = risks.name(tag) or next((c for c in risks.classes if c.code == tag), None)
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
    return str(phrases.CAUTIONS[found])


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
    return re.sub(r"…[。.]$", "…", re.sub(r"\{\w+\}", "…", message))
