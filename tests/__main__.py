"""``python -m tests [LEG …]``: every test, on everything this machine has. ``make test`` calls it without arguments.

Five legs, each a pytest of its own:

=========  ==================================================================================================
faults     ``tests/faults``: processes killed, disks full, databases gone
sqlite     the tests that touch the database (``tests/gateway``, ``console``, ``cli``, ``store``), on an embedded one
core       all the others but the journeys: needs nothing but Python
postgres   of the tests that touch the database those that PostgreSQL could change (``tests/conftest.py``), on a throw-away
           cluster; the journeys by role, a reviewer's day
browser    ``tests/journeys`` in a headless Chromium; screenshots land in ``artifacts/``
=========  ==================================================================================================

Four legs run at a time: the faults and the browser mostly wait. A leg whose other half is not installed is skipped, and said to be.
``GUIJU_TEST_REQUIRE=postgres,browser`` turns that into a failure, and so does it any single test that was skipped in every
leg for want of them; tests that want something else (a program to compare with, public data beside the repository) are
named and may be skipped. The last line is the sum of all legs.

Where at most three tests of a leg fail, those run once more when all legs are through, alone on a machine that has nothing
else to do. One that passes then is *unsteady*: it is named, both outputs are shown, and it fails nothing; whoever sees it
finds out why. One that fails again has failed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from tests import postgres

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "artifacts" / "results"
FAILURES = 1
"""pytest's exit status when tests ran and some failed."""
NO_TESTS = 5
"""pytest's exit status when it collected nothing."""
FEW = 3
"""So many failures of a leg are tried once more; where more fail, something is broken."""


def _without_postgres() -> str:
    if importlib.util.find_spec("psycopg") is None:
        return "the driver is missing: make install-dev"
    if not os.environ.get(postgres.VARIABLE):
        try:
            postgres.binaries()
        except postgres.PostgresMissing as error:
            return str(error)
    return ""


def _without_browser() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("GUIJU_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return "" if found else "no browser found: apt-get install chromium fonts-noto-cjk"


AGAIN = "-again"


@dataclass(frozen=True)
class Leg:
    """One pytest: its name, what stands before ``pytest``, its arguments, and why it cannot run here (or nothing)."""

    name: str
    arguments: tuple[str, ...]
    before: tuple[str, ...] = ()
    missing: Callable[[], str] = lambda: ""

    def command(self) -> list[str]:
        """The whole command line."""
        kept = f"cache_dir={RESULTS / 'cache' / self.name.removesuffix(AGAIN)}"
        pytest = ["-m", "pytest", *self.arguments, "-o", kept, f"--junitxml={RESULTS / self.name}.xml"]
        if not self.before:
            return [sys.executable, *pytest]
        return [sys.executable, *self.before, sys.executable, *pytest]

    def again(self) -> Leg:
        """The same for those alone that failed."""
        only = ("--last-failed", "--last-failed-no-failures=none")
        return replace(self, name=self.name + AGAIN, arguments=(*self.arguments, *only))

    def environment(self) -> dict[str, str]:
        """The environment without what would choose another database or other settings."""
        chosen = {"DJANGO_SETTINGS_MODULE"} if self.before else {"DJANGO_SETTINGS_MODULE", postgres.VARIABLE}
        return {name: value for name, value in os.environ.items() if name not in chosen}


SHELLS = ("tests/gateway", "tests/console", "tests/cli", "tests/store")
TABLES = ("--no-migrations",)
"""Make the test database's tables from the models: the legs of either database go through every migration, once is enough."""
LEGS = (
    Leg("sqlite", SHELLS),
    Leg("faults", ("tests/faults", *TABLES)),
    Leg(
        "postgres",
        (
            "tests/store",
            "tests/gateway",
            "tests/console",
            "tests/cli/on_database",
            "tests/journeys/test_roles.py",
        ),
        before=("-m", "tests.postgres", "--"),
        missing=_without_postgres,
    ),
    Leg("browser", ("tests/journeys", *TABLES), missing=_without_browser),
    Leg("core", (*(f"--ignore={path}" for path in (*SHELLS, "tests/faults", "tests/journeys")), *TABLES)),
)


@dataclass
class Outcome:
    """What one leg came to: test ids by result, and its exit status."""

    status: int = 0
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)
    unsteady: set[str] = field(default_factory=set)
    """failed among the others, and passed alone"""

    def mend(self, alone: Outcome) -> None:
        """Count those that passed when they ran once more, ``alone``, as unsteady."""
        self.unsteady = self.failed & alone.passed
        self.failed -= self.unsteady
        self.passed |= self.unsteady
        if not self.failed:
            self.status = alone.status


_WORDS = {"postgres": ("postgres", "driver"), "browser": ("browser", "chromium")}


def _wants(why: str, half: str) -> bool:
    """Whether a test was skipped for want of this half, by the reason it gave."""
    return any(word in why.lower() for word in _WORDS.get(half, (half,)))


_PRINTING = threading.Lock()


def run(leg: Leg, aside: bool = False) -> Outcome:
    """Run one leg and read its result file. Its output goes to the terminal as it comes, or, ``aside``, when it has ended."""
    result, log = RESULTS / f"{leg.name}.xml", RESULTS / f"{leg.name}.log"
    result.unlink(missing_ok=True)
    heading = f"\n━━━ {leg.name} ━━━"
    if aside:
        with log.open("wb") as out:
            status = _call(leg, out)
        with _PRINTING:
            print(heading, log.read_text("utf-8", "replace"), sep="\n", flush=True)
    else:
        print(heading, flush=True)
        status = _call(leg, None)
    outcome = Outcome(status)
    if not result.exists():  # pytest did not get as far as running anything
        outcome.status = outcome.status or 1
        return outcome
    for case in ElementTree.parse(result).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed.add(name)
        elif (skip := case.find("skipped")) is not None:
            outcome.skipped[name] = skip.get("message") or ""
        else:
            outcome.passed.add(name)
    return outcome


def _call(leg: Leg, out: IO[bytes] | None) -> int:
    streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out and subprocess.STDOUT}
    return subprocess.call(leg.command(), cwd=ROOT, env=leg.environment(), **streams)


def _together(legs: list[Leg]) -> list[Outcome]:
    """Run legs, four at a time where the machine has two cores or more; the first one's output comes as it goes."""
    with ThreadPoolExecutor(4 if (os.cpu_count() or 1) > 1 else 1) as pool:
        return list(pool.map(run, legs, [number > 0 for number in range(len(legs))]))


def main(names: list[str]) -> int:
    """Run the legs called ``names`` (all without any) and sum them up; 0 when everything that had to pass did."""
    unknown = set(names) - {leg.name for leg in LEGS}
    if unknown:
        print(f"no such leg: {', '.join(sorted(unknown))}; there are {', '.join(leg.name for leg in LEGS)}")
        return 2
    required = {word.strip() for word in os.environ.get("GUIJU_TEST_REQUIRE", "").split(",")} - {""}
    RESULTS.mkdir(parents=True, exist_ok=True)
    chosen = [leg for leg in LEGS if not names or leg.name in names]
    missing = {leg.name: reason for leg in chosen if (reason := leg.missing())}
    present = [leg for leg in chosen if leg.name not in missing]
    outcomes = _together(present)
    for leg, outcome in zip(present, outcomes, strict=True):
        if outcome.status == FAILURES and 0 < len(outcome.failed) <= FEW:
            outcome.mend(run(leg.again()))
    results = dict(zip([leg.name for leg in present], outcomes, strict=True))
    lines: list[str] = []
    wrong = False
    for leg in chosen:
        if reason := missing.get(leg.name, ""):
            wrong |= leg.name in required
            lines.append(f"{leg.name:<9} {'MISSING' if leg.name in required else 'skipped'}: {reason}")
            continue
        outcome = results[leg.name]
        wrong |= outcome.status not in (0, NO_TESTS)
        lines.append(
            f"{leg.name:<9} {len(outcome.passed)} passed, {len(outcome.failed)} failed, {len(outcome.skipped)} skipped"
            f"{'' if outcome.status in (0, NO_TESTS) else f' (exit status {outcome.status})'}"
        )
    passed = sum(len(outcome.passed) for outcome in outcomes)
    failed = sum(len(outcome.failed) for outcome in outcomes)
    ran = {name for outcome in outcomes for name in outcome.passed | outcome.failed}
    never = {name: why for outcome in outcomes for name, why in outcome.skipped.items() if name not in ran}
    print("\n━━━ all of it ━━━", *lines, sep="\n")
    for name, why in sorted(never.items()):
        print(f"never ran: {name}: {why}")
    unsteady = sorted(name for outcome in outcomes for name in outcome.unsteady)
    for name in unsteady:
        print(f"unsteady: {name}: failed once, passed alone")
    wrong |= any(_wants(why, half) for why in never.values() for half in required) or not passed
    told = f", {len(unsteady)} unsteady" if unsteady else ""
    print(f"{passed} passed, {failed + (1 if wrong and not failed else 0)} failed, {len(never)} skipped{told}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
