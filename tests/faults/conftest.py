"""One installation is made once; every test gets a copy, with a database of its own."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from guiju.store import models
from tests.faults.plant import Plant
from tests.faults.writing import Clock, Writing
from tests.postgres import Cluster, PostgresMissing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Processes start and stop in these tests, again and again: they get more time than others."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(300 * int(os.environ.get("GUIJU_TEST_FAULTS", "1"))))


@pytest.fixture(scope="session")
def thorough() -> int:
    """Multiplies rounds and counts: ``GUIJU_TEST_FAULTS=20 pytest tests/faults`` looks longer."""
    return int(os.environ.get("GUIJU_TEST_FAULTS", "1"))


@pytest.fixture(scope="session")
def _pristine(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("pristine") / "var").init()


@pytest.fixture
def plant(_pristine: Plant, tmp_path: Path) -> Plant:
    """An installation on an embedded database."""
    return _pristine.copy(tmp_path / "var")


@pytest.fixture(scope="session")
def _cluster() -> Iterator[Cluster]:
    pytest.importorskip("psycopg", reason="the driver is missing: make install-dev")
    with tempfile.TemporaryDirectory(prefix="guiju-postgres-") as folder:
        try:
            cluster = Cluster(Path(folder))
        except PostgresMissing as missing:
            pytest.skip(str(missing))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(scope="session")
def _pristine_on_postgres(_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Plant:
    _execute(_cluster, "CREATE DATABASE pristine")
    env = {"GUIJU_DATABASE_URL": _cluster.address("pristine")}
    return Plant(tmp_path_factory.mktemp("pristine-postgres") / "var", env=env).init()


@pytest.fixture
def cluster(_cluster: Cluster) -> Iterator[Cluster]:
    """The PostgreSQL server of the run; it runs again after each test."""
    try:
        yield _cluster
    finally:
        if not _answers(_cluster):
            _cluster.start()


@pytest.fixture
def on_postgres(cluster: Cluster, _pristine_on_postgres: Plant, tmp_path: Path) -> Plant:
    """An installation on a PostgreSQL database of its own."""
    return _another(cluster, _pristine_on_postgres, tmp_path)


@pytest.fixture(scope="module")
def shared_on_postgres(
    _cluster: Cluster, _pristine_on_postgres: Plant, tmp_path_factory: pytest.TempPathFactory
) -> Plant:
    """One for all tests of a module."""
    return _another(_cluster, _pristine_on_postgres, tmp_path_factory.mktemp("shared"))


def _another(cluster: Cluster, pristine: Plant, folder: Path) -> Plant:
    name = f"plant_{secrets.token_hex(4)}"
    _execute(cluster, f"CREATE DATABASE {name} TEMPLATE pristine")
    return pristine.copy(folder / "var", GUIJU_DATABASE_URL=cluster.address(name))


def _execute(cluster: Cluster, statement: str) -> None:
    import psycopg

    with psycopg.connect(cluster.address(), autocommit=True) as connection:
        connection.execute(statement.encode())


def _answers(cluster: Cluster) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", cluster.port), timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture
def sanctions() -> list[int]:
    return []


@pytest.fixture(params=["short", "long"])
def writing(transactional_db: None, sanctions: list[int], request: pytest.FixtureRequest) -> Iterator[Writing]:
    """An evidence writer whose plain records go the short way, or the long one as all others do."""
    service = models.Service.objects.create(slug="chat", name="聊天")
    models.Integration.objects.create(
        id="in-1", name="客服", service=service, owner="王", purpose="assistant", status="approved"
    )
    running = Writing(Clock(), sanctions, short=request.param == "short")
    yield running
    running.stop()
    connections.close_all()
