"""Seals: at intervals, a signed Merkle root over the records of a chain.

A seal names its chain, the records ``first`` to ``last`` it covers, their Merkle root, and the hash of the chain's
previous seal, and is signed with Ed25519 over its canonical bytes. Somebody who can write the whole database can
recompute hashes but not signatures.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guiju.errors import RecordUnreadable, SealKeyInvalid

_ENCODER = msgspec.json.Encoder(order="deterministic")


class SealBody(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is signed. ``number`` counts the chain's seals from 0; hashes are hex, ``previous`` ``""`` for the first."""

    at: int
    chain: str
    first: int
    key: str
    kind: Literal["seal"] = "seal"
    last: int
    number: int
    previous: str
    root: str
    schema: int = 1


_DECODER = msgspec.json.Decoder(SealBody)


class Seal(NamedTuple):
    """One stored seal: the place it has in its chain, its canonical bytes and the 64-byte signature over them."""

    chain: str
    number: int
    body: bytes
    signature: bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the body in hex: what the next seal names as ``previous``."""
        return sha256(self.body).hexdigest()

    def read(self) -> SealBody:
        """The body as a struct.

        Raises:
            RecordUnreadable: the bytes are no seal.
        """
        try:
            return _DECODER.decode(self.body)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise RecordUnreadable(detail=str(error)) from error


class SealKey:
    """An Ed25519 signing key. ``id`` is the first 16 hex digits of SHA-256 of the raw public key."""

    def __init__(self, seed: bytes) -> None:
        """
        Args:
            seed: the 32 secret bytes.

        Raises:
            SealKeyInvalid: the seed has another length.
        """
        if len(seed) != 32:
            raise SealKeyInvalid(detail=f"{len(seed)} bytes")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()
        self.id = key_id(self.public)

    @classmethod
    def generate(cls) -> tuple[SealKey, bytes]:
        """A new key and its seed, which the caller must keep secret and safe."""
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        return cls(seed), seed

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over ``message``."""
        return self._private.sign(message)


def key_id(public: bytes) -> str:
    """The identifier of a raw 32-byte public key."""
    return sha256(public).hexdigest()[:16]


def public_pem(public: bytes) -> bytes:
    """A raw public key as PEM (SubjectPublicKeyInfo), as ``openssl`` reads it.

    Raises:
        SealKeyInvalid: not a 32-byte Ed25519 public key.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise SealKeyInvalid(detail=str(error)) from error
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def make_seal(key: SealKey, chain: str, first: int, last: int, root: bytes, previous: Seal | None, at: int) -> Seal:
    """Sign the ``root`` over the records ``first`` to ``last`` (inclusive) of ``chain``.

    ``previous`` is the chain's latest seal; the new one must begin where that one ended. ``at`` is microseconds UTC.
    """
    number = 0 if previous is None else previous.number + 1
    before = "" if previous is None else previous.hash
    body = _ENCODER.encode(
        SealBody(
            at=at, chain=chain, first=first, key=key.id, last=last, number=number, previous=before, root=root.hex()
        )
    )
    return Seal(chain, number, body, key.sign(body))


def signature_holds(public: bytes, seal: Seal) -> bool:
    """Whether ``seal`` was signed by the holder of the raw ``public`` key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(seal.signature, seal.body)
    except (InvalidSignature, ValueError):
        return False
    return True
