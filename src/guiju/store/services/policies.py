"""Versions of the policy: drafted, published, rolled back. Exactly one is live, and a version never changes."""

from __future__ import annotations

import re

from django.db.models import Max
from django.utils import timezone

from guiju.errors import InvalidTransition
from guiju.moderation import policy_source
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import PolicyVersion
from guiju.store.permissions import Permission
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
    policy_source.load(source)
    with one_at_a_time():
        number = (PolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        text = _NUMBER.sub(f"number: {number}", source, count=1)
        parsed = policy_source.load(text)
        row = PolicyVersion.objects.create(number=number, source=text, note=note.strip(), created_by=actor.user)
        append(actor, "policy.draft", row, reason=row.note, detail={"number": number, "version": parsed.version})
    return row


@act(Permission.MANAGE_POLICIES)
def publish(actor: Actor, version: PolicyVersion) -> PolicyVersion:
    """Put a draft in force; gateways decide by it within a second.

    Raises:
        InvalidTransition: it is no draft. PolicySourceError: it no longer fits this version of Guiju.
    """
    row = fresh(version)
    if row.state != State.DRAFT:
        raise _no_way(row, State.LIVE)
    policy_source.load(row.source)
    before = _retire_live()
    row.state, row.published_at = State.LIVE, timezone.now()
    row.save(update_fields=["state", "published_at"])
    append(actor, "policy.publish", row, detail={"number": row.number, "before": before})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_POLICIES)
def rollback(actor: Actor) -> PolicyVersion:
    """Put the version in force again that was published before the live one; doing it again goes back one more.

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
    policy_source.load(row.source)
    before = _retire_live()
    row.state = State.LIVE
    row.save(update_fields=["state"])
    append(actor, "policy.rollback", row, detail={"number": row.number, "before": before})
    snapshot_version.bump()
    return row


def live() -> PolicyVersion | None:
    """The version in force."""
    return PolicyVersion.objects.filter(state=State.LIVE).first()


def ensure_default() -> None:
    """Publish the policy that ships with Guiju if there is no version at all."""
    if not PolicyVersion.objects.exists():
        actor = Actor.system("setup")
        publish(actor, create_draft(actor, policy_source.DEFAULT.read_text("utf-8"), "Guiju"))


def _retire_live() -> int | None:
    row = live()
    if row is None:
        return None
    PolicyVersion.objects.filter(pk=row.pk).update(state=State.RETIRED)
    return row.number


def _no_way(row: PolicyVersion, target: str) -> InvalidTransition:
    return InvalidTransition(what_zh="策略版本", what_en="policy version", state=row.state, target=target)
