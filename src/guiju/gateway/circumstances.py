"""The context an exchange is judged in: what the policy may ask about the caller, the end user and the content."""

from __future__ import annotations

from collections.abc import Sequence

from guiju.domains import packs
from guiju.gateway.minors import profile_of
from guiju.gateway.wire import Scope
from guiju.moderation.context import GOOD_STANDING, UNKNOWN_AGE, UNNAMED, Context
from guiju.nouns import Part
from guiju.store.snapshot import IntegrationView, Snapshot

#: What an endpoint makes, as the modality of what is asked of it.
MADE = {"": "text", "pictures": "image", "sound": "audio", "film": "video"}


def context_of(
    snapshot: Snapshot,
    integration: IntegrationView,
    account: str,
    at: int,
    parts: Sequence[Part],
    band: str = "",
    modality: str = "text",
) -> Context:
    """The circumstances of one exchange; what no rule asks about is not looked for.

    Args:
        at: now, in microseconds. ``parts``: the texts; the field is that of the last one a user wrote.
        band: the age band that holds for the account; empty where its age is not known.
    """
    policy = snapshot.checker.policy
    return Context(
        purpose=integration.purpose,
        integration=integration.id,
        domain=_fields(parts) if policy.asks("domain") else (),
        band=band or UNKNOWN_AGE,
        standing=_standing(snapshot, account, at),
        modality=modality,
    )


def _standing(snapshot: Snapshot, account: str, at: int) -> str:
    if not account:
        return UNNAMED
    known = snapshot.standings.get(account)
    step = known.step(at) if known is not None else None
    return step.value if step is not None else GOOD_STANDING


def _fields(parts: Sequence[Part]) -> tuple[str, ...]:
    """The fields of the last text a user wrote, or of the last of all where nobody says who wrote what."""
    said = [part.text for part in parts if part.role == "user"] or [part.text for part in parts]
    return tuple(pack.id for pack in packs().of(said[-1])) if said else ()


def band_of(snapshot: Snapshot, account: str, scope: Scope, at: int) -> str:
    """The age band that holds for an account, with what the caller states in headers; empty where it is not known.

    Raises:
        FieldInvalid: a header states an age band that does not exist.
    """
    return profile_of(scope, snapshot, account).band_at(at, snapshot.minors_policy)
