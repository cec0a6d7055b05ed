from __future__ import annotations

import pytest
from django.conf import settings

from guiju.store import keys, setup
from guiju.store.models import AuditEntry, DataKey, Integration, IntegrationKey, Service, User, WordList
from guiju.store.services import policies

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_first_run_gives_secrets_that_work_and_a_second_changes_nothing() -> None:
    first = setup.initialise(settings.GUIJU)
    assert first is not None
    user = User.objects.get(username=first.admin_username)
    assert user.check_password(first.admin_password)
    assert user.must_change_password
    key = IntegrationKey.objects.get(digest=keys.key_hasher().hash(first.integration_key))
    assert key.integration_id == first.integration_id
    assert key.integration.status == Integration.Status.APPROVED
    assert key.integration.service_id == first.service == "example"
    _secrets_stand_nowhere(first)
    _everything_a_gateway_needs_is_there()
    before = (User.objects.count(), Integration.objects.count(), Service.objects.count(), AuditEntry.objects.count())
    assert setup.initialise(settings.GUIJU) is None
    after = (User.objects.count(), Integration.objects.count(), Service.objects.count(), AuditEntry.objects.count())
    assert after == before


def _secrets_stand_nowhere(first: setup.FirstRun) -> None:
    entries = " ".join(f"{e.detail} {e.reason}" for e in AuditEntry.objects.all())
    for secret in (first.admin_password, first.integration_key):
        assert secret not in repr(first)
        assert secret not in entries


def _everything_a_gateway_needs_is_there() -> None:
    """A policy, word lists, and the keys in files, to be copied to further machines."""
    assert policies.live() is not None
    assert WordList.objects.exclude(live=None).exists()
    found = {path.name for path in settings.GUIJU.keys.iterdir()}
    assert {"master.key", "pepper.key", "pseudonym.key", "seal.key"} <= found
    assert DataKey.objects.count() == 1


def test_a_run_that_was_cut_off_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(setup.users, "create", cut_off)
        with pytest.raises(KeyboardInterrupt):
            setup.initialise(settings.GUIJU)
    assert not Integration.objects.exists()
    assert setup.initialise(settings.GUIJU) is not None
    assert Integration.objects.count() == 1
