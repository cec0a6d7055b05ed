"""The secrets of this installation, opened from the key directory.

| File in ``$GUIJU_HOME/keys`` | For |
| --- | --- |
| ``master.key`` | wraps the data keys (or the setting ``master_key``) |
| ``pepper.key`` | hashes integration keys |
| ``pseudonym.key`` | makes account pseudonyms |
| ``watermark.secret`` | marks content invisibly |
| ``seal.key`` | signs seals (Ed25519 seed); ``*.pub`` beside it are public keys of earlier ones |

All are made when an installation is set up, so that a copy of the directory serves every further machine. They belong into the backup, apart from the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings as django_settings
from django.utils import timezone

from guiju.errors import KeyFileInvalid
from guiju.evidence import MasterKey, SealKey, Vault, WrappedKey
from guiju.evidence.seal import key_id
from guiju.identity import KeyHasher, Pseudonymiser
from guiju.keyfiles import read_or_create
from guiju.labeling.watermark import Secret
from guiju.settings import Settings
from guiju.store.audit import one_at_a_time
from guiju.store.models import DataKey
from guiju.store.moments import micros, moment


def prepare() -> None:
    """Make every key that is not there yet, the first data key included."""
    key_hasher()
    pseudonymiser()
    seal_key()
    watermark_secret()
    vault()


def watermark_secret() -> Secret:
    """The secret of invisible marks; whoever holds it reads their numbers and can make them."""
    return Secret.derive(_secret("watermark.secret"))


def key_hasher() -> KeyHasher:
    """Makes and checks integration keys."""
    return KeyHasher(_secret("pepper.key"))


def pseudonymiser() -> Pseudonymiser:
    """Makes account pseudonyms."""
    return Pseudonymiser(_secret("pseudonym.key"))


def seal_key() -> SealKey:
    """Signs seals."""
    return SealKey(_secret("seal.key"))


def seal_public_keys() -> dict[str, bytes]:
    """Raw public keys by id, of the sealing key and of earlier ones; read from files, never from the database."""
    current = seal_key()
    found = {current.id: current.public}
    for path in sorted(_settings().keys.glob("*.pub")):
        public = _read_public(path)
        found[key_id(public)] = public
    return found


def masters() -> tuple[MasterKey, ...]:
    """The master keys at hand, the one in use first: the setting ``master_key`` if there is one, else the file.

    With both present, data keys still wrapped under the file's key stay readable until they are wrapped anew
    (`guiju.store.evidence.rotate_data_key`).
    """
    given = _settings().master_key.get_secret_value()
    if not given:
        return (MasterKey(_secret("master.key")),)
    try:
        first = MasterKey(bytes.fromhex(given))
    except ValueError:
        raise KeyFileInvalid(name="GUIJU_MASTER_KEY", problem="64 hexadecimal digits expected") from None
    if (_settings().keys / "master.key").exists():
        return (first, MasterKey(_secret("master.key")))
    return (first,)


def vault() -> Vault:
    """Encrypts new texts under the newest data key, opens old ones; makes the first data key when there is none."""
    rows = list(DataKey.objects.order_by("created_at", "id"))
    if not rows:
        rows = [_first_data_key(timezone.now())]
    active = [row for row in rows if row.retired_at is None] or rows
    return Vault(masters(), wrapped(rows), active[-1].id)


def wrapped(rows: Sequence[DataKey]) -> list[WrappedKey]:
    """Stored data keys as the vault takes them."""
    return [WrappedKey(row.id, row.master, bytes(row.wrapped), micros(row.created_at)) for row in rows]


def new_data_key(now: datetime) -> DataKey:
    """A fresh data key under the master key in use, not saved yet."""
    key = masters()[0].new_data_key(micros(now))
    return DataKey(id=key.id, master=key.master, wrapped=key.wrapped, created_at=moment(key.created))


def _first_data_key(now: datetime) -> DataKey:
    with one_at_a_time():
        existing = DataKey.objects.order_by("created_at").last()
        if existing is not None:  # another process was first
            return existing
        row = new_data_key(now)
        row.save(force_insert=True)
        return row


def _settings() -> Settings:
    loaded: Settings = django_settings.GUIJU
    return loaded


def _secret(name: str) -> bytes:
    return read_or_create(_settings().keys / name, 32)


def _read_public(path: Path) -> bytes:
    try:
        public = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise KeyFileInvalid(name=path.name, problem=type(error).__name__) from None
    if len(public) != 32:
        raise KeyFileInvalid(name=path.name, problem=f"{len(public)} bytes instead of 32")
    return public
