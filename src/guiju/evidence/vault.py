"""The vault: what was asked and answered, encrypted at rest.

Each text is encrypted with AES-256-GCM under a *data key*; data keys are stored wrapped under a *master key* that never
enters the database. A new data key serves new records while old ones stay readable; changing the master key re-wraps
the data keys and touches no text.

The encrypted plaintext is ``salt ‖ text`` (16 random bytes, then UTF-8) and a record's body carries
``SHA-256(salt ‖ text)``. The salt is inside the encryption on purpose: beside the ciphertext it would let any reader of
the database test guesses of a short text against the commitment. Once the ciphertext is deleted, the commitment says
nothing about the text.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guiju.errors import DataKeyMissing, MasterKeyInvalid, TextTampered
from guiju.evidence.entropy import Entropy

SALT = 16
NONCE = 12

_RANDOM = Entropy(NONCE + SALT)

TEXTS_PER_KEY = 2**31
"""With random 96-bit nonces a data key must not seal more than about 2³² texts (NIST SP 800-38D, 8.3); half that."""


class Sealed(NamedTuple):
    """One encrypted text. ``commitment`` (hex) goes into the record's body, the rest beside the record."""

    key: str
    nonce: bytes
    ciphertext: bytes
    commitment: str


class Opened(NamedTuple):
    """One decrypted text with the salt that its commitment was made with."""

    text: str
    salt: bytes

    @property
    def commitment(self) -> str:
        """``SHA-256(salt ‖ text)`` in hex."""
        return sha256(self.salt + self.text.encode()).hexdigest()


class Wrapped(NamedTuple):
    """A secret encrypted under the data key ``key``: what stands at the head of an encrypted file."""

    key: str
    nonce: bytes
    ciphertext: bytes


class WrappedKey(NamedTuple):
    """A data key as it is stored: its id, the id of the master key around it, ``nonce ‖ ciphertext``, and its age."""

    id: str
    master: str
    wrapped: bytes
    created: int


class MasterKey:
    """The 32-byte key around the data keys; its ``id`` is derived and says nothing about it."""

    def __init__(self, secret: bytes) -> None:
        """
        Raises:
            MasterKeyInvalid: ``secret`` does not have 32 bytes.
        """
        if len(secret) != 32:
            raise MasterKeyInvalid(detail=f"{len(secret)} bytes")
        self.id = sha256(b"guiju master key id\x00" + secret).hexdigest()[:16]
        self._cipher = AESGCM(secret)

    def new_data_key(self, at: int) -> WrappedKey:
        """A fresh data key, wrapped. ``at`` is microseconds UTC."""
        return self._wrap(os.urandom(8).hex(), os.urandom(32), at)

    def rewrap(self, key: WrappedKey, old: MasterKey) -> WrappedKey:
        """``key``, wrapped until now under ``old``, wrapped under this master key; id and age stay."""
        return self._wrap(key.id, old.unwrap(key), key.created)

    def unwrap(self, key: WrappedKey) -> bytes:
        """The 32 bytes of a data key.

        Raises:
            MasterKeyInvalid: this master key did not wrap ``key``, or the wrapping was changed.
        """
        nonce, body = key.wrapped[:NONCE], key.wrapped[NONCE:]
        try:
            return self._cipher.decrypt(nonce, body, _wrap_context(key.id))
        except (InvalidTag, ValueError) as error:
            raise MasterKeyInvalid(detail=f"data key {key.id}") from error

    def _wrap(self, name: str, secret: bytes, at: int) -> WrappedKey:
        nonce = os.urandom(NONCE)
        return WrappedKey(name, self.id, nonce + self._cipher.encrypt(nonce, secret, _wrap_context(name)), at)


class Vault:
    """Encrypts under one active data key, decrypts under any it was given. Safe to share between threads."""

    def __init__(self, masters: Iterable[MasterKey], keys: Iterable[WrappedKey], active: str) -> None:
        """
        Args:
            masters: the master keys in use: one, or two while re-wrapping.
            keys: every stored data key.
            active: the id of the data key for new texts.

        Raises:
            MasterKeyInvalid: no given master key opens one of ``keys``.
            DataKeyMissing: ``active`` is not among ``keys``.
        """
        by_id = {master.id: master for master in masters}
        self._ciphers: Mapping[str, AESGCM] = {key.id: _cipher(key, by_id) for key in keys}
        if active not in self._ciphers:
            raise DataKeyMissing(key=active)
        self.active = active
        self._encrypt = self._ciphers[active].encrypt

    def seal_text(self, text: str, record: str, part: str) -> Sealed:
        """Encrypt ``text`` as the ``part`` (``prompt`` or ``answer``) of the record ``record``.

        Record and part are authenticated: a ciphertext moved to another place no longer decrypts. A lone surrogate,
        which UTF-8 cannot carry, is kept as ``?``.
        """
        random = _RANDOM.take()
        nonce = random[:NONCE]
        plain = random[NONCE:] + text.encode("utf-8", "replace")
        ciphertext = self._encrypt(nonce, plain, _context(record, part))
        return Sealed(self.active, nonce, ciphertext, sha256(plain).hexdigest())

    def open_text(self, key: str, nonce: bytes, ciphertext: bytes, record: str, part: str) -> Opened:
        """Decrypt one text.

        Raises:
            DataKeyMissing: its data key was not given to this vault.
            TextTampered: the ciphertext was changed or belongs to another record or part.
        """
        cipher = self._ciphers.get(key)
        if cipher is None:
            raise DataKeyMissing(key=key)
        try:
            plain = cipher.decrypt(nonce, ciphertext, _context(record, part))
        except (InvalidTag, ValueError) as error:
            raise TextTampered(record=record) from error
        return Opened(plain[SALT:].decode(), plain[:SALT])

    def wrap(self, secret: bytes, context: bytes) -> Wrapped:
        """Encrypt a secret of another use, a file's key, tied to ``context``, which must begin like none of the vault's own."""
        nonce = os.urandom(NONCE)
        return Wrapped(self.active, nonce, self._encrypt(nonce, secret, context))

    def unwrap(self, wrapped: Wrapped, context: bytes) -> bytes:
        """The secret again.

        Raises:
            DataKeyMissing: its data key was not given to this vault. InvalidTag: it was changed, or tied to another context.
        """
        cipher = self._ciphers.get(wrapped.key)
        if cipher is None:
            raise DataKeyMissing(key=wrapped.key)
        return cipher.decrypt(wrapped.nonce, wrapped.ciphertext, context)


def due_for_rotation(key: WrappedKey, sealed: int, now: int, max_age: int) -> bool:
    """Whether new texts should go under a new data key: ``max_age`` (µs) has passed or ``sealed`` texts are enough."""
    return sealed >= TEXTS_PER_KEY or now - key.created >= max_age


def _cipher(key: WrappedKey, masters: Mapping[str, MasterKey]) -> AESGCM:
    master = masters.get(key.master)
    if master is None:
        raise MasterKeyInvalid(detail=f"data key {key.id} is wrapped under master key {key.master}")
    return AESGCM(master.unwrap(key))


def _context(record: str, part: str) -> bytes:
    return f"guiju text\x00{record}\x00{part}".encode()


def _wrap_context(name: str) -> bytes:
    return f"guiju data key\x00{name}".encode()
