"""What guardians decided and what they are told, in words: by name, minutes and yuan with their unit, never a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from guiju.console.language import pick
from guiju.minors.names import named
from guiju.store.models import Account, CareEvent, GuardianDecision

LATELY = timedelta(days=7)
_TOLD = (CareEvent.Kind.DENIED, CareEvent.Kind.HEARD)
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


def happened(account: Account, now: datetime) -> list[tuple[str, int]]:
    """What a guardian is warned of (Order 21 Art. 14): denials, distress and crises of the last days by name, how often."""
    rows = CareEvent.objects.filter(account=account.pk, kind__in=_TOLD, at__gt=now - LATELY, at__lte=now)
    counted = Counter(code.partition(".")[0] for code in rows.values_list("code", flat=True))
    return [(pick(named(code)), n) for code, n in counted.most_common()]
