"""What the operator's own system tells of its users: real identity, abnormal registration, and how an account stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guiju.errors import InvalidField
from guiju.store import outbox
from guiju.store.actor import Actor
from guiju.store.acts import act
from guiju.store.audit import append
from guiju.store.models import Account, Sanction
from guiju.store.permissions import Permission
from guiju.store.sanction_numbers import number
from guiju.store.services import accounts

Identity = Account.Identity
Registration = Account.Registration


@dataclass(frozen=True)
class Told:
    """One message about one account; an empty state says nothing."""

    integration: str
    account: str
    identity: str = ""
    registration: str = ""


@dataclass(frozen=True)
class Standing:
    """How an account stands: what is known of it, and what binds it."""

    account: str
    identity: str
    registration: str
    sanctions: tuple[Sanction, ...]

    def as_json(self) -> dict[str, object]:
        """The same for an integration."""
        return {
            "account": self.account,
            "identity": self.identity,
            "registration": self.registration,
            "sanctions": [
                {
                    "id": row.pk,
                    "number": number(row),
                    "step": row.step,
                    "reason": row.reason,
                    "starts_at": row.starts_at.isoformat(),
                    "expires_at": row.expires_at.isoformat() if row.expires_at is not None else None,
                }
                for row in self.sanctions
            ],
        }


@act(Permission.TELL_ACCOUNT_FACTS)
def tell(actor: Actor, told: Told, now: datetime) -> Standing:
    """Take in what the operator's system says of an account; one never seen before is made known.

    Each change leaves an audit entry; an abnormal registration is also announced, so that the second check begins
    (反电信网络诈骗法 第二十二条).

    Raises:
        InvalidField: an unknown state.
    """
    if told.identity and told.identity not in Identity.values:
        raise InvalidField(field="identity", problem=f"one of {', '.join(Identity.values)}")
    if told.registration and told.registration not in Registration.values:
        raise InvalidField(field="registration", problem=f"one of {', '.join(Registration.values)}")
    row, _ = Account.objects.get_or_create(
        pk=told.account, defaults={"integration_id": told.integration, "first_seen": now, "last_seen": now}
    )
    changed: dict[str, list[str]] = {}
    for name, value in (("identity", told.identity), ("registration", told.registration)):
        if not value:
            continue
        if getattr(row, name) != value:
            changed[name] = [getattr(row, name), value]
        setattr(row, name, value)
        setattr(row, f"{name}_at", now)
    if told.identity or told.registration:
        row.save(update_fields=["identity", "identity_at", "registration", "registration_at"])
    if changed:
        append(actor, "account.facts", row, detail=changed)
    if changed.get("registration", ["", ""])[1] == Registration.ABNORMAL:
        outbox.announce("account.recheck", {"account": row.pk, "integration": row.integration_id}, now)
    return Standing(row.pk, row.identity, row.registration, tuple(accounts.active(row, now)))
