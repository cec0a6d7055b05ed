"""Static files without a separate web server.

The console ships a handful of small files. They are read once into memory, compressed once, and served with a content
hash in their address (``guiju.css?v=3f2a…``), so browsers keep them for a year and never see a stale one.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import mimetypes
from pathlib import Path

import msgspec
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseNotModified
from django.views.decorators.http import require_safe

FOLDER = Path(__file__).parent / "static"
"""Everything below this folder is public."""

_COMPRESSED = (".css", ".js", ".svg", ".txt")
_YEAR = "public, max-age=31536000, immutable"


class StaticFile(msgspec.Struct, frozen=True):
    """One file as it is served: its bytes, the same gzipped (empty where that gains nothing), type and hash."""

    body: bytes
    gzipped: bytes
    content_type: str
    version: str


@functools.cache
def files() -> dict[str, StaticFile]:
    """Every static file by its path below `FOLDER`."""
    return {p.relative_to(FOLDER).as_posix(): _read(p) for p in sorted(FOLDER.rglob("*")) if p.is_file()}


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    zipped = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else b""
    return StaticFile(body, zipped, kind, hashlib.sha256(body).hexdigest()[:12])


class VersionedStorage(StaticFilesStorage):
    """The storage behind ``{% static %}``: the address of a file carries the hash of its content."""

    def url(self, name: str | None) -> str:
        """The address of ``name``; an unknown name raises, so that a wrong template fails in its test."""
        file = files().get(name or "")
        if file is None:
            raise ValueError(f"no static file {name!r}")
        return f"{super().url(name)}?v={file.version}"


@require_safe
def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Answer ``/static/<path>``."""
    file = files().get(path)
    if file is None:
        return HttpResponseNotFound("no such file", content_type="text/plain")
    etag = f'"{file.version}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    zipped = bool(file.gzipped) and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(file.gzipped if zipped else file.body, content_type=file.content_type)
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = _YEAR if request.GET.get("v") == file.version else "no-cache"
    if zipped:
        response["Content-Encoding"] = "gzip"
    return response
