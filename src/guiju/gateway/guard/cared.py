"""The care for minors and companions where texts are only checked, and an exchange passes elsewhere.

A prompt is judged as in an exchange: a minor's time, a crisis, signs of age. An answer or an upload is held to the band's
content alone; what is said around them is the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guiju.gateway.minors import Care, attend, held_to_band, profile_of
from guiju.gateway.wire import Scope
from guiju.store.snapshot import IntegrationView, Snapshot

if TYPE_CHECKING:
    from guiju.gateway.guard.visit import Visit
    from guiju.gateway.runtime import Runtime


class Asked:
    """One prompt as the care for its author looks at it; see :class:`guiju.gateway.minors.Occasion`."""

    __slots__ = ("account", "at", "integration", "number", "runtime", "scope", "snapshot")

    def __init__(self, visit: Visit, snapshot: Snapshot, at: int, number: str) -> None:
        self.runtime: Runtime = visit.runtime
        self.snapshot = snapshot
        self.integration: IntegrationView = visit.caller
        self.scope: Scope = visit.scope
        self.account: str = visit.account
        self.at, self.number = at, number


def care_for(visit: Visit, snapshot: Snapshot, at: int, number: str) -> Care | None:
    """The care for the author of a prompt; None where it concerns nobody."""
    return attend(Asked(visit, snapshot, at, number))


def held_to(snapshot: Snapshot, scope: Scope, account: str, at: int) -> Snapshot:
    """The snapshot under the stricter policy of the account's band, where one holds.

    Raises:
        FieldInvalid: a header states an age band that does not exist.
    """
    return held_to_band(snapshot, profile_of(scope, snapshot, account).band_at(at, snapshot.minors_policy))
