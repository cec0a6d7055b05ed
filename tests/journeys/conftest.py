"""A real installation (`guiju up` in its own process, its own data directory) and a real browser looking at it.

On SQLite; on PostgreSQL where `python -m tests.postgres` stands before pytest, as it does for the journeys by role.

Every journey keeps screenshots under ``artifacts/screenshots/``. A message in the browser's console, an exception on a
page, or a blocked script fails the journey it happens in.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openai
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests import postgres

ROOT = Path(__file__).parent.parent.parent
SCREENSHOTS = ROOT / "artifacts" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars"]
expect.set_options(timeout=120_000)  # a machine may be busy with much else
PASSWORD = "a-good-password-of-mine-8"


@dataclass
class Installation:
    """A running Guiju and the secrets of its first run."""

    address: str
    first: dict[str, str]
    colleagues: dict[str, str] = field(default_factory=dict)
    """user names by role, of those who joined so far"""

    def chat(self, text: str, user: str = "journey") -> str:
        """What the model answers to ``text``, asked with the official client and the example integration's key."""
        with openai.OpenAI(
            base_url=f"{self.address}/v1", api_key=self.first["integration_key"], max_retries=0
        ) as client:
            answer = client.chat.completions.create(
                model="guiju-demo", messages=[{"role": "user", "content": text}], user=user
            )
        self._settled()
        return answer.choices[0].message.content or ""

    def _settled(self) -> None:
        """Until the screens see every record that is durable."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with urllib.request.urlopen(f"{self.address}/metrics", timeout=30) as page:
                if b"guiju_evidence_behind 0\n" in page.read():
                    return
            time.sleep(0.02)
        pytest.fail("records stay out of the database")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The installation that most journeys share."""
    with running(tmp_path_factory.mktemp("home")) as started:
        yield started


@contextlib.contextmanager
def running(home: Path) -> Iterator[Installation]:
    """Set up and start Guiju in ``home``; stop it at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUIJU_")}
    environment = {**kept, "GUIJU_HOME": str(home), "GUIJU_DATABASE_URL": _own_database(home)}
    guiju = [sys.executable, "-m", "guiju.cli"]
    first = json.loads(subprocess.check_output([*guiju, "init", "--json"], env=environment, cwd=home))
    port = _free_port()
    log = (home / "journey.log").open("wb")
    process = subprocess.Popen(
        [*guiju, "up", "--port", str(port)], env=environment, cwd=home, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(address, process, home / "journey.log")
        yield Installation(address, first)
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _own_database(home: Path) -> str:
    """Where the installation keeps its rows: in a database of its own on the cluster of this run, or in its SQLite file."""
    cluster = os.environ.get(postgres.VARIABLE)
    if not cluster:
        return ""
    import psycopg

    name = f"journey_{home.parent.name}_{home.name}".replace("-", "_").lower()[-60:]
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{cluster.rsplit('/', 1)[0]}/{name}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 100  # a machine may be busy with much else
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/ready", timeout=5) as answer:
            if answer.status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"guiju up did not become ready:\n{log.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("GUIJU_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no browser found: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """One window of a browser, with what went wrong in it."""

    page: Page
    installation: Installation
    name: str
    problems: list[str]
    shots: int = 0

    def go(self, path: str) -> None:
        """Open an address of the console."""
        self.page.goto(self.installation.address + path)

    def shot(self, name: str) -> None:
        """Keep a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.shots += 1
        self.page.screenshot(path=SCREENSHOTS / f"{self.name}-{self.shots:02d}-{name}.png", full_page=True)

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Fill in the sign-in screen; ends wherever Guiju leads."""
        self.go("/sign-in/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda address: "/sign-in/" not in address)

    def sign_out(self) -> None:
        """Leave by the menu."""
        self.page.click("details.pop summary")
        self.page.click("details.pop form button")
        self.page.wait_for_url("**/sign-in/")

    def choose_password(self, present: str) -> None:
        """The forced change after a temporary password."""
        self.page.wait_for_url("**/own/password/")
        self.page.fill("[name=present]", present)
        self.page.fill("[name=new]", PASSWORD)
        self.page.fill("[name=again]", PASSWORD)
        self.page.press("[name=again]", "Enter")
        self.page.wait_for_url(lambda address: "/own/password/" not in address)


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(request: pytest.FixtureRequest, installation: Installation, chromium: Browser) -> Iterator[Visitor]:
    """Makes windows: ``visit()``, or ``visit(width=390)`` for a phone. Their problems fail the test at its end."""
    windows: list[tuple[BrowserContext, Visit]] = []
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")

    def open_window(width: int = 1280, height: int = 860, at: Installation = installation) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        page, problems = context.new_page(), []
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: _note(message, problems))
        windows.append((context, Visit(page, at, name, problems)))
        return windows[-1][1]

    yield open_window
    found = [problem for _, window in windows for problem in window.problems]
    for context, _ in windows:
        context.close()
    assert found == []


def _note(message: ConsoleMessage, problems: list[str]) -> None:
    """Keep errors; a 4xx answer the journey asked for is none (the browser reports it as a failed resource)."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        problems.append(message.text)


@pytest.fixture
def administrator(visit: Visitor, installation: Installation) -> Visit:
    """The first administrator, past the forced change of password."""
    window = visit()
    if "system_admin" in installation.colleagues:
        window.sign_in(installation.colleagues["system_admin"])
    else:
        window.sign_in(installation.first["admin_username"], installation.first["admin_password"])
        window.choose_password(installation.first["admin_password"])
        installation.colleagues["system_admin"] = installation.first["admin_username"]
    return window


@pytest.fixture
def colleague(visit: Visitor, installation: Installation, administrator: Visit) -> Callable[..., Visit]:
    """Signs in the colleague of a role, whom the administrator creates on the screen the first time."""

    def of(role: str, **size: int) -> Visit:
        name = installation.colleagues.get(role)
        window = visit(**size)
        if name is not None:
            window.sign_in(name)
            return window
        name = f"my-{role.replace('_', '-')}"
        administrator.go("/users/new/")
        administrator.page.fill("[name=username]", name)
        administrator.page.select_option("[name=role]", role)
        administrator.page.click("main button.primary")
        temporary = administrator.page.inner_text("#temporary-password")
        window.sign_in(name, temporary)
        window.choose_password(temporary)
        installation.colleagues[role] = name
        return window

    return of
