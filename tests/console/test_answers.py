"""Errors, languages, themes, static files, and what every answer promises a browser."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from guiju.console.static_files import files
from guiju.store.models import Role, User

from .conftest import World

pytestmark = pytest.mark.django_db


def test_chinese_by_default_english_by_a_switch_kept_with_the_user(
    browser: Callable[[str], Client], user_of: Callable[[str], User]
) -> None:
    client = browser(Role.COMPLIANCE)
    first = client.get("/")
    assert (first.headers["Content-Language"], "总览" in first.content.decode()) == ("zh-hans", True)
    assert client.post("/language/", {"language": "en", "next": "/policies/"}).headers["Location"] == "/policies/"
    assert 'lang="en"' in client.get("/").content.decode()
    assert user_of(Role.COMPLIANCE).language == "en"
    elsewhere = browser(Role.COMPLIANCE).get("/").content.decode()
    assert "Overview" in elsewhere  # another machine, the same user


def test_before_signing_in_a_cookie_keeps_the_language(client: Client) -> None:
    client.post("/language/", {"language": "en"})
    assert "User name or password" not in (page := client.get("/sign-in/").content.decode())
    assert "Sign in" in page
    client.post("/language/", {"language": "fr"})
    assert "Sign in" in client.get("/sign-in/").content.decode()


def test_a_browsers_own_preference_is_not_asked(client: Client) -> None:
    assert "登录" in client.get("/sign-in/", headers={"Accept-Language": "en"}).content.decode()


def test_the_theme_is_kept_in_a_cookie(client: Client) -> None:
    assert 'data-theme="auto"' in client.get("/sign-in/").content.decode()
    client.post("/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()
    client.post("/theme/", {"theme": '"><script>'})
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize(("language", "message"), [("zh-hans", "没有编号为"), ("en", "There is no obligation")])
def test_an_error_has_code_message_and_remedy_in_the_users_language(
    language: str, message: str, world: World, browser: Callable[[str], Client]
) -> None:
    client = browser(Role.COMPLIANCE)
    client.post("/language/", {"language": language})
    answer = client.get("/obligations/NO-99/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "GJ-4008" in page
    assert message in page
    assert "guiju law status" in page


def test_htmx_gets_a_fragment_put_where_notices_stand(world: World, browser: Callable[[str], Client]) -> None:
    answer = browser(Role.READ_ONLY).get("/records/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (403, "#problems")
    page = answer.content.decode()
    assert "GJ-7001" in page
    assert "<html" not in page


def test_htmx_is_led_to_the_sign_in_screen(client: Client) -> None:
    answer = client.get("/records/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in/")


def test_unknown_addresses_and_wrong_methods(browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    assert client.get("/nothing/here/").status_code == 404
    assert "此地址下没有内容" in client.get("/nothing/here/").content.decode()
    assert client.get("/measure/").status_code == 405
    assert client.delete("/").status_code == 405


def test_a_form_without_its_token_is_refused_with_a_way_out(user_of: Callable[[str], User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user_of(Role.COMPLIANCE), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/policies/roll-back/")
    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


def test_a_failure_of_ours_tells_nothing(browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[object]:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("guiju.console.views.overview.statuses", broken)
    monkeypatch.setattr("guiju.console.views.overview.service_of", broken)
    client = browser(Role.COMPLIANCE)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.content.decode()
    assert "规矩内部出错" in answer.content.decode()


def test_every_answer_forbids_inline_code_and_keeping(world: World, browser: Callable[[str], Client]) -> None:
    answer = browser(Role.COMPLIANCE).get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_static_files_are_addressed_by_their_hash_and_kept_for_a_year(client: Client) -> None:
    address = re.search(r'href="(/static/console/guiju\.css\?v=\w+)"', client.get("/sign-in/").content.decode())
    assert address is not None
    plain = client.get(address[1])
    zipped = client.get(address[1], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in plain.headers["Cache-Control"]
    assert gzip.decompress(zipped.content) == plain.content == files()["console/guiju.css"].body
    assert zipped.headers["Content-Encoding"] == "gzip"
    again = client.get(address[1], headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/static/console/guiju.css").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["nothing.css", "../apps.py", "console/../../apps.py", "%2e%2e/apps.py"])
def test_nothing_outside_the_folder_is_served(client: Client, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_the_demonstration_model_is_named_on_every_screen(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    assert not settings.GUIJU.services()
    for page in ("/", "/records/", "/integrations/", "/try/"):
        assert "演示模型" in client.get(page).content.decode()
