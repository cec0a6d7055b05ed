"""The shapes of ``/v1/responses`` events: which place an event speaks of, and events the gateway makes itself."""

from __future__ import annotations

import re

from guiju.gateway.endpoints.endpoint import Json

PROSE = "response.output_text"
"""The event family of the texts that readers see as the answer."""
DELTA = frozenset(
    {
        "type", "item_id", "output_index", "content_index", "summary_index", "delta", "sequence_number", "logprobs",
        "obfuscation",
    }
)  # fmt: skip
"""Members of a delta event. Others are no part of the protocol, and could hold text cut anywhere: they are dropped."""
_PLACE = ("item_id", "output_index", "content_index", "summary_index")
_OUTPUT = re.compile(r"output\[(\d+)\]")

Place = tuple[str, int, int]
"""(event family, output index, index of the part)"""


def place_of(family: str, chunk: Json) -> Place:
    """The place an event of ``family`` speaks of."""
    inner = chunk.get("content_index", chunk.get("summary_index", 0))
    outer = chunk.get("output_index", 0)
    return family, outer if isinstance(outer, int) else 0, inner if isinstance(inner, int) else 0


def where_of(place: Place) -> str:
    """The path of a place, for findings."""
    family, outer, inner = place
    return f"output[{outer}].{family.removeprefix('response.')}[{inner}]"


def output_of(where: str) -> int:
    """The output index in a path; -1 where it names none."""
    match = _OUTPUT.match(where)
    return int(match[1]) if match else -1


def delta_of(family: str, like: Json, text: str) -> Json:
    """A delta event of ``family`` at the place of the event ``like``."""
    delta: Json = {"type": f"{family}.delta", **_placed(like), "delta": text}
    return {**delta, "logprobs": []} if family == PROSE else delta


def opening_of(place: Json) -> list[Json]:
    """The events that open a message where the model had not opened one."""
    item = {"id": place["item_id"], "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    return [
        {"type": "response.output_item.added", "output_index": place["output_index"], "item": item},
        {
            "type": "response.content_part.added",
            **place,
            "part": {"type": "output_text", "text": "", "annotations": []},
        },
    ]


def closing_of(like: Json, begun: Json, text: str) -> list[Json]:
    """The events that end a response by policy, whose one message says ``text``.

    Args:
        like: an event at the place of the message. ``begun``: the response as the model announced it.
    """
    place = _placed(like)
    part: Json = {"type": "output_text", "text": text, "annotations": []}
    item: Json = {
        "id": place.get("item_id"), "type": "message", "status": "incomplete", "role": "assistant", "content": [part],
    }  # fmt: skip
    reason = {"reason": "content_filter"}
    response: Json = {**begun, "status": "incomplete", "incomplete_details": reason, "output": [item]}
    return [
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": place.get("output_index", 0), "item": item},
        {"type": "response.incomplete", "response": response},
    ]


def _placed(like: Json) -> Json:
    return {key: like[key] for key in _PLACE if key in like}
