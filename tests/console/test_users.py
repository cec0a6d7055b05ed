"""Users and the audit log on their screens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from guiju.store.models import AuditEntry, Role, User

from .conftest import PASSWORD, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def admin(browser: Callable[[str], Client]) -> Client:
    return browser(Role.SYSTEM_ADMIN)


def shown(page: str) -> str:
    found = re.search(r'id="temporary-password">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_a_new_user_gets_a_password_shown_once(admin: Client) -> None:
    page = admin.post("/users/new/", {"username": "han.mei", "role": "auditor"}).content.decode()
    user = User.objects.get(username="han.mei")
    assert user.check_password(shown(page))
    assert user.must_change_password
    assert shown(page) not in admin.get(f"/users/{user.pk}/").content.decode()


def test_a_taken_name_is_said_at_its_field(admin: Client, user_of: Callable[[str], User]) -> None:
    name = user_of(Role.REVIEWER).username
    page = admin.post("/users/new/", {"username": name.upper(), "role": "auditor"}).content.decode()
    assert "GJ-7014" in page
    assert 'id="id_username_error"' in page


def test_changing_a_role_warns_when_nobody_audits_any_more(admin: Client, user_of: Callable[[str], User]) -> None:
    auditor = user_of(Role.AUDITOR)
    page = admin.post(f"/users/{auditor.pk}/role/", {"role": "reviewer"}, follow=True).content.decode()
    assert "没有在用的审计员" in page
    auditor.refresh_from_db()
    assert auditor.role == Role.REVIEWER


def test_nobody_changes_himself(admin: Client, user_of: Callable[[str], User]) -> None:
    me = user_of(Role.SYSTEM_ADMIN)
    assert admin.post(f"/users/{me.pk}/deactivate/", {"reason": "x"}).status_code == 409
    assert admin.post(f"/users/{me.pk}/role/", {"role": "auditor"}).status_code == 409
    page = admin.get(f"/users/{me.pk}/").content.decode()
    assert 'data-dialog="ask-deactivate"' not in page


def test_deactivating_and_letting_in_again(admin: Client, user_of: Callable[[str], User]) -> None:
    person = user_of(Role.REVIEWER)
    assert admin.post(f"/users/{person.pk}/deactivate/", {"reason": ""}).status_code == 422
    admin.post(f"/users/{person.pk}/deactivate/", {"reason": "离职"})
    person.refresh_from_db()
    assert not person.is_active
    password = shown(admin.post(f"/users/{person.pk}/reactivate/", {"reason": "返岗"}).content.decode())
    person.refresh_from_db()
    assert person.is_active
    assert person.check_password(password)


def test_resetting_what_was_lost(admin: Client, user_of: Callable[[str], User]) -> None:
    person = user_of(Role.REVIEWER)
    TOTPDevice.objects.create(user=person, confirmed=True)
    assert 'data-dialog="ask-totp"' in admin.get(f"/users/{person.pk}/").content.decode()
    admin.post(f"/users/{person.pk}/second-factor/", {"reason": "手机丢失"})
    assert not TOTPDevice.objects.exists()
    shown(admin.post(f"/users/{person.pk}/password/").content.decode())
    person.refresh_from_db()
    assert not person.check_password(PASSWORD)


@pytest.mark.parametrize(("query", "count"), [("", 2), ("q=U-REV", 1), ("role=auditor", 0), ("role=odd", 2)])
def test_the_list_is_filtered(query: str, count: int, admin: Client, user_of: Callable[[str], User]) -> None:
    user_of(Role.REVIEWER)
    assert admin.get(f"/users/?{query}").context["page"].paginator.count == count


def test_the_audit_log_is_filtered_and_verified(world: World, browser: Callable[[str], Client]) -> None:
    auditor = browser(Role.AUDITOR)
    page = auditor.get("/audit/")
    assert page.context["page"].paginator.count == AuditEntry.objects.count() > 10
    assert "登记接入应用" in page.content.decode()
    assert "接入应用</span>" in page.content.decode()  # objects by their names
    one = auditor.get(f"/audit/?action=integration.create&object={world.integration.pk}&who=test")
    assert one.context["page"].paginator.count == 1
    assert auditor.get("/audit/?since=2100-01-01").context["page"].paginator.count == 0
    assert auditor.get("/audit/?until=nonsense").context["page"].paginator.count > 10
    assert "审计日志完整" in auditor.post("/audit/verify/", follow=True).content.decode()
    AuditEntry.objects.filter(action="integration.create").update(reason="改动")
    assert "审计日志被改动" in auditor.post("/audit/verify/", follow=True).content.decode()
