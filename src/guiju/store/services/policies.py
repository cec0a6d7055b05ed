"""Versions of the policy: drafted, tried, published, rolled back. Exactly one is live, and a version's text never changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from guiju.errors import InvalidField, InvalidTransition, PolicyTestsUnmet, PolicyUntested
from guiju.moderation import policy_source
from guiju.moderation.policy_tests import balanced, unmet
from guiju.store import policy_words, snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import PolicyComparison, PolicyVersion
from guiju.store.permissions import Permission
from guiju.store.snapshot_loader import SnapshotLoader
from guiju.store.validation import fresh

State = PolicyVersion.State
_NUMBER = re.compile(r"^number:[^\n]*$", re.MULTILINE)


@guarded(Permission.MANAGE_POLICIES)
def create_draft(actor: Actor, source: str, note: str = "") -> PolicyVersion:
    """Keep a YAML text as the next version, not in force yet.

    Its ``number`` is set to the version's own, so that what stands in every record names the version.

    Raises:
        PolicySourceError: with every mistake in the text.
    """
    policy_words.read(source)
    with one_at_a_time():
        number = (PolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        text = _NUMBER.sub(f"number: {number}", source, count=1)
        parsed = policy_words.read(text)
        row = PolicyVersion.objects.create(number=number, source=text, note=note.strip(), created_by=actor.user)
        append(actor, "policy.draft", row, reason=row.note, detail={"number": number, "version": parsed.version})
    return row


@act(Permission.MANAGE_POLICIES)
def publish(actor: Actor, version: PolicyVersion, expires_at: datetime | None = None) -> PolicyVersion:
    """Put a draft or a version on trial in force for everybody; gateways decide by it within a second.

    Args:
        expires_at: when the version before it comes back by itself.

    Raises:
        InvalidTransition: it was in force already. InvalidField: an end in the past.
        PolicySourceError: it no longer fits this version of Guiju. PolicyUntested, PolicyTestsUnmet.
    """
    row = fresh(version)
    if row.state not in (State.DRAFT, State.SHADOW, State.PARTIAL):
        raise _no_way(row, State.LIVE)
    if expires_at is not None and expires_at <= timezone.now():
        raise InvalidField(field="expires_at", problem="in the past")
    hold_to_tests(row)
    before = _retire_live()
    row.state, row.published_at, row.expires_at, row.share = State.LIVE, timezone.now(), expires_at, 0
    row.save(update_fields=["state", "published_at", "expires_at", "share"])
    detail = {"number": row.number, "before": before}
    append(actor, "policy.publish", row, detail=detail | ({"until": expires_at.isoformat()} if expires_at else {}))
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_POLICIES)
def start_trial(actor: Actor, version: PolicyVersion, share: int = 0) -> PolicyVersion:
    """Let a version decide beside the live one: in the shadow, where it only counts, or for a share of the accounts.

    Whatever was on trial before becomes a draft again. Counting starts anew.

    Args:
        share: per cent of accounts, 0 for the shadow. The same accounts stay in as it grows.

    Raises:
        InvalidTransition: it was in force already. InvalidField: a share outside 0 to 99.
        For a share: PolicyUntested, PolicyTestsUnmet.
    """
    row = fresh(version)
    if row.state not in (State.DRAFT, State.SHADOW, State.PARTIAL):
        raise _no_way(row, State.PARTIAL if share else State.SHADOW)
    if not 0 <= share < 100:
        raise InvalidField(field="share", problem="a number from 0 to 99")
    if share:
        hold_to_tests(row)
    _end_trials(except_for=row)
    row.comparisons.all().delete()
    row.state, row.share, row.tried_at = (State.PARTIAL if share else State.SHADOW), share, timezone.now()
    row.save(update_fields=["state", "share", "tried_at"])
    append(actor, "policy.trial", row, detail={"number": row.number, "share": share})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_POLICIES)
def end_trial(actor: Actor, version: PolicyVersion) -> PolicyVersion:
    """Make a version on trial a draft again; what it counted stays to be read.

    Raises:
        InvalidTransition: it is not on trial.
    """
    row = fresh(version)
    if row.state not in (State.SHADOW, State.PARTIAL):
        raise _no_way(row, State.DRAFT)
    row.state, row.share = State.DRAFT, 0
    row.save(update_fields=["state", "share"])
    append(actor, "policy.trial_end", row, detail={"number": row.number})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_POLICIES)
def rollback(actor: Actor) -> PolicyVersion:
    """Put the version in force again that was published before the live one; doing it again goes back one more.

    What one went back from is withdrawn: nothing ever comes back to it by itself.

    Raises:
        InvalidTransition: there is none before it.
    """
    live_now = live()
    earlier = PolicyVersion.objects.filter(state=State.RETIRED)
    if live_now is not None:
        earlier = earlier.filter(published_at__lt=live_now.published_at)
    row = earlier.order_by("-published_at", "-number").first()
    if row is None:
        state = f"version {live_now.number}" if live_now else "without a live version"
        raise InvalidTransition(what_zh="策略", what_en="policy", state=state, target="an earlier version")
    policy_words.accepted(row.source)
    before = _retire_live(State.WITHDRAWN)
    row.state = State.LIVE
    row.save(update_fields=["state"])
    append(actor, "policy.rollback", row, detail={"number": row.number, "before": before})
    snapshot_version.bump()
    return row


def live() -> PolicyVersion | None:
    """The version in force."""
    return PolicyVersion.objects.filter(state=State.LIVE).first()


def on_trial() -> PolicyVersion | None:
    """The version that decides beside it, if any."""
    return PolicyVersion.objects.filter(state__in=(State.SHADOW, State.PARTIAL)).first()


def hold_to_tests(row: PolicyVersion) -> None:
    """Hold a version to its test lines, over the word lists in force.

    Raises:
        PolicySourceError, PolicyUntested, PolicyTestsUnmet.
    """
    policy = policy_words.read(row.source)
    if not balanced(policy.tests):
        raise PolicyUntested()
    failed = unmet(SnapshotLoader(settings.GUIJU.gateway.check_budget_ms).load().checker.under(policy))
    if failed:
        report = "; ".join(f"#{one.number} {one.test.expected.value} ≠ {one.action.value}" for one in failed[:20])
        raise PolicyTestsUnmet(count=len(failed), report=report)


def expire(now: datetime) -> PolicyVersion | None:
    """Bring back the version before the live one if the live one has come to its end; the version that came back."""
    with one_at_a_time():
        row = live()
        if row is None or row.expires_at is None or row.expires_at > now:
            return None
        earlier = PolicyVersion.objects.filter(state=State.RETIRED, published_at__lt=row.published_at)
        back = earlier.order_by("-published_at", "-number").first()
        if back is None:
            return None
        PolicyVersion.objects.filter(pk=row.pk).update(state=State.EXPIRED)
        PolicyVersion.objects.filter(pk=back.pk).update(state=State.LIVE, expires_at=None)
        append(Actor.system("upkeep"), "policy.expire", row, detail={"number": row.number, "back": back.number})
        snapshot_version.bump()
    return fresh(back)


def compared(counts: Mapping[tuple[int, str, str, str], int]) -> None:
    """Add what a gateway counted for versions on trial: by (version's row, direction, live action, its action).

    Bookkeeping of the gateways, no act of a person. What belongs to a version that is gone is dropped.
    """
    known = set(PolicyVersion.objects.filter(pk__in={key[0] for key in counts}).values_list("pk", flat=True))
    with transaction.atomic():
        for (version, direction, live_action, tried), count in counts.items():
            if version in known:
                row, _ = PolicyComparison.objects.get_or_create(
                    version_id=version, direction=direction, live=live_action, trial=tried
                )
                PolicyComparison.objects.filter(pk=row.pk).update(count=F("count") + count)


def _end_trials(except_for: PolicyVersion) -> None:
    trials = PolicyVersion.objects.filter(state__in=(State.SHADOW, State.PARTIAL)).exclude(pk=except_for.pk)
    trials.update(state=State.DRAFT, share=0)


def ensure_default() -> None:
    """Publish the policy that ships with Guiju if none is in force."""
    if live() is None:
        actor = Actor.system("setup")
        publish(actor, create_draft(actor, policy_source.DEFAULT.read_text("utf-8"), "Guiju"))


def _retire_live(state: State = State.RETIRED) -> int | None:
    row = live()
    if row is None:
        return None
    PolicyVersion.objects.filter(pk=row.pk).update(state=state)
    return row.number


def _no_way(row: PolicyVersion, target: str) -> InvalidTransition:
    return InvalidTransition(what_zh="策略版本", what_en="policy version", state=row.state, target=target)
