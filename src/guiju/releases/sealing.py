"""Files encrypted at rest, piece by piece, so that a film of any length takes no more memory than a picture.

Every file has a key of its own, wrapped by the vault under the data key in use: rotating data keys or the master key touches
no file. What lies on disk is

    magic ‖ id of the data key (16) ‖ nonce ‖ wrapped key ‖ piece, piece, … last piece

Each piece is AES-256-GCM over at most :data:`PIECE` bytes; its nonce is its number and whether it is the last, so that pieces
cannot be changed, exchanged, repeated or cut off at the end (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, 2015). The wrapped key is tied to the name the file is kept under: one put in the place of another does not open.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guiju.errors import KeptFileDamaged
from guiju.evidence import Vault
from guiju.evidence.vault import NONCE, Wrapped
from guiju.media.waiting import step

MAGIC: Final = b"guiju\0s1"
PIECE: Final = 1 << 20
"""Bytes of plain file in a piece."""
_TAG: Final = 16
_KEY: Final = 32
_ID: Final = 16
_HEAD: Final = len(MAGIC) + _ID + NONCE + _KEY + _TAG


def is_sealed(path: Path) -> bool:
    """Whether the file is encrypted; files kept by earlier versions are not."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def sealed_size(size: int) -> int:
    """Bytes that a file of ``size`` bytes takes up encrypted."""
    return _HEAD + size + _TAG * max(1, -(-size // PIECE))


def seal(source: BinaryIO, target: BinaryIO, vault: Vault, name: str) -> None:
    """Encrypt ``source`` from where it stands to ``target``, to be kept under ``name``."""
    key = os.urandom(_KEY)
    wrapped = vault.wrap(key, _context(name))
    target.write(MAGIC + wrapped.key.encode("ascii").ljust(_ID, b"\0") + wrapped.nonce + wrapped.ciphertext)
    cipher, number = AESGCM(key), 0
    piece = source.read(PIECE)
    while True:
        after = source.read(PIECE)
        target.write(cipher.encrypt(_nonce(number, last=not after), piece, None))
        if not after:
            return
        piece, number = after, number + 1
        step()


def unseal(source: BinaryIO, target: BinaryIO, vault: Vault, name: str) -> None:
    """Decrypt ``source``, kept under ``name``, to ``target``. What was written before an error is to be thrown away.

    Raises:
        KeptFileDamaged: it was changed, cut short, or kept under another name. DataKeyMissing.
    """
    head = source.read(_HEAD)
    if len(head) != _HEAD or not head.startswith(MAGIC):
        raise KeptFileDamaged(name=name)
    try:
        cipher, number = AESGCM(vault.unwrap(_wrapped(head), _context(name))), 0
        piece = source.read(PIECE + _TAG)
        while True:
            after = source.read(PIECE + _TAG)
            target.write(cipher.decrypt(_nonce(number, last=not after), piece, None))
            if not after:
                return
            piece, number = after, number + 1
            step()
    except (InvalidTag, ValueError) as error:
        raise KeptFileDamaged(name=name) from error


def _wrapped(head: bytes) -> Wrapped:
    place = len(MAGIC) + _ID
    name = head[len(MAGIC) : place].rstrip(b"\0").decode("ascii")
    return Wrapped(name, head[place : place + NONCE], head[place + NONCE :])


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE - 1, "big") + bytes([last])


def _context(name: str) -> bytes:
    return f"guiju kept file\x00{name}".encode()
