"""SVG: XMP inside ``<metadata>``, property ``TC260:AIGC`` (as TC260-PG-20259A 6 has it for other images)."""

from __future__ import annotations

import re
from typing import BinaryIO

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import markup, xmp
from guiju.media.contents import C2pa, Contents
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import size_of, take_at

_WHAT = "SVG"
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,256}(?:<\?xml|<!--|<!DOCTYPE\s+svg|<(?:\w{1,16}:)?svg[\s>])")
_NEW = '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></metadata>'
_PARTS = frozenset({"svg", "manifest"})


@carrier
class Svg(Carrier):
    """SVG as plain text; a packed one (``.svgz``) and one in another encoding than UTF-8 are refused."""

    name = "svg"
    title = "SVG"
    suffixes = (".svg",)
    placement = "svg/xmp"
    placements = {"svg/xmp": "XMP in <metadata>, property TC260:AIGC"}
    source = "TC260-PG-20259A 6"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return _ROOT.match(head) is not None and (suffix == ".svg" or b"<svg" in head[:1024])

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        data = _whole(file, limits)
        found = xmp.read(data, "svg/xmp", 0, limits, drawing=True)
        return joined([found, _manifest(data)])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        data = _whole(source, limits)
        if not xmp.parse(data, drawing=True).rdf:
            root = next((one for one in markup.elements(data, _PARTS, _WHAT) if one.depth == 1), None)
            if root is None or root.name != "svg" or root.inner_end == root.end:
                raise MediaLayoutUnsupported(what=_WHAT, detail="no root that could hold metadata")
            prefix = f"{root.prefix}:" if root.prefix else ""
            new = _NEW.replace("<metadata", f"<{prefix}metadata").replace("</metadata", f"</{prefix}metadata")
            data = data[: root.inner] + new.encode() + data[root.inner :]
        body = data.strip(b"\0 \t\r\n")  # what a packet is freed of
        start = data.find(body)
        target.write(data[:start] + xmp.write(data, value, drawing=True) + data[start + len(body) :])


def _whole(file: BinaryIO, limits: Limits) -> bytes:
    data = take_at(file, 0, size_of(file), limits, _WHAT)
    if b"\0" in data[:4]:
        raise MediaLayoutUnsupported(what=_WHAT, detail="another encoding than UTF-8")
    return data


def _manifest(data: bytes) -> Contents:
    """A C2PA manifest is an element of its own; only that it is there is told."""
    try:
        found = [one for one in markup.elements(data, _PARTS, _WHAT) if one.prefix == "c2pa"]
    except MediaMalformed:
        return Contents()
    return Contents(c2pa=C2pa("svg/manifest", len(found[0].text))) if found else Contents()
