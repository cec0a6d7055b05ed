"""The protection of minors as the compliance officer and callers set it: the policy, and what is known of an account."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.utils import timezone

from guiju.errors import InvalidField
from guiju.minors import ADULT, Basis, policy_source
from guiju.minors.annual import Kind
from guiju.minors.profile import month_of_birth
from guiju.store import care, minors_years, snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Account, CareProfile, MinorsPolicyVersion, Service
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh


@act(Permission.MANAGE_MINORS)
def publish_policy(actor: Actor, source: str, note: str) -> MinorsPolicyVersion:
    """Put a version of the minors' policy in force; gateways follow within a second.

    Raises:
        MinorsPolicyInvalid: with every mistake and its place. ReasonMissing: a version needs a note.
    """
    policy = policy_source.load(source)
    because = reasoned(note)
    last = MinorsPolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0
    row = MinorsPolicyVersion.objects.create(number=last + 1, source=source, note=because, created_by=actor.user)
    append(actor, "minors.policy", row, reason=because, detail={"number": row.number, "version": policy.version})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_MINORS)
def set_profile(
    actor: Actor,
    account: Account,
    *,
    basis: str,
    band: str = "",
    born: str = "",
    mode: bool | None = None,
    contact: str | None = None,
    reason: str = "",
) -> CareProfile:
    """State whose account this is.

    A statement gives way to one that is better founded (verified, a guardian's). A suspicion is not undone by a mere
    statement of being grown up: that takes verification, or an appeal.

    Args:
        band: id of a band, ``adult``, or empty to leave it. ``born``: ``YYYY-MM``, likewise.
        mode: switch minors' mode; None leaves it. ``contact``: the caller's reference of guardian or emergency contact.

    Raises:
        InvalidField: an unknown band or month, or a better founded statement stands.
    """
    row = CareProfile.objects.filter(pk=account.pk).first() or CareProfile(account=account)
    founded = _basis(basis)
    if band not in ("", ADULT) and care.policy_in_force().band(band) is None:
        raise InvalidField(field="band", problem="no such age band")
    if born and not month_of_birth(born):
        raise InvalidField(field="born", problem="a month is written YYYY-MM")
    if (band or born) and founded.rank < Basis(row.basis).rank:
        raise InvalidField(field="basis", problem=f"the age is known by a better founded statement ({row.basis})")
    before = {"band": row.band, "born": row.born, "basis": row.basis, "mode": row.mode}
    suspected = row.basis == Basis.SUSPECTED
    if band or born:
        keeps = suspected and band == ADULT and founded.rank < Basis.VERIFIED.rank
        row.band, row.born = band or row.band, born or row.born
        row.basis = row.basis if keeps else founded
        row.mode = row.mode if keeps or band != ADULT else False
    if mode is not None:
        row.mode = mode or (row.basis == Basis.SUSPECTED and founded.rank < Basis.VERIFIED.rank and row.mode)
    row.contact = row.contact if contact is None else contact.strip()
    row.updated_at = timezone.now()
    clean(row)
    row.save()
    after = {"band": row.band, "born": row.born, "basis": row.basis, "mode": row.mode}
    append(actor, "minors.profile", account, reason=reason.strip(), detail={"before": before, "after": after})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_MINORS)
def clear_suspicion(actor: Actor, account: Account, reason: str) -> CareProfile:
    """End minors' mode that a suspicion switched on: the appeal is upheld, the account counts as verified.

    Raises:
        ReasonMissing; NotFound, InvalidField: nothing is suspected of this account.
    """
    because = reasoned(reason)
    row = fresh(CareProfile(account=account))
    if row.basis != Basis.SUSPECTED:
        raise InvalidField(field="basis", problem="this account is not suspected to be a minor's")
    row.band, row.basis, row.mode, row.updated_at = ADULT, Basis.VERIFIED, False, timezone.now()
    row.save()
    append(actor, "minors.clear", account, reason=because, detail={"suspected_at": row.suspected_at})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_MINORS)
def note_yearly(actor: Actor, service: Service, year: int, kind: Kind, where: str, on: date) -> minors_years.Done:
    """Note that a year's document was published (``public``) or reported to the authority (``audit``).

    Args:
        where: the address of the published report, or the receipt. ``on``: the day in China.

    Raises:
        ReasonMissing: no place or receipt. InvalidField: the year is not over, or the day does not follow it.
    """
    said, today = reasoned(where), timezone.localdate()
    if year >= today.year:
        raise InvalidField(field="year", problem="the year is not over yet")
    if not date(year + 1, 1, 1) <= on <= today:
        raise InvalidField(field="on", problem=f"a day from {year + 1}-01-01 to today")
    detail = {"year": year, "kind": kind, "on": on.isoformat()}
    append(actor, minors_years.NOTED, service, reason=said, detail=detail)
    return minors_years.Done(year, kind, on, said)


def _basis(text: str) -> Basis:
    try:
        found = Basis(text)
    except ValueError:
        raise InvalidField(field="basis", problem="stated, guardian or verified") from None
    if found in (Basis.NONE, Basis.SUSPECTED):
        raise InvalidField(field="basis", problem="stated, guardian or verified")
    return found
