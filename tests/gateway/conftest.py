"""A model service, a gateway before it, and integrations that call: all real, over sockets of this machine.

The gateway's threads must see what tests store, so this folder's tests work on committed data in the test database and
leave it empty behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from guiju.store.models import Service
from guiju.store.services import word_lists
from tests.gateway.serving import SYSTEM, Caller, Gateway, close_clients, new_caller
from tests.gateway.stub import Stub

WORD = "紫檀木暗号"
"""A word that stops a text (high severity)."""
DOUBTFUL = "青铜门计划"
"""A word that sends a text to review (medium severity)."""
MASKED = "11010519491231002X"
"""An identity card number: masked in answers."""


@pytest.fixture(scope="package")
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database with a service and a word list, open to every thread."""
    with django_db_blocker.unblock(), _created():
        Service.objects.create(slug="chat", name="聊天")
        words = word_lists.create(SYSTEM, "planted", "试验词表", "A.1.h", "测试", "tests")
        csv = f"word,severity,hit,miss\n{WORD},high,{WORD},测试语句\n{DOUBTFUL},medium,,\n"
        word_lists.set_live(SYSTEM, word_lists.add_version(SYSTEM, words, csv))
        yield
        call_command("flush", interactive=False, verbosity=0)
        connection.close()


@contextmanager
def _created() -> Iterator[None]:
    """pytest-django makes a test database only where a marked test is collected; alone, this folder makes its own."""
    if Service._meta.db_table in connection.introspection.table_names():
        yield
        return
    made = setup_databases(verbosity=0, interactive=False)
    yield
    teardown_databases(made, verbosity=0)


@pytest.fixture(scope="package")
def _stub() -> Iterator[Stub]:
    stub = Stub()
    yield stub
    stub.close()


@pytest.fixture(scope="package")
def gateway(database: None, _stub: Stub) -> Iterator[Gateway]:
    """A running gateway before the stub."""
    running = Gateway(_stub.base)
    yield running
    running.close()


@pytest.fixture
def stub(_stub: Stub) -> Stub:
    """The model service, with nothing asked of it yet; it says 好 until told otherwise."""
    _stub.clear()
    _stub.says("好")
    return _stub


@pytest.fixture
def make(gateway: Gateway, stub: Stub) -> Callable[..., Caller]:
    """Makes an integration with the given fields."""

    def make(**fields: Any) -> Caller:
        return new_caller(gateway, **fields)

    return make


@pytest.fixture(autouse=True)
def _clients_closed() -> Iterator[None]:
    yield
    close_clients()


@pytest.fixture
def caller(make: Callable[..., Caller]) -> Caller:
    """An approved integration with the defaults: stand-in answers, label at the start."""
    return make()


@pytest.fixture(scope="module")
def _guard() -> Iterator[Stub]:
    stub = Stub()
    yield stub
    stub.close()


@pytest.fixture
def guard(_guard: Stub) -> Stub:
    """The guard that a gateway may ask for a second opinion; it was asked nothing yet."""
    _guard.clear()
    return _guard
