"""Relays of ``/v1/chat/completions`` and ``/v1/completions``: chunks with numbered choices."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from guiju.errors import UpstreamMalformed
from guiju.gateway.channel import Channel
from guiju.gateway.endpoints.endpoint import Json, usage_tokens
from guiju.gateway.relay import Relay, RelayContext
from guiju.gateway.sse import event
from guiju.gateway.texts import NAMES, Slot, slots
from guiju.gateway.wire import encode
from guiju.nouns import Decision, Part

_TOOL_FIELDS = {"function": "arguments", "custom": "input"}


class _Choice:
    """The state of one choice.

    ``tools`` collects the arguments of tool calls, by (kind, index): they are checked and released whole, since no
    client can run half a call. ``probabilities`` waits until the text it repeats has been released.
    """

    __slots__ = ("channels", "ended", "index", "probabilities", "stopped", "tools")

    def __init__(self, index: int) -> None:
        self.index = index
        self.channels: dict[str, Channel] = {}
        self.tools: dict[tuple[str, int], list[str]] = {}
        self.probabilities: list[Any] = []
        self.stopped: Decision | None = None
        self.ended = False


class ChoicesRelay(Relay):
    """Common to both endpoints; they differ in where a choice keeps its texts."""

    prose: str
    """the field that readers see as the answer"""
    path: str
    """what stands between the choice and a field in the ``where`` of a part"""

    def __init__(self, context: RelayContext) -> None:
        super().__init__(context)
        self._choices: dict[int, _Choice] = {}
        self._tail: list[Json] = []
        self._head: Json = {}

    def take(self, chunk: Json) -> list[bytes]:
        usage = chunk.get("usage")
        if usage:
            self.tokens = usage_tokens(usage)
        choices = chunk.get("choices")
        if not isinstance(choices, list) or not choices:
            if chunk.get("error"):
                raise UpstreamMalformed(problem="the upstream reported an error in the stream")
            if usage and self.context.show_usage:
                self._tail.append(chunk)
            return []
        if not self._head:
            self._head = {key: value for key, value in chunk.items() if key not in ("choices", "usage")}
        out: list[bytes] = []
        passing = [choice for choice in choices if isinstance(choice, dict) and self._pass(choice, out)]
        if passing:
            chunk["choices"] = passing
            out.append(event(encode(self.opening(chunk))))
        return out

    def done(self) -> None:
        self.complete = bool(self._choices) and all(choice.ended for choice in self._choices.values())

    def ending(self) -> list[bytes]:
        if not self._tail:
            return []
        self.opening(self._tail[0])
        self._tail[-1]["aigc"] = self.context.labels.implicit
        return [event(encode(chunk)) for chunk in self._tail]

    # --- one choice --------------------------------------------------------------------------------------------------

    def _pass(self, raw: Json, out: list[bytes]) -> bool:
        """Take one choice of a chunk. True if it may go out as it now stands; what ends it is kept for later."""
        index = raw.get("index", 0)
        state = self._choices.get(index)
        if state is None:
            state = self._choices[index] = _Choice(index)
        if state.ended:
            return False
        delta = self.open(raw)
        says_something = self._guard(state, delta)
        if state.stopped is None and raw.get("finish_reason") is not None:
            self._finish(state, raw, delta, out)
            return False
        if state.stopped is not None:
            self._stop(state, out)
            return False
        self._probabilities(state, raw, ending=False)
        self.close(raw, delta)
        return says_something

    def _guard(self, state: _Choice, delta: Json) -> bool:
        """Guard every text of a delta in place; take out what is held back. True where something is left to send."""
        for key in list(delta):
            value = delta[key]
            if type(value) is str:
                if key in NAMES or not value:
                    continue
                channel = state.channels.get(key)
                if channel is None:
                    where = f"choices[{state.index}].{self.path}{key}"
                    channel = state.channels[key] = self.channel(where, prose=key == self.prose)
                delta[key] = channel.feed(value)
                state.stopped = state.stopped or channel.stopped
                if delta[key]:
                    self.sent = True
                else:
                    del delta[key]
            elif key == "tool_calls" and type(value) is list:
                for position, call in enumerate(value):
                    self._collect_call(state, call, position)
            elif key == "function_call" and type(value) is dict:
                self._collect(state, value, "function_call", 0, "arguments")
            elif value and (type(value) is dict or type(value) is list):
                if key in ("audio", "images"):
                    self.refuse_media()
                where = f"choices[{state.index}].{self.path}{key}"
                state.stopped = state.stopped or self.check(slots(value, where, "assistant", self.context.depth))
        return bool(delta)

    def _collect_call(self, state: _Choice, call: Any, position: int) -> None:
        if isinstance(call, dict):
            for kind, field in _TOOL_FIELDS.items():
                if isinstance(call.get(kind), dict):
                    self._collect(state, call[kind], kind, call.get("index", position), field)

    def _collect(self, state: _Choice, holder: Json, kind: str, index: int, field: str) -> None:
        name = holder.get("name")
        if isinstance(name, str) and name:
            where = f"choices[{state.index}].{self.path}{kind}[{index}].name"
            state.stopped = state.stopped or self.check([Slot(holder, "name", Part(where, name, "assistant"))])
        text = holder.get(field)
        if isinstance(text, str):
            self._budget.spend(len(text))
            state.tools.setdefault((kind, index), []).append(text)
            holder[field] = ""

    def _finish(self, state: _Choice, raw: Json, delta: Json, out: list[bytes]) -> None:
        """The choice ends by itself: release the rest now, keep its end for after the record."""
        rest = self._rest(state)
        if state.stopped is not None:
            self._stop(state, out)
            return
        for key, value in rest.items():
            delta[key] = delta[key] + value if isinstance(value, str) and isinstance(delta.get(key), str) else value
        reason = raw["finish_reason"]
        self._probabilities(state, raw, ending=True)
        if delta or raw.get("logprobs"):
            self.sent = True
            last = {**raw, "finish_reason": None}
            self.close(last, delta)
            out.append(event(encode(self.opening({**self._head, "choices": [last]}))))
        self._tail.append({**self._head, "choices": [self.end(state.index, reason)]})
        state.ended = True

    def _rest(self, state: _Choice) -> Json:
        """What is still held back of every text of a choice, as a delta."""
        rest: Json = {}
        for key, channel in state.channels.items():
            text = channel.finish()
            if channel.stopped is not None:
                state.stopped = channel.stopped
                return {}
            if text:
                rest[key] = text
        for (kind, index), pieces in state.tools.items():
            field = _TOOL_FIELDS.get(kind, "arguments")
            holder = {field: "".join(pieces)}
            where = f"choices[{state.index}].{self.path}{kind}[{index}]"
            state.stopped = self.check(slots(holder, where, "assistant", self.context.depth))
            if state.stopped is not None:
                return {}
            if kind == "function_call":
                rest["function_call"] = holder
            else:
                rest.setdefault("tool_calls", []).append({"index": index, kind: holder})
        return rest

    def _stop(self, state: _Choice, out: list[bytes]) -> None:
        """Policy ends this choice; when no choice is left running, the upstream is no longer needed."""
        assert state.stopped is not None
        state.ended = True
        state.tools.clear()
        if self.context.error_style:
            self.stopped = True
            return
        owed = "".join(channel.close_label() for channel in state.channels.values())
        words = self.said(state.index, owed + self.context.stand_in(state.stopped))
        out.append(event(encode(self.opening({**self._head, "choices": [words]}))))
        self._tail.append({**self._head, "choices": [self.end(state.index, "content_filter")]})
        self.stopped = all(choice.ended for choice in self._choices.values())

    def _probabilities(self, state: _Choice, raw: Json, *, ending: bool) -> None:
        """Log probabilities repeat the text token by token, so they leave when nothing is held back, or not at all."""
        found = raw.pop("logprobs", None)
        if found is None and not state.probabilities:
            return
        content = found.get("content") if isinstance(found, dict) else None
        if isinstance(content, list):
            state.probabilities += content
        channels = state.channels.values()
        if any(channel.masked for channel in channels):
            state.probabilities = []
        elif state.probabilities and (ending or not any(channel.held for channel in channels)):
            raw["logprobs"] = {"content": state.probabilities}
            state.probabilities = []

    # --- what differs ------------------------------------------------------------------------------------------------

    @abstractmethod
    def open(self, raw: Json) -> Json:
        """The new texts of a choice as one object."""

    @abstractmethod
    def close(self, raw: Json, delta: Json) -> None:
        """Put that object back."""

    @abstractmethod
    def said(self, index: int, text: str) -> Json:
        """A choice that says ``text``."""

    @abstractmethod
    def end(self, index: int, reason: str) -> Json:
        """A choice that says nothing and ends."""


class ChatRelay(ChoicesRelay):
    """``/v1/chat/completions``."""

    prose = "content"
    path = "message."

    def open(self, raw: Json) -> Json:
        delta = raw.get("delta")
        if not isinstance(delta, dict):
            delta = raw["delta"] = {}
        return delta

    def close(self, raw: Json, delta: Json) -> None:
        raw["delta"] = delta

    def said(self, index: int, text: str) -> Json:
        return {"index": index, "delta": {"content": text}, "finish_reason": None}

    def end(self, index: int, reason: str) -> Json:
        return {"index": index, "delta": {}, "finish_reason": reason}


class CompletionRelay(ChoicesRelay):
    """``/v1/completions``. Its log probabilities have another form and are not relayed in streams."""

    prose = "text"
    path = ""

    def open(self, raw: Json) -> Json:
        text = raw.get("text")
        return {"text": text} if isinstance(text, str) and text else {}

    def close(self, raw: Json, delta: Json) -> None:
        raw["text"] = delta.get("text", "")

    def said(self, index: int, text: str) -> Json:
        return {"index": index, "text": text, "logprobs": None, "finish_reason": None}

    def end(self, index: int, reason: str) -> Json:
        return {"index": index, "text": "", "logprobs": None, "finish_reason": reason}
