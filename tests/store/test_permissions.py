from __future__ import annotations

from pathlib import Path

import pytest

from guiju.errors import PermissionDenied
from guiju.store.actor import SYSTEM_ROLE, Actor
from guiju.store.models import Role, User
from guiju.store.permissions import MATRIX, RULES, Kind, Permission, allowed, require

CONSOLE = tuple(Role.values)


def may(role: str) -> set[Permission]:
    return set(MATRIX[role])


def test_every_permission_is_in_the_file_with_both_names() -> None:
    assert set(RULES) == set(Permission)
    assert all(rule.zh and rule.en and rule.roles for rule in RULES.values())


def test_every_role_is_in_the_matrix() -> None:
    assert set(MATRIX) == {*CONSOLE, SYSTEM_ROLE}


@pytest.mark.parametrize("role", CONSOLE)
def test_nobody_both_acts_and_audits(role: str) -> None:
    kinds = {RULES[permission].kind for permission in MATRIX[role]}
    assert not {Kind.ACT, Kind.AUDIT} <= kinds


def test_the_auditor_changes_nothing_and_reads_no_text() -> None:
    assert {RULES[p].kind for p in may(Role.AUDITOR)} == {Kind.SEE, Kind.AUDIT}
    assert not may(Role.AUDITOR) & {Permission.READ_CASE_TEXT, Permission.READ_ANY_TEXT, Permission.EXPORT_TEXT}
    assert may(Role.AUDITOR) >= {Permission.SEE_AUDIT, Permission.VERIFY_EVIDENCE, Permission.EXPORT_EVIDENCE}


def test_the_administrator_neither_decides_nor_reads() -> None:
    administrator = may(Role.SYSTEM_ADMIN)
    assert administrator >= {Permission.MANAGE_USERS, Permission.MANAGE_KEYS}
    assert not administrator & {
        Permission.REVIEW_CASES,
        Permission.READ_CASE_TEXT,
        Permission.READ_ANY_TEXT,
        Permission.EXPORT_TEXT,
        Permission.IMPOSE_SANCTIONS,
        Permission.APPROVE_INTEGRATIONS,
        Permission.MANAGE_POLICIES,
    }


def test_only_the_administrator_manages_users() -> None:
    assert [role for role in CONSOLE if Permission.MANAGE_USERS in MATRIX[role]] == [Role.SYSTEM_ADMIN]


def test_only_reviewers_decide_and_they_close_no_account() -> None:
    assert [role for role in CONSOLE if Permission.REVIEW_CASES in MATRIX[role]] == [Role.REVIEWER]
    assert Permission.CLOSE_ACCOUNTS not in may(Role.REVIEWER)
    assert Permission.READ_ANY_TEXT not in may(Role.REVIEWER)


def test_read_only_sees_overview_and_obligations() -> None:
    assert may(Role.READ_ONLY) == {
        Permission.SEE_OVERVIEW,
        Permission.SEE_OBLIGATIONS,
        Permission.CHANGE_OWN_PASSWORD,
    }


def test_a_deactivated_user_may_do_nothing() -> None:
    actor = Actor.of(User(username="x", role=Role.COMPLIANCE, is_active=False))
    assert not any(allowed(actor, permission) for permission in Permission)


def test_an_unknown_role_may_do_nothing() -> None:
    assert not any(allowed(Actor(user=None, name="x", role="root"), permission) for permission in Permission)


def test_denied_says_what_in_both_languages() -> None:
    with pytest.raises(PermissionDenied) as caught:
        require(Actor.of(User(username="x", role=Role.AUDITOR)), Permission.MANAGE_USERS)
    assert caught.value.code == "GJ-7001"
    assert "管理用户" in caught.value.message("zh")
    assert "Manage users" in caught.value.message("en")


def test_the_page_about_roles_agrees_with_the_matrix() -> None:
    page = (Path(__file__).parents[2] / "docs" / "roles.md").read_text("utf-8")
    marks = {True: "●", False: ""}
    for permission, rule in RULES.items():
        cells = " | ".join(marks[role in rule.roles] for role in MATRIX)
        assert f"| `{permission}` {rule.zh} / {rule.en} | {cells} |" in page, permission
    assert page.count("\n| `") == len(RULES) + len(MATRIX)
