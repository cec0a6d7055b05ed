"""Signing in, and what holds a user back before the desk."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from guiju.console.middleware import SEEN
from guiju.store.models import AuditEntry, Role, User

from .conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def anna(user_of: Callable[[str], User]) -> User:
    return user_of(Role.COMPLIANCE)


def sign_in(client: Client, user: User, password: str = PASSWORD, **extra: str) -> object:
    return client.post("/sign-in/", {"username": user.username, "password": password, **extra})


def code(device: TOTPDevice, ahead: int = 0) -> str:
    """The six digits a phone shows."""
    return f"{totp(device.bin_key, t0=-30 * ahead):06d}"


def test_the_right_password_opens_the_desk_and_is_logged(client: Client, anna: User) -> None:
    answer = sign_in(client, anna)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert AuditEntry.objects.filter(action="user.sign_in", actor=anna).count() == 1
    client.post("/sign-out/")
    assert AuditEntry.objects.filter(action="user.sign_out", actor=anna).count() == 1
    assert client.get("/").status_code == 302


def test_one_message_for_every_way_of_being_wrong(client: Client, anna: User) -> None:
    wrong = sign_in(client, anna, "not-the-password")
    unknown = client.post("/sign-in/", {"username": "nobody", "password": "x"})
    User.objects.filter(pk=anna.pk).update(is_active=False)
    inactive = sign_in(client, anna)
    assert wrong.status_code == unknown.status_code == inactive.status_code == 401
    assert all("用户名或密码错误" in answer.content.decode() for answer in (wrong, unknown, inactive))


def test_guessing_locks_the_name_for_a_while(client: Client, anna: User) -> None:
    answers = [sign_in(client, anna, "wrong").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1] == 429
    locked = sign_in(client, anna)
    assert locked.status_code == 429
    assert str(settings.GUIJU.console.lock_minutes) in locked.content.decode()


def test_an_administrator_unlocks_with_a_new_password(
    client: Client, anna: User, browser: Callable[[str], Client]
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, anna, "wrong")
    page = browser(Role.SYSTEM_ADMIN).post(f"/users/{anna.pk}/password/").content.decode()
    password = re.search(r'id="temporary-password">([^<]+)<', page)
    assert password is not None
    assert not AccessAttempt.objects.filter(username=anna.username).exists()
    assert sign_in(client, anna, password[1]).status_code == 302


def test_signing_in_leads_back_but_never_elsewhere(client: Client, anna: User) -> None:
    asked = client.get("/obligations/?duty=3")
    assert asked.headers["Location"] == "/sign-in/?next=%2Fobligations%2F%3Fduty%3D3"
    assert sign_in(client, anna, next="/obligations/?duty=3").headers["Location"] == "/obligations/?duty=3"
    client.post("/sign-out/")
    assert sign_in(client, anna, next="https://evil.example/").headers["Location"] == "/"


def test_a_temporary_password_must_be_changed_before_anything_else(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(must_change_password=True)
    sign_in(client, anna)
    assert client.get("/").headers["Location"] == "/own/password/"
    assert client.get("/records/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/own/password/"
    fields = {"present": PASSWORD, "new": "another-good-one-42", "again": "another-good-one-43"}
    assert "不一致" in client.post("/own/password/", fields).content.decode()
    weak = client.post("/own/password/", {"present": PASSWORD, "new": "12345", "again": "12345"})
    assert "GJ-7013" in weak.content.decode()
    wrong = client.post("/own/password/", {**fields, "present": "x", "again": fields["new"]})
    assert "GJ-7012" in wrong.content.decode()
    assert client.post("/own/password/", {**fields, "again": fields["new"]}).status_code == 302
    assert client.get("/").status_code == 200  # still signed in, and through


def test_idle_users_are_signed_out(client: Client, anna: User) -> None:
    sign_in(client, anna)
    client.get("/")
    session = client.session
    session[SEEN] = int(time.time()) - settings.GUIJU.console.idle_timeout_s - 5
    session.save()
    answer = client.get("/obligations/")
    assert answer.headers["Location"] == "/sign-in/?idle=1"
    assert "已自动退出" in client.get("/sign-in/?idle=1").content.decode()
    assert client.get("/").status_code == 302


def test_enrolling_a_second_factor_and_signing_in_with_it(client: Client, anna: User) -> None:
    sign_in(client, anna)
    page = client.get("/own/enrol/").content.decode()
    device = TOTPDevice.objects.get(user=anna, confirmed=False)
    assert "data:image/svg+xml" in page
    assert "验证码不符" in client.post("/own/enrol/", {"token": "000000"}).content.decode()
    TOTPDevice.objects.filter(pk=device.pk).update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/own/enrol/", {"token": code(device)}).status_code == 302
    assert AuditEntry.objects.filter(action="user.enrol_totp").exists()
    assert client.get("/").status_code == 200
    client.post("/sign-out/")
    sign_in(client, anna)
    assert client.get("/").headers["Location"] == "/own/second-factor/"
    used = client.post("/own/second-factor/", {"token": code(device)})
    assert used.status_code == 200  # a code counts once
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/own/second-factor/", {"token": code(device, ahead=1)}).status_code == 302
    assert client.get("/").status_code == 200
    assert "验证器已设置" in client.get("/own/enrol/").content.decode()


def test_a_demanded_second_factor_holds_everybody_back(
    client: Client, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    demanding = settings.GUIJU.console.model_copy(update={"require_totp": True})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"console": demanding}))
    sign_in(client, anna)
    assert client.get("/").headers["Location"] == "/own/enrol/"
    assert client.get("/own/enrol/").status_code == 200


def test_an_unconfirmed_authenticator_lets_nobody_in_or_out(client: Client, anna: User) -> None:
    sign_in(client, anna)
    client.get("/own/enrol/")
    client.post("/sign-out/")
    sign_in(client, anna)
    assert client.get("/").status_code == 200


def test_a_deactivated_user_is_out_at_once(client: Client, anna: User) -> None:
    sign_in(client, anna)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert client.get("/").status_code == 302
