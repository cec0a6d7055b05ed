"""What is put back is what was made, whatever the test before did to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from guiju.store.models import Account, Service

from .conftest import World, _world
from .kept import Kept, Rows, _rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Kept[World]:
    return Kept(_world, shared=lambda world: (world.chain._vault,))


def _sorted(rows: Rows) -> dict[str, list[str]]:
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def test_rows_files_and_objects_come_back(kept: Kept[World]) -> None:
    with transaction.atomic():
        first = kept.put()
        made = _sorted(_rows())
        first.account.pseudonym = "changed"
        first.account.save()
        transaction.set_rollback(True)
    shutil.rmtree(settings.MEDIA_ROOT)
    second = kept.put()
    assert _sorted(_rows()) == made
    assert second.account.pseudonym == Account.objects.get(pk=second.account.pk).pseudonym == "a1b2c3"
    assert Path(settings.MEDIA_ROOT, second.document.file).read_bytes() == b"x"
    assert second.chain.write().pk == second.record.pk + 1


def test_beside_what_stood_already_it_is_made(kept: Kept[World]) -> None:
    with transaction.atomic():
        kept.put()
        transaction.set_rollback(True)
    Service.objects.create(slug="before", name="先有的")
    world = kept.put()
    assert {row.slug for row in Service.objects.all()} == {"before", world.service.slug}
