"""Console users. One role each; passwords are given out once and must be changed at the first sign-in.

Hashing a password is slow on purpose, so it is done before the transaction begins, never inside it.
"""

from __future__ import annotations

import enum
import secrets

from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django_otp import devices_for_user

from guiju.errors import AlreadyExists, InvalidField, LastAdministrator, OwnAccount, WeakPassword, WrongPassword
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import Role, User
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh

ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits of temporary passwords, without the ones people mistake for each other."""

TEMPORARY_LENGTH = 16


class Caution(enum.StrEnum):
    """Something allowed that leaves the installation in a state somebody should mend."""

    NO_AUDITOR = "no_auditor"
    """There is no active auditor any more: nobody reads the audit log."""


@guarded(Permission.MANAGE_USERS)
def create(actor: Actor, username: str, role: str, *, language: str = "", email: str = "") -> tuple[User, str]:
    """Make a user with a random temporary password, which is returned and cannot be shown again.

    Raises:
        AlreadyExists: the user name is taken. InvalidField: an unknown role, an unusable name.
    """
    password, hashed = _temporary_password()
    user = User(
        username=User.normalize_username(username.strip()),
        role=role,
        language=language,
        email=email,
        password=hashed,
        must_change_password=True,
    )
    with one_at_a_time():
        if User.objects.filter(username__iexact=user.username).exists():
            raise AlreadyExists(what_zh="用户", what_en="A user", key=user.username)
        clean(user)
        user.save(force_insert=True)
        append(actor, "user.create", user, detail={"username": user.username, "role": role})
    return user, password


@act(Permission.MANAGE_USERS)
def set_role(actor: Actor, user: User, role: str) -> tuple[Caution, ...]:
    """Give another role.

    Raises:
        OwnAccount: nobody changes his or her own role. LastAdministrator. InvalidField: an unknown role.
    """
    row = fresh(user)
    _not_oneself(actor, row)
    if role not in Role.values:
        raise InvalidField(field="role", problem="unknown role")
    if role == row.role:
        return ()
    _keep_an_administrator(row)
    before, row.role = row.role, role
    row.save(update_fields=["role"])
    append(actor, "user.role", row, detail={"username": row.username, "before": before, "after": role})
    return cautions()


@act(Permission.MANAGE_USERS)
def deactivate(actor: Actor, user: User, reason: str) -> tuple[Caution, ...]:
    """Lock a user out at once; rows that name the user stay.

    Raises:
        OwnAccount, LastAdministrator, ReasonMissing.
    """
    row, because = fresh(user), reasoned(reason)
    _not_oneself(actor, row)
    _keep_an_administrator(row)
    row.is_active = False
    row.save(update_fields=["is_active"])
    append(actor, "user.deactivate", row, reason=because, detail={"username": row.username, "role": row.role})
    return cautions()


@guarded(Permission.MANAGE_USERS)
def reactivate(actor: Actor, user: User, reason: str) -> str:
    """Let a deactivated user in again, with a new temporary password, which is returned."""
    because = reasoned(reason)
    password, hashed = _temporary_password()
    with one_at_a_time():
        row = fresh(user)
        row.is_active, row.password, row.must_change_password = True, hashed, True
        row.save(update_fields=["is_active", "password", "must_change_password"])
        append(actor, "user.reactivate", row, reason=because, detail={"username": row.username})
    return password


@guarded(Permission.MANAGE_USERS)
def reset_password(actor: Actor, user: User) -> str:
    """Replace a forgotten password by a temporary one, which is returned.

    Open sessions of the user end, and so does a lock from failed sign-ins.
    """
    password, hashed = _temporary_password()
    with one_at_a_time():
        row = fresh(user)
        row.password, row.must_change_password = hashed, True
        row.save(update_fields=["password", "must_change_password"])
        AccessAttempt.objects.filter(username=row.username).delete()
        append(actor, "user.password.reset", row, detail={"username": row.username})
    return password


@guarded(Permission.CHANGE_OWN_PASSWORD)
def change_own_password(actor: Actor, old: str, new: str) -> User:
    """Change one's own password.

    Raises:
        WrongPassword: ``old`` is not the present one. WeakPassword: ``new`` breaks a rule, or is the old one.
    """
    if actor.user is None or not (row := fresh(actor.user)).check_password(old):
        raise WrongPassword
    if new == old:
        raise WeakPassword(problem="the same as before")
    try:
        validate_password(new, row)
    except ValidationError as error:
        raise WeakPassword(problem=" ".join(error.messages)) from None
    row.set_password(new)
    row.must_change_password = False
    with one_at_a_time():
        row.save(update_fields=["password", "must_change_password"])
        append(actor, "user.password.change", row)
    return row


@act(Permission.MANAGE_USERS)
def reset_totp(actor: Actor, user: User, reason: str) -> int:
    """Remove a lost second factor; returns how many devices were removed. The user sets up a new one."""
    row, because = fresh(user), reasoned(reason)
    devices = list(devices_for_user(row, confirmed=None))
    for device in devices:
        device.delete()
    append(actor, "user.totp.reset", row, reason=because, detail={"username": row.username, "devices": len(devices)})
    return len(devices)


def cautions() -> tuple[Caution, ...]:
    """What the present set of users lacks."""
    audited = User.objects.filter(role=Role.AUDITOR, is_active=True).exists()
    return () if audited else (Caution.NO_AUDITOR,)


def _temporary_password() -> tuple[str, str]:
    """A random password, and its slow hash."""
    password = "".join(secrets.choice(ALPHABET) for _ in range(TEMPORARY_LENGTH))
    return password, make_password(password)


def _not_oneself(actor: Actor, user: User) -> None:
    if actor.user is not None and actor.user.pk == user.pk:
        raise OwnAccount


def _keep_an_administrator(user: User) -> None:
    """Refuse to take away the last active administrator (acts run one at a time, so two cannot go at once)."""
    if user.role != Role.SYSTEM_ADMIN or not user.is_active:
        return
    if not User.objects.filter(role=Role.SYSTEM_ADMIN, is_active=True).exclude(pk=user.pk).exists():
        raise LastAdministrator(username=user.username)
