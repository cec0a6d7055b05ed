"""The little of DER (ITU-T X.690) that keys and signatures of SM2 need, which `cryptography` does not know."""

from __future__ import annotations

from collections.abc import Iterator

SEQUENCE, INTEGER, BITS, OCTETS, OBJECT = 0x30, 0x02, 0x03, 0x04, 0x06


def parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of every value in ``data``.

    Raises:
        ValueError: it is no DER.
    """
    place = 0
    while place < len(data):
        if place + 2 > len(data):
            raise ValueError("a value that ends too early")
        tag, size, place = data[place], data[place + 1], place + 2
        if size & 0x80:
            width = size & 0x7F
            if not 1 <= width <= 4 or place + width > len(data):
                raise ValueError("a length that is none")
            size, place = int.from_bytes(data[place : place + width], "big"), place + width
        if place + size > len(data):
            raise ValueError("a value that ends too early")
        yield tag, data[place : place + size]
        place += size


def sequence(data: bytes) -> list[tuple[int, bytes]]:
    """The values in the one sequence that ``data`` is.

    Raises:
        ValueError: it is none.
    """
    found = list(parts(data))
    if len(found) != 1 or found[0][0] != SEQUENCE:
        raise ValueError("no sequence")
    return list(parts(found[0][1]))


def pack(tag: int, content: bytes) -> bytes:
    """A value."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + size.to_bytes(width, "big") + content


def integer(number: int) -> bytes:
    """A number that is not negative."""
    return pack(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def identifier(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytearray([40 * first + second])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        content += bytes(reversed(digits))
    return pack(OBJECT, bytes(content))
