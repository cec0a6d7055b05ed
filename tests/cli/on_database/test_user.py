from __future__ import annotations

import pytest

from guiju.store.models import User
from tests.cli.conftest import Run


def test_create_gives_a_temporary_password(guiju: Run) -> None:
    ran = guiju("user", "create", "li.lei", "--role", "auditor", "--json")
    user = User.objects.get(username="li.lei")
    assert ran.json["role"] == user.role == "auditor"
    assert user.must_change_password and user.check_password(ran.json["password"])


def test_reset_password_by_any_spelling_of_the_name(guiju: Run) -> None:
    first = guiju("user", "create", "Ann", "--role", "reviewer", "--json").json["password"]
    ran = guiju("user", "reset-password", "ann")
    assert ran.status == 0
    user = User.objects.get()
    assert not user.check_password(first)
    assert user.check_password(ran.out.split()[-1])


def test_reset_totp(guiju: Run) -> None:
    guiju("user", "create", "ann", "--role", "reviewer")
    ran = guiju("user", "reset-totp", "ann", "--reason", "lost")
    assert (ran.status, ran.out.strip()) == (0, "0 devices removed.")


def test_list(guiju: Run) -> None:
    guiju("user", "create", "ann", "--role", "reviewer")
    assert guiju("user", "list", "--json").json == [
        {"username": "ann", "role": "reviewer", "active": True, "last_login": None}
    ]
    assert "reviewer" in guiju("user", "list").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("create", "ann", "--role", "king"), "GJ-7006"),
        (("reset-password", "nobody"), "GJ-7002"),
        (("reset-totp", "nobody", "-r", "x"), "GJ-7002"),
    ],
)
def test_mistakes_have_codes(guiju: Run, arguments: tuple[str, ...], code: str) -> None:
    ran = guiju("user", *arguments)
    assert ran.status == 2 and code in ran.err
