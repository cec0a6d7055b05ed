"""Signatures by SM2 with SM3 (GB/T 32918.2-2016, curve of GB/T 32918.5-2017), for the reserved codes of labels.

`cryptography` has SM3 and no SM2. This is arithmetic on Python's integers: right, checked against the vectors of the
standard and against OpenSSL, about two milliseconds a signature, and **not** guarded against somebody who can time it
closely. Keys of value belong into a device, which signs through the same interface.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.hazmat.primitives import hashes

IDENTITY: Final = b"1234567812345678"
"""The identity of a signer where nothing else is agreed (GB/T 35276-2017)."""

P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

Point = tuple[int, int]
"""A point of the curve other than infinity: x and y."""

_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)


def sm3(data: bytes) -> bytes:
    """The SM3 hash of ``data``: 32 bytes."""
    engine = hashes.Hash(hashes.SM3())
    engine.update(data)
    return engine.finalize()


def public_of(private: int) -> Point:
    """The public point of a private number.

    Raises:
        ValueError: the number is out of range.
    """
    if not 1 <= private <= N - 2:
        raise ValueError("a private key out of range")
    return _affine(_multiplied((private, G)))


def is_point(point: Point) -> bool:
    """Whether ``point`` lies on the curve."""
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def points_at(x: int) -> tuple[Point, ...]:
    """The points of the curve with this x: two, or none."""
    square = (x * x * x + A * x + B) % P
    y = pow(square, (P + 1) // 4, P)  # the root, since P is 3 modulo 4
    return ((x, y), (x, P - y)) if 0 <= x < P and y * y % P == square else ()


def sign(private: int, message: bytes, identity: bytes = IDENTITY, *, nonce: int | None = None) -> tuple[int, int]:
    """The signature (r, s) over ``message``. ``nonce`` is for the vectors of the standard alone.

    Raises:
        ValueError: the private number is out of range.
    """
    e = _digest(public_of(private), message, identity)
    while True:
        k = nonce or 1 + secrets.randbelow(N - 1)
        r = (e + _affine(_multiplied((k, G)))[0]) % N
        s = pow(1 + private, -1, N) * (k - r * private) % N
        if r and r + k != N and s:
            return r, s
        if nonce:
            raise ValueError("a nonce that does not do")


def verify(public: Point, message: bytes, signature: tuple[int, int], identity: bytes = IDENTITY) -> bool:
    """Whether ``signature`` is by the holder of ``public`` over exactly ``message``."""
    r, s = signature
    t = (r + s) % N
    if not (1 <= r < N and 1 <= s < N and t and is_point(public)):
        return False
    found = _multiplied((s, G), (t, public))
    return found[2] != 0 and (_digest(public, message, identity) + _affine(found)[0]) % N == r


def _digest(public: Point, message: bytes, identity: bytes) -> int:
    """The number that is signed: SM3 over Z (who signs, on which curve) and the message."""
    curve = b"".join(number.to_bytes(32, "big") for number in (A, B, *G, *public))
    z = sm3((8 * len(identity)).to_bytes(2, "big") + identity + curve)
    return int.from_bytes(sm3(z + message), "big")


def _multiplied(*terms: tuple[int, Point]) -> _Jacobian:
    """The sum of every point times its number, with one row of doublings for all."""
    sums: dict[int, _Jacobian] = {}
    for chosen in range(1, 1 << len(terms)):
        total = _INFINITY
        for index, (_, (x, y)) in enumerate(terms):
            if chosen >> index & 1:
                total = _added(total, (x, y, 1))
        sums[chosen] = total
    found = _INFINITY
    for bit in range(max(number.bit_length() for number, _ in terms) - 1, -1, -1):
        found = _doubled(found)
        chosen = sum((number >> bit & 1) << index for index, (number, _) in enumerate(terms))
        if chosen:
            found = _added(found, sums[chosen])
    return found


def _doubled(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if not z or not y:
        return _INFINITY
    zz, yy = z * z % P, y * y % P
    m = 3 * (x - zz) * (x + zz) % P  # a is -3
    s = 4 * x * yy % P
    new = (m * m - 2 * s) % P
    return new, (m * (s - new) - 8 * yy * yy) % P, 2 * y * z % P


def _added(one: _Jacobian, other: _Jacobian) -> _Jacobian:
    if not one[2]:
        return other
    if not other[2]:
        return one
    (x1, y1, z1), (x2, y2, z2) = one, other
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, u2, s1, s2 = x1 * zz2 % P, x2 * zz1 % P, y1 * z2 * zz2 % P, y2 * z1 * zz1 % P
    if u1 == u2:
        return _doubled(one) if s1 == s2 else _INFINITY
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - s1 * hhh) % P, h * z1 * z2 % P


def _affine(point: _Jacobian) -> Point:
    x, y, z = point
    inverse = pow(z, -1, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P
