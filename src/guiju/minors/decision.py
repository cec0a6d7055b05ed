"""May this account do this now? ``decide`` is pure: the same policy, profile, usage and moment give the same answer.

More use never allows more, and the order in which anything was recorded never matters. Times are microseconds UTC, days
are days in China. Denials outweigh reminders; every reason that holds is given.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from guiju.minors.calendar import DAY, MINUTE, day_start, minute_of_day, within
from guiju.minors.policy import MinorsPolicy
from guiju.minors.profile import Basis, Profile, RuleKind
from guiju.minors.reasons import GUARDIAN, Reason, reason
from guiju.minors.terms import Terms, Window, terms
from guiju.minors.usage import Usage


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        companion: the service interacts like a person. ``features``: functions used. ``link``: an outbound link is opened.
        persona: the kind of character (``kin``, ``partner`` …); ``character``: its name at the caller.
        fen: the purchase to be made; 0 for none.
    """

    companion: bool = False
    features: frozenset[str] = frozenset()
    persona: str = ""
    character: str = ""
    link: bool = False
    fen: int = 0


class Allow(msgspec.Struct, frozen=True, kw_only=True, tag="allow"):
    """It may go on. ``remaining``: microseconds left today; None where there is no limit."""

    band: str = ""
    remaining: int | None = None
    reasons: tuple[Reason, ...] = ()


class Remind(msgspec.Struct, frozen=True, kw_only=True, tag="remind"):
    """It may go on, and the user must be told ``reasons``."""

    reasons: tuple[Reason, ...]
    band: str = ""
    remaining: int | None = None


class Deny(msgspec.Struct, frozen=True, kw_only=True, tag="deny"):
    """It may not. ``until``: when the reasons of time no longer hold; None where time alone changes nothing.

    ``notices``: what the user must be told besides.
    """

    reasons: tuple[Reason, ...]
    notices: tuple[Reason, ...] = ()
    band: str = ""
    remaining: int | None = None
    until: int | None = None


Verdict = Allow | Remind | Deny

PLAIN = Use()


def decide(policy: MinorsPolicy, profile: Profile, usage: Usage, now: int, use: Use = PLAIN) -> Verdict:
    """Whether the account may do ``use`` at ``now``."""
    band = policy.band(profile.band_at(now, policy))
    held = terms(policy, band, profile, now) if band is not None else None
    name = band.id if band is not None else profile.band_at(now, policy)
    denied = _sorted(_denials(policy, profile, usage, now, use, held)) if held is not None else ()
    remaining = _remaining(held, usage)
    if denied:
        until = _until(denied, held, now) if held is not None else None
        notices = _sorted(_suspicion(policy, profile, usage, now))
        return Deny(reasons=denied, notices=notices, band=name, remaining=remaining, until=until)
    due = _sorted(_reminders(policy, profile, usage, now, use, held))
    if due:
        return Remind(reasons=due, band=name, remaining=remaining)
    return Allow(band=name, remaining=remaining)


def _sorted(found: Iterator[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(set(found)))


def _remaining(held: Terms | None, usage: Usage) -> int | None:
    return None if held is None or held.daily is None else max(0, held.daily.value - usage.today)


# --- denials ---------------------------------------------------------------------------------------------------------


def _denials(policy: MinorsPolicy, profile: Profile, usage: Usage, now: int, use: Use, held: Terms) -> Iterator[Reason]:
    if held.paused:
        yield reason(policy, "paused", GUARDIAN)
    if held.daily is not None and usage.today >= held.daily.value:
        yield reason(policy, "daily", held.daily.source, minutes=held.daily.value // MINUTE)
    for window in held.curfews:
        if within(minute_of_day(now), window.start, window.until):
            start, until = window.words
            over = "次日" if window.until <= window.start else ""
            yield reason(policy, "curfew", window.source, **{"from": start, "until": until, "next_day": over})
    yield from _spending(policy, usage, use, held)
    yield from _functions(policy, use, held)
    if use.companion:
        yield from _consent(policy, profile, now)


def _spending(policy: MinorsPolicy, usage: Usage, use: Use, held: Terms) -> Iterator[Reason]:
    if not use.fen:
        return
    if use.fen > held.single_spend.value:
        yield reason(policy, "single_spend", held.single_spend.source, amount=_yuan(held.single_spend.value))
    if usage.spent + use.fen > held.daily_spend.value:
        yield reason(policy, "daily_spend", held.daily_spend.source, amount=_yuan(held.daily_spend.value))


def _functions(policy: MinorsPolicy, use: Use, held: Terms) -> Iterator[Reason]:
    band = held.band
    words = {"band": band.zh, "band_en": band.en}
    for name in use.features & held.features:
        yield reason(policy, "feature", band.without.source, name=name, **words)
    for name in use.features & held.features_by_guardian - held.features:
        yield reason(policy, "feature", GUARDIAN, name=name, **words)
    if use.link and not held.links:
        yield reason(policy, "link", band.links.source)
    if use.persona in band.personas.blocked:
        yield reason(policy, "persona", band.personas.source)
    if use.character and use.character in held.characters:
        yield reason(policy, "character", GUARDIAN)


def _consent(policy: MinorsPolicy, profile: Profile, now: int) -> Iterator[Reason]:
    age = policy.companion.consent_age
    if not profile.below(age.value, now, policy):
        return
    given = any(
        rule.kind is RuleKind.CONSENT and rule.scope == "companion" and rule.in_force(now) for rule in profile.rules
    )
    if not given:
        yield reason(policy, "consent", age.source, minutes=age.value)


def _until(denied: tuple[Reason, ...], held: Terms, now: int) -> int | None:
    """When use is possible again, if time alone brings it: after midnight for the day's time, and after any curfew."""
    codes = {found.code for found in denied}
    if not codes <= {"daily", "curfew"} or (held.daily is not None and held.daily.value == 0):
        return None
    at = day_start(now) + DAY if "daily" in codes else now
    for _ in range(len(held.curfews) + 1):  # windows may touch: leaving one may lead into the next
        for window in held.curfews:
            at = _after(window, at)
    return at if not _closed(held.curfews, at) else None


def _after(window: Window, at: int) -> int:
    minute = minute_of_day(at)
    if not within(minute, window.start, window.until):
        return at
    end = day_start(at) + window.until * MINUTE
    return end if end > at else end + DAY


def _closed(windows: tuple[Window, ...], at: int) -> bool:
    return any(within(minute_of_day(at), window.start, window.until) for window in windows)


def _yuan(fen: int) -> str:
    return f"{fen / 100:g}"


# --- reminders -------------------------------------------------------------------------------------------------------


def _reminders(
    policy: MinorsPolicy, profile: Profile, usage: Usage, now: int, use: Use, held: Terms | None
) -> Iterator[Reason]:
    minutes = usage.continuous(now) // MINUTE
    rest = held.continuous if held is not None else None
    if rest is not None and usage.since_reminder("continuous", now) >= rest.value:
        yield reason(policy, "continuous", rest.source, minutes=minutes)
    yield from _suspicion(policy, profile, usage, now)
    if use.companion:
        yield from _companion(policy, usage, now, minutes, held)


def _suspicion(policy: MinorsPolicy, profile: Profile, usage: Usage, now: int) -> Iterator[Reason]:
    """Whoever is in minors' mode for a suspicion is told so every day, never put there in silence."""
    if profile.basis is Basis.SUSPECTED and profile.mode and not _today(usage, "suspected", now):
        yield reason(policy, "suspected", policy.suspected.source)


def _today(usage: Usage, kind: str, now: int) -> bool:
    """Whether a reminder was given on this day in China."""
    return usage.reminded.get(kind, -DAY) >= day_start(now)


def _companion(policy: MinorsPolicy, usage: Usage, now: int, minutes: int, held: Terms | None) -> Iterator[Reason]:
    """Minors are told again whom they talk to whenever a rest is due by their band, whatever a guardian lifted (Art. 14)."""
    rules = policy.companion
    told = usage.reminded.get("identity")
    again = held is not None and usage.since_reminder("identity", now) >= held.band.continuous.value * MINUTE
    if usage.began is None or told is None or told < usage.began or again:
        yield reason(policy, "identity", rules.identity.source)
    if usage.since_reminder("two_hours", now) >= rules.reminder_minutes.value * MINUTE:
        yield reason(policy, "two_hours", rules.reminder_minutes.source, minutes=minutes)
    if usage.today >= rules.dependence_minutes.value * MINUTE and not _today(usage, "dependence", now):
        yield reason(policy, "dependence", rules.dependence_minutes.source)
