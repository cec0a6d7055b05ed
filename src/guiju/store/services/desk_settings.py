"""How a reviewer wants to be shown texts and pictures: one's own settings, never looser than the desk's policy."""

from __future__ import annotations

from guiju.errors import InvalidField
from guiju.store import desk_policy
from guiju.store.actor import Actor
from guiju.store.acts import act
from guiju.store.audit import append
from guiju.store.models import DeskSettings
from guiju.store.permissions import Permission


@act(Permission.REVIEW_CASES)
def keep(
    actor: Actor,
    *,
    blur: bool,
    greyscale: bool,
    mute: bool,
    severe_cases: int | None = None,
    break_after_minutes: int | None = None,
) -> DeskSettings:
    """Keep one's own settings. Limits that are not stricter than the desk's are refused.

    Raises:
        InvalidField: a limit above the desk's.
    """
    limits = desk_policy.in_force().exposure
    for field, value, most in (
        ("severe_cases", severe_cases, limits.severe_cases),
        ("break_after_minutes", break_after_minutes, limits.break_after_minutes),
    ):
        if value is not None and not 1 <= value <= most:
            raise InvalidField(field=field, problem=f"1 to {most}")
    chosen = {"blur": blur, "greyscale": greyscale, "mute": mute}
    own = {"severe_cases": severe_cases, "break_after_minutes": break_after_minutes}
    row, _ = DeskSettings.objects.update_or_create(user=actor.user, defaults={**chosen, **own})
    append(actor, "desk.settings", row, detail={**chosen, **own})
    return row
