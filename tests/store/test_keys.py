from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from pydantic import SecretStr

from guiju.errors import KeyFileInvalid, MasterKeyInvalid
from guiju.evidence import SealKey
from guiju.store import evidence, keys
from guiju.store.actor import Actor
from guiju.store.models import DataKey

from .evidence_rows import TestChain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of its own, where keys may be changed."""
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"home": tmp_path}))
    return tmp_path


def set_master(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"master_key": SecretStr(value)}))


def test_every_secret_is_its_own_and_stays(home: Path) -> None:
    digest = keys.key_hasher().hash("gj-x")
    assert keys.key_hasher().hash("gj-x") == digest
    assert keys.pseudonymiser().pseudonym("in-1", "u") == keys.pseudonymiser().pseudonym("in-1", "u")
    keys.seal_key()
    keys.masters()
    files = sorted((home / "keys").iterdir())
    assert [file.name for file in files] == ["master.key", "pepper.key", "pseudonym.key", "seal.key"]
    assert len({file.read_text() for file in files}) == 4
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


def test_the_vault_makes_one_data_key() -> None:
    assert keys.vault().active == keys.vault().active == DataKey.objects.get().pk


def test_earlier_seal_keys_are_read_from_files(home: Path) -> None:
    old, _ = SealKey.generate()
    keys.seal_key()
    (home / "keys" / "2025.pub").write_text(old.public.hex() + "\n")
    assert keys.seal_public_keys() == {keys.seal_key().id: keys.seal_key().public, old.id: old.public}
    (home / "keys" / "2024.pub").write_text("abc")
    with pytest.raises(KeyFileInvalid):
        keys.seal_public_keys()


def test_a_new_master_key_takes_over_the_data_keys(
    home: Path, administrator: Actor, compliance: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = TestChain().write("旧文")
    set_master(monkeypatch, "ab" * 32)
    assert evidence.read_text(compliance, record, "核查").prompt[0].text == "旧文"
    evidence.rotate_data_key(administrator)
    assert set(DataKey.objects.values_list("master", flat=True)) == {keys.masters()[0].id}
    (home / "keys" / "master.key").unlink()  # no longer needed
    assert evidence.read_text(compliance, record, "核查").prompt[0].text == "旧文"


def test_a_lost_master_key_is_said_and_nothing_is_changed(
    home: Path, administrator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    TestChain().write()
    before = list(DataKey.objects.values())
    (home / "keys" / "master.key").unlink()
    set_master(monkeypatch, "cd" * 32)
    with pytest.raises(MasterKeyInvalid):
        evidence.rotate_data_key(administrator)
    assert list(DataKey.objects.values()) == before


@pytest.mark.parametrize("value", ["zz", "ab" * 31])
def test_a_malformed_master_key_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    set_master(monkeypatch, value)
    with pytest.raises((KeyFileInvalid, MasterKeyInvalid)):
        keys.masters()
