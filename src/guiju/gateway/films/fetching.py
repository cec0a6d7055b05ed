"""``/v1/videos/{id}/content``: the film with its labels, under the number of its order.

It is labelled when it is fetched for the first time and kept on a shelf, so that it is the same file each time. Every time
it leaves is on record.
"""

from __future__ import annotations

import asyncio
import logging
import mimetypes
import time
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, quote

from guiju.errors import DataKeyMissing, FieldInvalid, GatewayBusy, KeptFileDamaged, UpstreamRefused, UpstreamTooLarge
from guiju.evidence.record import LabelEntry, Verdict, new_id
from guiju.gateway.files.desk import Sent, sha256
from guiju.gateway.files.kept import Kept
from guiju.gateway.files.labelling import mark_file
from guiju.gateway.files.shelves import films, originals
from guiju.gateway.files.visit import FileVisit
from guiju.gateway.films.makers import maker
from guiju.gateway.films.names import Film
from guiju.gateway.pools import Served
from guiju.labeling import files
from guiju.labeling.explicit import Mark
from guiju.labeling.explicit.mark import drawn_words
from guiju.labeling.implicit import Label
from guiju.media import carrier_of
from guiju.nouns import Part
from guiju.settings import Settings
from guiju.store.drafts import now_us

log = logging.getLogger("guiju.gateway")

_VARIANTS = {"video": (".mp4", ""), "thumbnail": ("", "-1"), "spritesheet": ("", "-2")}
"""By name: the suffix of the file, and what its number has behind that of the order."""


async def content(visit: FileVisit, film: Film, folder: Path) -> Sent:
    """The finished file, recorded.

    Raises:
        FieldInvalid, GatewayBusy, UpstreamError, EvidenceError. LabelError, MediaError: it could not be labelled.
    """
    asked = parse_qs(visit.scope["query_string"].decode("latin-1")).get("variant", ["video"])[0]
    if asked not in _VARIANTS:
        raise FieldInvalid(field="variant", problem=f"one of {', '.join(_VARIANTS)}")
    suffix, index = _VARIANTS[asked]
    number = film.number + index
    served = maker(visit, film)
    kept = await visit.runtime.workshop.do(partial(_kept, visit.runtime.settings, number, folder))
    if kept is None:
        source = folder / f"made{suffix}"
        kept = await _made(visit, served, f"{_path(film)}/content?variant={asked}", source, number)
    label = (await asyncio.to_thread(files.read, kept)).label or Label.first(visit.provider, number)
    entry = LabelEntry(content=number, explicit=drawn_words("").id, implicit=label.to_json(), position="content")
    parts = (Part(f"{asked}.sha256", await asyncio.to_thread(sha256, kept), "assistant"),)
    record = new_id(now_us())
    await visit.keep(record, Kept(Verdict(action="label"), parts, entry))
    headers = {"x-guiju-record": record, "x-guiju-aigc": label.to_json()}
    return Sent(kept, _media_type(kept), f"{film.number}{kept.suffix}", headers)


def forget(settings: Settings, film: Film) -> None:
    """Keep none of a film's files any longer."""
    for _, index in _VARIANTS.values():
        films(settings).drop(film.number + index)
        originals(settings).drop(film.number + index)


async def _made(visit: FileVisit, served: Served, path: str, source: Path, number: str) -> Path:
    """Fetch a file and label it; of several callers that do this at once all get the same one."""
    runtime = visit.runtime
    if runtime.files >= runtime.limits.max_files:
        raise GatewayBusy()
    runtime.files += 1
    try:
        await _fetched(served, path, source, runtime.limits.max_file_bytes)
        labelled = partial(_labelled, runtime.settings, source, Label.first(visit.provider, number))
        return await runtime.workshop.do(labelled)
    finally:
        runtime.files -= 1


def _kept(settings: Settings, number: str, folder: Path) -> Path | None:
    """The film as it was given out before; one that was tampered with is made anew."""
    shelf = films(settings)
    try:
        return shelf.take(number, folder, time.time())
    except (KeptFileDamaged, DataKeyMissing) as error:
        log.error("%s", error)
        shelf.drop(number)
        return None


def _labelled(settings: Settings, source: Path, label: Label) -> Path:
    made = mark_file(source, source.parent, label, Mark(), originals=originals(settings)).path
    shelf = films(settings)
    if shelf.keep(label.ProduceID, made, time.time()):
        return made
    return _kept(settings, label.ProduceID, source.parent) or made


async def _fetched(served: Served, path: str, target: Path, limit: int) -> None:
    """Bring a file here, straight to disk.

    Raises:
        UpstreamError.
    """
    size = 0
    async with served.upstream.fetch("GET", path) as answer:
        if answer.status != 200:
            raise UpstreamRefused(upstream=answer.status, told="")
        with target.open("xb") as file:
            async for piece in answer.pieces():
                size += len(piece)
                if size > limit:
                    raise UpstreamTooLarge(limit=limit)
                file.write(piece)


def _path(film: Film) -> str:
    return f"/videos/{quote(film.upstream, safe='')}"


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        suffix = carrier_of(file, path.suffix).suffixes[0]
    return mimetypes.guess_type(f"film{path.suffix or suffix}")[0] or "application/octet-stream"
