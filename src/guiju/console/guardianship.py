"""What guardians decided, in words: the scope by its name, minutes and yuan with their unit."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from guiju.console.language import pick
from guiju.minors.names import named
from guiju.store.models import GuardianDecision

_MINUTES, _YUAN = frozenset({"daily", "continuous"}), frozenset({"single_spend", "daily_spend"})


def scope(row: GuardianDecision) -> str:
    """What a decision is about, and how much."""
    name = pick(named(row.scope))
    if row.kind != GuardianDecision.Kind.LIMIT:
        return name
    if row.scope in _MINUTES:
        amount = _("%(n)d minutes") % {"n": row.value}
        return f"{name} · {amount}"
    if row.scope in _YUAN:
        amount = _("%(n)s yuan") % {"n": f"{row.value / 100:g}"}
        return f"{name} · {amount}"
    return f"{name} · {', '.join(row.names)}" if row.names else name


def in_words(rows: Iterable[GuardianDecision]) -> list[tuple[GuardianDecision, str]]:
    """Each decision with :func:`scope`."""
    return [(row, scope(row)) for row in rows]
