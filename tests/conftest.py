"""Settings of every test run: a throw-away data directory, and the database the run is for.

SQLite by default, in a file as in production (WAL, IMMEDIATE transactions). With ``GUIJU_TEST_DATABASE_URL`` set the
same tests run on that PostgreSQL; ``python -m tests.postgres -- pytest …`` starts a throw-away cluster and sets it.

On PostgreSQL run those whose answer a database can change: what searches, pages, sorts, counts by hours and days, locks,
claims, keeps JSON or is refused by a constraint, every service that writes, and every page once. Not those that touch no
database, nor the modules marked ``one_database``: the words of a screen, who may see or do what, where a stream is cut,
what a file carries, what only SQLite has. What they ask of the database others ask of both.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

if "guiju.django_settings" in sys.modules:  # pytest-django reads them before this file where the variable is set
    raise RuntimeError("unset DJANGO_SETTINGS_MODULE: the tests choose their own database and data directory")

_HOME = Path(tempfile.mkdtemp(prefix="guiju-test-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)

_KEPT = ("GUIJU_TEST_", "GUIJU_SHARED_DATA")  # the second: where real files lie that the project does not carry
for _name in [name for name in os.environ if name.startswith("GUIJU_") and not name.startswith(_KEPT)]:
    del os.environ[_name]
os.environ["GUIJU_HOME"] = str(_HOME)
os.environ["GUIJU_TEST_SQLITE"] = str(_HOME / "test.db")
os.environ["GUIJU_DATABASE_URL"] = os.environ.get("GUIJU_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "guiju.django_settings"

import django  # noqa: E402 - the environment above must be set first
import pytest  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

django.setup()

# Before anything is hashed: Django keeps its first answer. Processes that tests start hash as in production.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

_ROWS = {"db", "transactional_db", "database", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what it cannot change (see above)."""
    if not os.environ["GUIJU_DATABASE_URL"]:
        return
    left = [item for item in items if not _meets_rows(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if _meets_rows(item)]


def _meets_rows(item: pytest.Item) -> bool:
    if item.get_closest_marker("one_database"):
        return False
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(_ROWS & names) or "journeys" in item.path.parts


# No test depends on how fast the machine is.
settings.register_profile("guiju", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("guiju")


@pytest.fixture(autouse=True)
def _drawn_by_no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """No case is drawn for a second review by the hash of its record, which is another one each time: none or all are."""
    monkeypatch.setattr("guiju.store.second_reviews.drawn", lambda _key, per_mille: per_mille >= 1000)
