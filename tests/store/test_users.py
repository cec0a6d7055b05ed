from __future__ import annotations

import pytest

from guiju import django_settings as production
from guiju.errors import AlreadyExists, InvalidField, LastAdministrator, OwnAccount, WeakPassword, WrongPassword
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, Role, User
from guiju.store.services import users
from guiju.store.services.users import Caution

pytestmark = pytest.mark.django_db
NEW = "correct-horse-battery-9"


@pytest.fixture
def person(administrator: Actor) -> tuple[User, str]:
    return users.create(administrator, "li.lei", Role.REVIEWER)


def test_a_new_user_gets_a_password_to_change(person: tuple[User, str]) -> None:
    user, password = person
    assert user.check_password(password)
    assert user.must_change_password
    assert len(password) == users.TEMPORARY_LENGTH
    assert password not in str(list(AuditEntry.objects.values()))


def test_names_are_unique_whatever_their_case(administrator: Actor, person: tuple[User, str]) -> None:
    with pytest.raises(AlreadyExists):
        users.create(administrator, "LI.LEI", Role.AUDITOR)


@pytest.mark.parametrize(("name", "role"), [("x y!", Role.AUDITOR), ("", Role.AUDITOR), ("ok", "root")])
def test_unusable_users_are_refused(administrator: Actor, name: str, role: str) -> None:
    with pytest.raises(InvalidField):
        users.create(administrator, name, role)


def test_changing_ones_own_password(person: tuple[User, str]) -> None:
    user, password = person
    actor = Actor.of(user)
    with pytest.raises(WrongPassword):
        users.change_own_password(actor, "wrong", NEW)
    for weak in (password, "short", "123456789012", "password1234", "li.lei.1234"):
        with pytest.raises(WeakPassword):
            users.change_own_password(actor, password, weak)
    changed = users.change_own_password(actor, password, NEW)
    assert changed.check_password(NEW)
    assert not changed.must_change_password


def test_nobody_changes_his_or_her_own_role(administrator: Actor) -> None:
    assert administrator.user is not None
    with pytest.raises(OwnAccount):
        users.set_role(administrator, administrator.user, Role.AUDITOR)
    with pytest.raises(OwnAccount):
        users.deactivate(administrator, administrator.user, "离职")


def test_the_last_administrator_stays(system: Actor, administrator: Actor) -> None:
    assert administrator.user is not None
    for attempt in (
        lambda user: users.set_role(system, user, Role.READ_ONLY),
        lambda user: users.deactivate(system, user, "离职"),
    ):
        with pytest.raises(LastAdministrator):
            attempt(administrator.user)
    other, _ = users.create(system, "second", Role.SYSTEM_ADMIN)
    users.deactivate(system, administrator.user, "离职")
    with pytest.raises(LastAdministrator):
        users.set_role(system, other, Role.AUDITOR)


def test_losing_the_last_auditor_is_cautioned(administrator: Actor, auditor: Actor) -> None:
    assert auditor.user is not None
    assert users.cautions() == ()
    assert users.deactivate(administrator, auditor.user, "离职") == (Caution.NO_AUDITOR,)


def test_a_deactivated_user_comes_back_with_a_new_password(
    administrator: Actor, auditor: Actor, person: tuple[User, str]
) -> None:
    user, old = person
    assert users.deactivate(administrator, user, "休假") == ()
    password = users.reactivate(administrator, user, "返岗")
    user.refresh_from_db()
    assert user.is_active
    assert user.check_password(password)
    assert not user.check_password(old)


def test_a_reset_password_is_temporary_again(administrator: Actor, person: tuple[User, str]) -> None:
    user, password = person
    users.change_own_password(Actor.of(user), password, NEW)
    fresh = users.reset_password(administrator, user)
    user.refresh_from_db()
    assert user.check_password(fresh)
    assert user.must_change_password


def test_a_lost_second_factor_is_removed(administrator: Actor, person: tuple[User, str]) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user, _ = person
    TOTPDevice.objects.create(user=user, name="phone", confirmed=True)
    TOTPDevice.objects.create(user=user, name="new", confirmed=False)
    assert users.reset_totp(administrator, user, "手机丢失") == 2
    assert not TOTPDevice.objects.filter(user=user).exists()


def test_passwords_are_hashed_slowly_where_no_test_runs() -> None:
    assert production.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
