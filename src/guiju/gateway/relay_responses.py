"""The relay of ``/v1/responses``: typed events that repeat every text up to four times.

Deltas go through a channel each. Whatever repeats a text later (``….done``, the finished item, the finished response)
is rewritten to what was really released; a text that never came as deltas is checked where it stands. The event that ends a
doubtful text, or holds one, waits for the guard's opinion, and everything that follows waits behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from guiju.errors import UpstreamBroken, UpstreamMalformed
from guiju.gateway.channel import Channel
from guiju.gateway.endpoints.endpoint import Json, usage_tokens
from guiju.gateway.relay import Relay, RelayContext
from guiju.gateway.responses_events import (
    DELTA,
    PROSE,
    Place,
    closing_of,
    delta_of,
    opening_of,
    output_of,
    place_of,
    where_of,
)
from guiju.gateway.sse import event
from guiju.gateway.texts import Slot, slots
from guiju.gateway.wire import encode
from guiju.nouns import Decision

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
_ANSWER = ("output", "output_text", "error", "reasoning")
"""Members of a response that hold what the model said; the others repeat the request."""


class _Text:
    """A text that arrives in deltas: its channel, and the event it began with."""

    __slots__ = ("channel", "ended", "family", "first")

    def __init__(self, family: str, first: Json, channel: Channel) -> None:
        self.family, self.first, self.channel = family, first, channel
        self.ended = False


class ResponsesRelay(Relay):
    """One streamed response."""

    def __init__(self, context: RelayContext) -> None:
        super().__init__(context)
        self._texts: dict[Place, _Text] = {}
        self._pieces: dict[Place, int] = {}
        self._rewritten: dict[tuple[int, str], str] = {}
        self._prose: _Text | None = None
        self._begun: Json = {}
        self._outputs = 0
        self._number = 0
        self._tail: list[Json] = []
        self._going_on: Callable[[], list[bytes]] | None = None
        self._behind: list[Json] = []

    def take(self, chunk: Json) -> list[bytes]:
        kind = chunk.get("type")
        if not isinstance(kind, str):
            raise UpstreamMalformed(problem="an event has no type")
        if self._tail:
            return []
        if self._going_on is not None:
            self._behind.append(chunk)
            return []
        if kind == "error":
            raise UpstreamBroken()
        if kind.startswith(_MEDIA) and not kind.startswith("response.audio.transcript"):
            self.refuse_media()
        if kind.endswith(".delta"):  # the protocol has no delta that is not a string: it could hold texts in pieces
            return self._delta(kind.removesuffix(".delta"), chunk) if isinstance(chunk.get("delta"), str) else []
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

    @property
    def waits(self) -> bool:
        return self._going_on is not None or super().waits

    def heard(self, out: list[bytes]) -> None:
        go_on, behind = self._going_on, self._behind
        self._going_on, self._behind = None, []
        stopped = self.opposed()
        if stopped is not None:
            out += self._stop(stopped)
            return
        out += go_on() if go_on is not None else []
        for chunk in behind:
            if not self.stopped:
                out += self.take(chunk)

    def _unless_doubtful(self, go_on: Callable[[], list[bytes]]) -> list[bytes]:
        """Go on now, or once a guard was heard about what was just checked."""
        if self.context.zone is None or not self.doubts():
            return go_on()
        self._going_on = go_on
        return []

    # --- kinds of events ---------------------------------------------------------------------------------------------

    def _delta(self, family: str, chunk: Json) -> list[bytes]:
        place, said = place_of(family, chunk), chunk["delta"]
        if family.startswith("response.audio") and family != "response.audio.transcript":
            return [self._event(self.opening(chunk))]  # encoded sound, allowed above
        if family in _WHOLE:
            self.spend(len(said))
            self._pieces[place] = self._pieces.get(place, 0) + len(said)
            return []
        text = self._texts.get(place)
        if text is None:
            prose = family == PROSE and self._prose is None
            text = self._texts[place] = _Text(family, chunk, self.channel(where_of(place), prose=prose))
            if prose:
                self._prose = text
        if chunk.keys() - DELTA:
            chunk = {key: value for key, value in chunk.items() if key in DELTA}
        chunk["delta"] = text.channel.feed(said)
        out: list[bytes] = []
        if chunk["delta"]:
            self.sent = True
            if chunk.get("logprobs") and chunk["delta"] != said:
                chunk["logprobs"] = []
            out.append(self._event(self.opening(chunk)))
        return out + self._stop(text.channel.stopped) if text.channel.stopped is not None else out

    def _done(self, family: str, chunk: Json) -> list[bytes]:
        text = self._texts.get(place_of(family, chunk))
        if text is not None and not text.ended:
            text.channel.close()
        return self._unless_doubtful(partial(self._ended, family, chunk))

    def _ended(self, family: str, chunk: Json) -> list[bytes]:
        """A text has ended, and every guard was heard about it."""
        place = place_of(family, chunk)
        text, out = self._texts.get(place), []
        if text is not None and not text.ended:
            out += self._finish(place, text)
            if text.channel.stopped is not None:
                return out + self._stop(text.channel.stopped)
            if chunk.get("logprobs") and text.channel.masked:
                chunk["logprobs"] = []
        stopped = self._settle(chunk, where_of(place))
        if stopped is not None:
            return out + self._stop(stopped)
        return out + self._unless_doubtful(partial(self._told, family, place, chunk))

    def _told(self, family: str, place: Place, chunk: Json) -> list[bytes]:
        """The event that repeats an ended text may go out; before it the text, where it did not come in deltas."""
        out: list[bytes] = []
        if self._pieces.pop(place, None) is not None:
            whole = next((chunk[field] for field in _DONE_FIELDS if isinstance(chunk.get(field), str)), "")
            out.append(self._event(self.opening(delta_of(family, chunk, whole))))
        out.append(self._event(self.opening(chunk)))
        return out

    def _finish(self, place: Place, text: _Text) -> list[bytes]:
        """A text has ended: release the rest of it, remember what became of it."""
        text.ended = True
        rest = text.channel.finish()
        if text.channel.stopped is None:
            self._rewritten[place[1], text.channel.written] = text.channel.released
        if not rest:
            return []
        self.sent = True
        return [self._event(self.opening(delta_of(text.family, text.first, rest)))]

    def _terminal(self, chunk: Json) -> list[bytes]:
        for text in self._texts.values():
            text.channel.close()  # where the model's server left the text's own ending out
        return self._unless_doubtful(partial(self._last, chunk))

    def _last(self, chunk: Json) -> list[bytes]:
        """The response has ended, and every guard was heard about its texts."""
        out: list[bytes] = []
        for place, text in self._texts.items():
            if not text.ended:
                out += self._finish(place, text)
                if text.channel.stopped is not None:
                    return out + self._stop(text.channel.stopped)
        response = chunk.get("response")
        if isinstance(response, dict):
            self.tokens = usage_tokens(response.get("usage"))
            stopped = self._settle_response(response)
            if stopped is not None:
                return out + self._stop(stopped)
            response["aigc"] = self.context.labels.implicit
        return out + self._unless_doubtful(partial(self._keep, chunk))

    def _keep(self, chunk: Json) -> list[bytes]:
        """The last event stays until the record is durable."""
        self._tail.append(chunk)
        return []

    def _whole(self, chunk: Json) -> list[bytes]:
        """Any other event: its texts are checked where they stand, save what merely repeats the request."""
        response = chunk.get("response")
        if isinstance(response, dict):
            stopped = self._settle_response(response)
            others = {key: value for key, value in chunk.items() if key != "response"}
            stopped = stopped or self._settle(others, "event")
        else:
            stopped = self._settle(chunk, "event")
        if stopped is not None:
            return self._stop(stopped)
        return self._unless_doubtful(lambda: [self._event(self.opening(chunk))])

    def _settle_response(self, response: Json) -> Decision | None:
        said = {key: response[key] for key in _ANSWER if response.get(key)}
        stopped = self._settle(said, "") if said else None
        response.update(said)
        return stopped

    def _settle(self, node: Any, where: str) -> Decision | None:
        """Rewrite texts that were released before; check those that were not. The decision that stops, if one does."""
        unseen: list[Slot] = []
        outer = node.get("output_index") if isinstance(node, dict) else None
        for slot in slots(node, where, "assistant", self.context.depth):
            released = self._released(outer if isinstance(outer, int) else output_of(slot.part.where), slot.part.text)
            if released is None:
                unseen.append(slot)
            elif slot.part.text in released:
                slot.replace(released)
            else:
                slot.cover(released)
        stopped = self.check(unseen)
        if stopped is None:
            for slot in unseen:
                if isinstance(slot.container, dict):
                    self._rewritten.setdefault((-1, slot.part.text), slot.text)
        return stopped

    def _released(self, outer: int, text: str) -> str | None:
        """What went out in place of a text: at this output, else anywhere."""
        if (outer, text) in self._rewritten:
            return self._rewritten[outer, text]
        return next((released for (_, said), released in self._rewritten.items() if said == text), None)

    # --- the end by policy -------------------------------------------------------------------------------------------

    def _stop(self, decision: Decision) -> list[bytes]:
        self.stopped = True
        out, taken = self._take_back()
        if self.context.error_style:
            return out
        words, said = self.context.stand_in(decision), ""
        begin: list[Json] = []
        like: Json = {"item_id": "msg-stand-in", "output_index": self._outputs, "content_index": 0}
        if self._prose is not None:
            like, channel = self._prose.first, self._prose.channel
            if not taken:
                said, words = channel.released, channel.close_label() + words
        else:
            begin = opening_of(like)
        begin.append(delta_of(PROSE, like, words))
        self._tail += closing_of(like, self._begun, said + words)
        self._tail[-1]["response"]["aigc"] = self.context.labels.implicit
        return out + [self._event(self.opening(chunk)) for chunk in begin]

    def _take_back(self) -> tuple[list[bytes], bool]:
        """The event that takes back what was shown, where the front end can and there is something."""
        taken = self.take_back([text.channel for text in self._texts.values()]) if self.context.retract else {}
        if not taken:
            return [], False
        return [self._event(self.opening({"type": "guiju.retract", "characters": taken}))], True

    def _event(self, chunk: Json) -> bytes:
        chunk["sequence_number"] = self._number
        self._number += 1
        return event(encode(chunk), str(chunk["type"]).encode())
