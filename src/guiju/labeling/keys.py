"""Keys for signatures of labels: SM2, RSA and ECDSA, read from PEM; public ones as the bytes that travel in a label."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from guiju.errors import LabelKeyUnusable
from guiju.labeling import der, sm2

SM3_WITH_SM2: Final = "1.2.156.10197.1.501"
SHA256_WITH_RSA: Final = "1.2.840.113549.1.1.11"
SHA256_WITH_ECDSA: Final = "1.2.840.10045.4.3.2"
NAMES: Final = {SM3_WITH_SM2: "SM2/SM3", SHA256_WITH_RSA: "RSA/SHA-256", SHA256_WITH_ECDSA: "ECDSA/SHA-256"}

_EC, _CURVE = der.identifier("1.2.840.10045.2.1"), der.identifier("1.2.156.10197.1.301")
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----")
_MOST = 1 << 20


class PublicKey(msgspec.Struct, frozen=True):
    """A public key: ``spki`` is its SubjectPublicKeyInfo in DER, ``algorithm`` the OID that signatures by it carry."""

    spki: bytes
    algorithm: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key, in hex."""
        return hashlib.sha256(self.spki).hexdigest()

    def verifies(self, message: bytes, signature: bytes) -> str:
        """How ``signature`` is over ``message``: ``direct``, ``prehashed`` (over its hash, as seen in the wild), or not."""
        digest = sm2.sm3(message) if self.algorithm == SM3_WITH_SM2 else hashlib.sha256(message).digest()
        if self._holds(message, signature):
            return "direct"
        return "prehashed" if self._holds(digest, signature) else ""

    def _holds(self, message: bytes, signature: bytes) -> bool:
        try:
            if self.algorithm == SM3_WITH_SM2:
                return sm2.verify(_point(self.spki), message, _pair(signature))
            known = serialization.load_der_public_key(self.spki)
            if isinstance(known, rsa.RSAPublicKey):
                known.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(known, ec.EllipticCurvePublicKey):
                known.verify(signature, message, ec.ECDSA(hashes.SHA256()))
            else:
                return False
        except (ValueError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


class PrivateKey(msgspec.Struct, frozen=True):
    """A private key: the number of SM2, or a key that ``cryptography`` holds. It is never shown."""

    public: PublicKey
    number: int = 0
    other: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None

    def __repr__(self) -> str:
        return f"PrivateKey({self.public.fingerprint[:16]})"

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``, in DER where the algorithm has two numbers."""
        if isinstance(self.other, rsa.RSAPrivateKey):
            return self.other.sign(message, padding.PKCS1v15(), hashes.SHA256())
        if self.other is not None:
            return self.other.sign(message, ec.ECDSA(hashes.SHA256()))
        return der.pack(der.SEQUENCE, b"".join(der.integer(number) for number in sm2.sign(self.number, message)))


def public(spki: bytes) -> PublicKey:
    """A public key from its SubjectPublicKeyInfo.

    Raises:
        LabelKeyUnusable: it is none, or of a kind that signs no labels.
    """
    if _CURVE in spki[:32]:
        try:
            point = _point(spki)
        except ValueError as error:
            raise LabelKeyUnusable(detail=str(error)) from None
        if not sm2.is_point(point):
            raise LabelKeyUnusable(detail="a point that is not on the curve of SM2")
        return PublicKey(spki, SM3_WITH_SM2)
    try:
        known = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise LabelKeyUnusable(detail=str(error)) from None
    if isinstance(known, rsa.RSAPublicKey):
        return PublicKey(spki, SHA256_WITH_RSA)
    if isinstance(known, ec.EllipticCurvePublicKey):
        return PublicKey(spki, SHA256_WITH_ECDSA)
    raise LabelKeyUnusable(detail="neither SM2 nor RSA nor ECDSA")


def travelling(data: bytes, algorithm: str) -> tuple[PublicKey, ...]:
    """The keys that bytes in a label may stand for: a SubjectPublicKeyInfo, or a point of SM2 as some vendors write it.

    Seen are a bare x (which two points have), a compressed point, and x and y side by side.

    Raises:
        LabelKeyUnusable: they stand for none.
    """
    if algorithm != SM3_WITH_SM2 or len(data) not in (32, 33, 64, 65):
        return (public(data),)
    if len(data) in (64, 65):
        points: tuple[sm2.Point, ...] = ((int.from_bytes(data[-64:-32], "big"), int.from_bytes(data[-32:], "big")),)
    else:
        points = sm2.points_at(int.from_bytes(data[-32:], "big"))
        points = tuple(one for one in points if len(data) == 32 or one[1] % 2 == data[0] % 2)
    if not points:
        raise LabelKeyUnusable(detail="a point that is not on the curve of SM2")
    return tuple(public(_spki(one)) for one in points)


def _spki(point: sm2.Point) -> bytes:
    bits = b"\0\4" + b"".join(part.to_bytes(32, "big") for part in point)
    return der.pack(der.SEQUENCE, der.pack(der.SEQUENCE, _EC + _CURVE) + der.pack(der.BITS, bits))


def private(path: Path) -> PrivateKey:
    """The private key in a PEM file: PKCS #8 or SEC 1, without a password.

    Raises:
        LabelKeyUnusable: there is none, it has a password, or it is of another kind.
    """
    for kind, data in _blocks(path):
        if "PRIVATE KEY" in kind:
            try:
                return _private(kind, data)
            except (ValueError, TypeError, UnsupportedAlgorithm) as error:
                raise LabelKeyUnusable(detail=str(error)) from None
    raise LabelKeyUnusable(detail=f"no private key in {path.name}")


_KEY_FILES = (".pem", ".pub")


def publics(path: Path) -> tuple[PublicKey, ...]:
    """The public keys in a PEM file, or in every ``*.pem`` and ``*.pub`` of a folder.

    Raises:
        LabelKeyUnusable: there is none, or one cannot be used.
    """
    files = sorted(one for one in path.iterdir() if one.suffix in _KEY_FILES) if path.is_dir() else [path]
    found = [public(data) for file in files for kind, data in _blocks(file) if kind == "PUBLIC KEY"]
    if not found:
        raise LabelKeyUnusable(detail=f"no public key in {path.name}")
    return tuple(found)


def _private(kind: str, data: bytes) -> PrivateKey:
    if _CURVE not in data:
        known = serialization.load_der_private_key(data, None)
        if not isinstance(known, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ValueError("neither SM2 nor RSA nor ECDSA")
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return PrivateKey(public(known.public_key().public_bytes(serialization.Encoding.DER, form)), other=known)
    values = der.sequence(data)
    inner = values if kind == "EC PRIVATE KEY" else der.sequence(values[2][1])
    number = int.from_bytes(inner[1][1], "big")
    return PrivateKey(public(_spki(sm2.public_of(number))), number)


def _blocks(path: Path) -> list[tuple[str, bytes]]:
    """Kind and bytes of every block of a PEM file."""
    try:
        if path.stat().st_size > _MOST:
            raise LabelKeyUnusable(detail=f"{path.name} is too large")
        text = path.read_bytes()
    except OSError as error:
        raise LabelKeyUnusable(detail=f"{path.name}: {error.strerror}") from None
    try:
        return [(kind.decode(), base64.b64decode(body)) for kind, body in _PEM.findall(text)]
    except ValueError as error:
        raise LabelKeyUnusable(detail=f"{path.name}: {error}") from None


def _point(spki: bytes) -> sm2.Point:
    _, (_, bits) = _two(der.sequence(spki))
    if len(bits) != 66 or bits[:2] != b"\0\4":
        raise ValueError("no uncompressed point")
    return int.from_bytes(bits[2:34], "big"), int.from_bytes(bits[34:], "big")


def _pair(signature: bytes) -> tuple[int, int]:
    """The two numbers of a signature: in DER, or 64 bytes side by side."""
    if len(signature) == 64:
        return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    (_, r), (_, s) = _two(der.sequence(signature))
    return int.from_bytes(r, "big"), int.from_bytes(s, "big")


def _two(values: list[tuple[int, bytes]]) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    if len(values) != 2:
        raise ValueError("not two values")
    return values[0], values[1]
