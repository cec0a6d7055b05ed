"""The relay of ``/v1/responses``: typed events that repeat every text up to four times.

Deltas go through a channel each. Whatever repeats a text later (``….done``, the finished item, the finished response)
is rewritten to what was really released; a text that never came as deltas is checked where it stands.
"""

from __future__ import annotations

from typing import Any

from guiju.errors import UpstreamBroken, UpstreamMalformed
from guiju.gateway.channel import Channel
from guiju.gateway.endpoints.endpoint import Json, usage_tokens
from guiju.gateway.relay import Relay, RelayContext
from guiju.gateway.sse import event
from guiju.gateway.texts import Slot, slots
from guiju.gateway.wire import encode
from guiju.nouns import Decision

_PROSE = "response.output_text"
_WHOLE = frozenset(
    {
        "response.function_call_arguments", "response.custom_tool_call_input", "response.mcp_call_arguments",
        "response.code_interpreter_call_code",
    }
)  # fmt: skip
"""Texts that no client can use by halves: released at once when complete."""
_MEDIA = ("response.audio.", "response.image_generation_call.")
_TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})
_DONE_FIELDS = ("text", "refusal", "arguments", "input", "code", "transcript")

Place = tuple[str, int, int]
"""(event family, output index, index of the part)"""


class ResponsesRelay(Relay):
    """One streamed response."""

    def __init__(self, context: RelayContext) -> None:
        super().__init__(context)
        self._texts: dict[Place, Channel] = {}
        self._pieces: dict[Place, list[str]] = {}
        self._rewritten: dict[str, str] = {}
        self._prose: tuple[Channel, Json] | None = None
        self._begun: Json = {}
        self._outputs = 0
        self._number = 0
        self._tail: list[Json] = []

    def take(self, chunk: Json) -> list[bytes]:
        kind = chunk.get("type")
        if not isinstance(kind, str):
            raise UpstreamMalformed(problem="an event has no type")
        if self._tail:
            return []
        if kind == "error":
            raise UpstreamBroken()
        if kind.startswith(_MEDIA) and not kind.startswith("response.audio.transcript"):
            self.refuse_media()
        if kind.endswith(".delta") and isinstance(chunk.get("delta"), str):
            return self._delta(kind.removesuffix(".delta"), chunk)
        if kind.endswith(".done"):
            return self._done(kind.removesuffix(".done"), chunk)
        if kind in _TERMINAL:
            return self._terminal(chunk)
        if kind == "response.created" and isinstance(chunk.get("response"), dict):
            self._begun = chunk["response"]
        elif kind == "response.output_item.added":
            self._outputs += 1
        return self._whole(chunk)

    def done(self) -> None:
        self.complete = bool(self._tail)

    def ending(self) -> list[bytes]:
        if not self._tail:
            return []
        self.opening(self._tail[0])
        self._tail[-1]["aigc"] = self.context.labels.implicit
        return [self._event(chunk) for chunk in self._tail]

    # --- kinds of events ---------------------------------------------------------------------------------------------

    def _delta(self, family: str, chunk: Json) -> list[bytes]:
        place = _place(family, chunk)
        if family in _WHOLE:
            self._budget.spend(len(chunk["delta"]))
            self._pieces.setdefault(place, []).append(chunk["delta"])
            return []
        channel = self._texts.get(place)
        if channel is None:
            prose = family == _PROSE and self._prose is None
            channel = self._texts[place] = self.channel(_where(place), prose=prose)
            if prose:
                self._prose = channel, chunk
        said = chunk["delta"]
        chunk["delta"] = channel.feed(said)
        if channel.stopped is not None:
            out = [self._event(self.opening(chunk))] if chunk["delta"] else []
            return out + self._stop(channel.stopped)
        if not chunk["delta"]:
            return []
        self.sent = True
        if chunk.get("logprobs") and chunk["delta"] != said:
            chunk["logprobs"] = []
        return [self._event(self.opening(chunk))]

    def _done(self, family: str, chunk: Json) -> list[bytes]:
        place = _place(family, chunk)
        out: list[bytes] = []
        channel = self._texts.get(place)
        if channel is not None and channel.part.text not in self._rewritten:
            rest = channel.finish()
            if channel.stopped is not None:
                return self._stop(channel.stopped)
            self._rewritten[channel.part.text] = channel.released
            if rest:
                self.sent = True
                out.append(self._event(self.opening(_delta_of(family, chunk, rest))))
            if chunk.get("logprobs") and channel.masked:
                chunk["logprobs"] = []
        stopped = self._settle(chunk, _where(place))
        if stopped is not None:
            return out + self._stop(stopped)
        if self._pieces.pop(place, None) is not None:
            text = next((chunk[field] for field in _DONE_FIELDS if isinstance(chunk.get(field), str)), "")
            out.append(self._event(self.opening(_delta_of(family, chunk, text))))
        out.append(self._event(self.opening(chunk)))
        return out

    def _terminal(self, chunk: Json) -> list[bytes]:
        response = chunk.get("response")
        if isinstance(response, dict):
            self.tokens = usage_tokens(response.get("usage"))
            stopped = self._settle(response.get("output"), "output")
            if stopped is not None:
                return self._stop(stopped)
            response["aigc"] = self.context.labels.implicit
        self._tail.append(chunk)
        return []

    def _whole(self, chunk: Json) -> list[bytes]:
        """Any other event: its texts are checked where they stand, save what merely repeats the request."""
        stopped = None if "response" in chunk else self._settle(chunk, "event")
        return self._stop(stopped) if stopped is not None else [self._event(self.opening(chunk))]

    def _settle(self, node: Any, where: str) -> Decision | None:
        """Rewrite texts that were released before; check those that were not. The decision that stops, if one does."""
        unseen: list[Slot] = []
        for slot in slots(node, where, "assistant", self.context.depth):
            released = self._rewritten.get(slot.part.text)
            if released is not None:
                slot.replace(released)
            else:
                unseen.append(slot)
        stopped = self.check(unseen)
        for slot in unseen:
            if isinstance(slot.container, dict) and slot.key in slot.container:
                self._rewritten.setdefault(slot.part.text, slot.container[slot.key])
        return stopped

    # --- the end by policy -------------------------------------------------------------------------------------------

    def _stop(self, decision: Decision) -> list[bytes]:
        self.stopped = True
        if self.context.error_style:
            return []
        words = self.context.stand_in(decision)
        response = {**self._begun, "status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
        if self._prose is not None:
            channel, first = self._prose
            place = {key: first[key] for key in ("item_id", "output_index", "content_index") if key in first}
            words = channel.close_label() + words
            text, begin = channel.released + words, []
        else:
            place = {"item_id": "msg-stand-in", "output_index": self._outputs, "content_index": 0}
            text, begin = words, _begin(place)
        part = {"type": "output_text", "text": text, "annotations": []}
        item = {
            "id": place.get("item_id"), "type": "message", "status": "incomplete", "role": "assistant", "content": [part],
        }  # fmt: skip
        response["output"] = [item]
        response["aigc"] = self.context.labels.implicit
        begin.append({"type": "response.output_text.delta", **place, "delta": words, "logprobs": []})
        self._tail += [
            {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
            {"type": "response.content_part.done", **place, "part": part},
            {"type": "response.output_item.done", "output_index": place.get("output_index", 0), "item": item},
            {"type": "response.incomplete", "response": response},
        ]
        return [self._event(self.opening(chunk)) for chunk in begin]

    def _event(self, chunk: Json) -> bytes:
        chunk["sequence_number"] = self._number
        self._number += 1
        return event(encode(chunk), str(chunk["type"]).encode())


def _place(family: str, chunk: Json) -> Place:
    inner = chunk.get("content_index", chunk.get("summary_index", 0))
    outer = chunk.get("output_index", 0)
    return family, outer if isinstance(outer, int) else 0, inner if isinstance(inner, int) else 0


def _where(place: Place) -> str:
    family, outer, inner = place
    return f"output[{outer}].{family.removeprefix('response.')}[{inner}]"


def _delta_of(family: str, done: Json, text: str) -> Json:
    """The delta event that belongs to a ``….done`` event."""
    keys = ("item_id", "output_index", "content_index", "summary_index")
    place = {key: done[key] for key in keys if key in done}
    extra = {"logprobs": []} if family == _PROSE else {}
    return {"type": f"{family}.delta", **place, "delta": text, **extra}


def _begin(place: Json) -> list[Json]:
    """The events that open a message for a stand-in text where the model had not opened one."""
    item = {"id": place["item_id"], "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    return [
        {"type": "response.output_item.added", "output_index": place["output_index"], "item": item},
        {"type": "response.content_part.added", **place, "part": {"type": "output_text", "text": "", "annotations": []}},
    ]
