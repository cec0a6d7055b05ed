"""Pictures and sounds that a model makes: labelled inside, read back, recorded, then sent.

The explicit label is drawn or sounded first, the seven keys are written last. What cannot be labelled does not leave.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from functools import partial
from pathlib import Path

import msgspec

from guiju.errors import AnswerBlocked, MediaByLink, UpstreamMalformed
from guiju.evidence.record import LabelEntry
from guiju.gateway.call import Call
from guiju.gateway.endpoints import Json
from guiju.gateway.endpoints.speech import FORMATS
from guiju.gateway.files.labelling import Marked, mark_file
from guiju.gateway.files.room import room
from guiju.gateway.files.shelves import originals
from guiju.gateway.whole import ask, judge, read_answer
from guiju.gateway.wire import Header, encode, send_json
from guiju.labeling.explicit import Mark
from guiju.labeling.implicit import Label
from guiju.nouns import Part
from guiju.settings import Settings


class _Finished(msgspec.Struct, frozen=True):
    body: bytes
    marked: Marked

    @property
    def entry(self) -> LabelEntry:
        """What the record says of its labels."""
        label = self.marked.label
        return LabelEntry(
            content=label.ProduceID, explicit=self.marked.words, implicit=label.to_json(), position="content"
        )

    def part(self, where: str) -> Part:
        """What the record keeps of it."""
        return Part(f"{where}.sha256", hashlib.sha256(self.body).hexdigest(), "assistant")


async def serve_pictures(call: Call) -> None:
    """Ask for pictures, label each of them, record, answer.

    Raises:
        UpstreamError, EvidenceError, AnswerBlocked. LabelError, MediaError: a picture could not be labelled.
        MediaByLink: the model service answered with links.
    """
    call.sent_upstream = time.perf_counter()
    body = await ask(call)
    call.answered = time.perf_counter()
    response = read_answer(body)
    if not isinstance(response.get("data"), list):
        raise UpstreamMalformed(problem="the answer has no data")
    call.tokens = call.endpoint.tokens(response)
    choices = call.endpoint.choices(response, call.runtime.limits.max_json_depth)
    call.said = [slot.part for choice in choices for slot in choice.texts]
    call.answers = await judge(call, choices, call.labels)
    if call.integration.error_style and any(decision.action.stops for decision in call.answers):
        raise AnswerBlocked()
    finished = [
        await _picture(call, item, index) for index, item in enumerate(response["data"]) if isinstance(item, dict)
    ]
    done = [one for one in finished if one is not None]
    if done:
        call.label = done[0].entry
        call.said = [*call.said, *(one.part(f"data[{index}]") for index, one in enumerate(done))]
        response["aigc"] = done[0].marked.label.keys()
    call.checking_answer = time.perf_counter() - call.answered
    await call.record(call.outcome())
    await send_json(call.send, 200, encode(response), _headers(call, done))


async def serve_sound(call: Call) -> None:
    """Ask for a sound, label it, record, answer.

    Raises:
        UpstreamError, EvidenceError. LabelError, MediaError: it could not be labelled.
    """
    call.sent_upstream = time.perf_counter()
    body = await ask(call)
    call.answered = time.perf_counter()
    suffix, media_type = FORMATS[call.request.get("response_format", "mp3")]
    done = await _made_ready(call, body, suffix, 0)
    call.label, call.said = done.entry, [done.part("sound")]
    call.checking_answer = time.perf_counter() - call.answered
    await call.record(call.outcome())
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % len(done.body)),
        *_headers(call, [done]),
    ]
    await call.send({"type": "http.response.start", "status": 200, "headers": headers})
    await call.send({"type": "http.response.body", "body": done.body})


async def _picture(call: Call, item: Json, index: int) -> _Finished | None:
    """Label one picture in place; None where the item holds none, its text having been stopped."""
    if item.get("url"):
        raise MediaByLink()
    coded = item.get("b64_json")
    if coded is None:
        return None
    try:
        body = base64.b64decode(coded, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise UpstreamMalformed(problem="a picture is not Base64") from None
    done = await _made_ready(call, body, "", index)
    item["b64_json"] = base64.b64encode(done.body).decode("ascii")
    item["aigc"] = done.marked.label.keys()
    return done


async def _made_ready(call: Call, body: bytes, suffix: str, index: int) -> _Finished:
    work = partial(_finish, call.runtime.settings, body, suffix, _label(call, index))
    return await call.runtime.workshop.do(work)


def _finish(settings: Settings, body: bytes, suffix: str, label: Label) -> _Finished:
    with room(settings.home) as name:
        folder = Path(name)
        source = folder / (f"made.{suffix}" if suffix else "made")
        source.write_bytes(body)
        marked = mark_file(source, folder, label, Mark(), originals=originals(settings))
        return _Finished(marked.path.read_bytes(), marked)


def _label(call: Call, index: int) -> Label:
    """The label of the file at ``index``: the exchange's number, with the index where there are several."""
    provider = call.snapshot.services[call.integration.service].provider
    return Label.first(provider, f"{call.number}-{index}" if index else call.number)


def _headers(call: Call, done: list[_Finished]) -> list[Header]:
    implicit: list[Header] = [(b"x-guiju-aigc", done[0].marked.label.to_json().encode("ascii"))] if done else []
    return [*call.headers(), *implicit]
