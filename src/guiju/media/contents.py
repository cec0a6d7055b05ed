"""What a carrier finds in a file."""

from __future__ import annotations

import enum

import msgspec


class Form(enum.StrEnum):
    """How a value is serialised where it stands."""

    TEXT = "text"
    """The plain value of a key or chunk named ``AIGC``."""
    ELEMENT = "element"
    """XMP: ``<TC260:AIGC>…</TC260:AIGC>``."""
    ATTRIBUTE = "attribute"
    """XMP: ``TC260:AIGC="…"``."""
    EMBEDDED = "embedded"
    """Inside a value that belongs to another key: EXIF ``UserComment``, a comment, a bare ``AIGC{…}``."""
    MAPPING = "mapping"
    """A structure of the format itself (YAML front matter), given here as compact JSON."""


class Found(msgspec.Struct, frozen=True):
    """One value found.

    Attributes:
        placement: where: ``carrier/place``, one of the carrier's ``placements``. Stable.
        value: the value as text. Bytes that are no UTF-8 are read as GB 18030, else replaced by U+FFFD.
        form: how it was written there.
        offset: byte position in the file of the structure that holds it; -1 where it has none (packed in an archive).
        foreign: the XMP property stands under another namespace or an undeclared prefix (seen in the wild: ``C260``).
    """

    placement: str
    value: str
    form: Form = Form.TEXT
    offset: int = -1
    foreign: bool = False


class C2pa(msgspec.Struct, frozen=True):
    """A C2PA manifest store that is present; nothing of it is verified here.

    Attributes:
        placement: where it stands. ``size``: its bytes.
        manifests: labels of the manifests in it (``urn:uuid:…``), the active one last; empty if it could not be parsed.
    """

    placement: str
    size: int
    manifests: tuple[str, ...] = ()


class Contents(msgspec.Struct, frozen=True):
    """Everything a carrier finds in one file.

    Attributes:
        found: every value under ``AIGC``, in the order of the file.
        c2pa: the C2PA manifest store, if one is there.
        source_types: values of IPTC ``digitalSourceType`` in XMP.
        iim: ``Field: text`` of IPTC-IIM that may say how a picture was made.
        damaged: places where a value might stand that could not be read, with the reason in English. While there are
            any, the absence of a value proves nothing.
    """

    found: tuple[Found, ...] = ()
    c2pa: C2pa | None = None
    source_types: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    iim: tuple[str, ...] = ()
