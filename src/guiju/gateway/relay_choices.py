"""Relays of ``/v1/chat/completions`` and ``/v1/completions``: chunks with numbered choices."""

from __future__ import annotations

from abc import abstractmethod

from guiju.errors import UpstreamMalformed
from guiju.gateway.endpoints.endpoint import Json, usage_tokens
from guiju.gateway.relay import Relay, RelayContext
from guiju.gateway.sse import event
from guiju.gateway.streamed_choice import StreamedChoice
from guiju.gateway.texts import names, slots
from guiju.gateway.wire import encode
from guiju.nouns import Decision

_CHUNK = frozenset({"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier"})
_TEXTS = frozenset({"content", "reasoning_content", "reasoning"})
"""Fields of a delta whose texts go on from delta to delta."""


def _only(chunk: Json) -> Json | None:
    """The one choice of a chunk, where it has no more to say than a text that goes on."""
    choices = chunk.get("choices")
    if type(choices) is not list or len(choices) != 1 or chunk.get("usage") or chunk.get("error"):
        return None
    choice = choices[0]
    if type(choice) is not dict or choice.get("finish_reason") is not None or choice.get("logprobs"):
        return None
    return choice


class ChoicesRelay(Relay):
    """Common to both endpoints; they differ in where a choice keeps its texts."""

    prose: str
    """the field that readers see as the answer"""
    path: str
    """what stands between the choice and a field in the ``where`` of a part"""
    known: frozenset[str]
    """members of a choice that are guarded, or hold no text"""

    def __init__(self, context: RelayContext) -> None:
        super().__init__(context)
        self._choices: dict[int, StreamedChoice] = {}
        self._tail: list[Json] = []
        self._usage: list[Json] = []
        self._closing: list[tuple[StreamedChoice, Json, Json]] = []
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
                self._usage.append({key: value for key, value in chunk.items() if key in _CHUNK})
            return []
        aside = None if chunk.keys() <= _CHUNK else self._aside(chunk, _CHUNK, "")
        if not self._head:
            self._head = {key: value for key, value in chunk.items() if key not in ("choices", "usage")}
        out: list[bytes] = []
        passing = [choice for choice in choices if isinstance(choice, dict) and self._pass(choice, out, aside)]
        if passing:
            chunk["choices"] = passing
            out.append(event(encode(self.opening(chunk))))
        return out

    def joined(self, chunk: Json, following: Json) -> bool:
        first, second = _only(chunk), _only(following)
        if first is None or second is None or not (following.keys() <= chunk.keys() <= _CHUNK):
            return False
        if first.get("index", 0) != second.get("index", 0) or not second.keys() <= first.keys() <= self.known:
            return False
        return self.prolonged(first, second)

    def done(self) -> None:
        self.complete = bool(self._choices) and all(choice.ended for choice in self._choices.values())

    def ending(self) -> list[bytes]:
        tail = [*self._tail, *self._usage]
        if not tail:
            return []
        self.opening(tail[0])
        tail[-1]["aigc"] = self.context.labels.implicit
        return [event(encode(chunk)) for chunk in tail]

    @property
    def waits(self) -> bool:
        return bool(self._closing) or super().waits

    def heard(self, out: list[bytes]) -> None:
        closing, self._closing = self._closing, []
        for state, raw, delta in closing:
            state.stopped = state.stopped or self.opposed(state.place)
            if state.stopped is None:
                state.finish(delta)
            self._end(state, raw, delta, out)
        if closing and not self.context.error_style:
            self.stopped = False  # these had ended by themselves: what was used is still to be told
        for state in [choice for choice in self._choices.values() if not choice.ended]:
            state.stopped = self.opposed(state.place)
            if state.stopped is not None:
                self._end(state, {}, {}, out)

    # --- one choice --------------------------------------------------------------------------------------------------

    def _pass(self, raw: Json, out: list[bytes], aside: Decision | None) -> bool:
        """Take one choice of a chunk. True if it may go out as it now stands; what ends it is kept for later."""
        index = raw.get("index", 0)
        if not isinstance(index, int):
            raise UpstreamMalformed(problem="the index of a choice is not a number")
        state = self._choices.get(index)
        if state is None:
            state = self._choices[index] = StreamedChoice(self, index, self.path, self.prose)
        if state.ended:
            return False
        delta = self.open(raw)
        state.guard(delta)
        state.stopped = state.stopped or aside
        if not raw.keys() <= self.known:
            state.stopped = state.stopped or self._aside(raw, self.known, f"choices[{index}]")
        ending = raw.get("finish_reason") is not None
        if state.stopped is None and not ending:
            return self._continue(state, raw, delta)
        if state.stopped is None and self.context.zone is not None:
            state.ended = True
            state.close()
            self._closing.append((state, raw, delta))
            return False
        if state.stopped is None:
            state.finish(delta)
        self._end(state, raw, delta, out)
        return False

    def _continue(self, state: StreamedChoice, raw: Json, delta: Json) -> bool:
        found = raw.pop("logprobs", None)
        if found is not None or state.waiting:
            found = state.probabilities(found, ending=False)
            if found is not None:
                raw["logprobs"] = found
        self.close(raw, delta)
        self.sent = self.sent or bool(delta)
        return bool(delta) or found is not None

    def _end(self, state: StreamedChoice, raw: Json, delta: Json, out: list[bytes]) -> None:
        """The choice ends, by itself or by policy: release the last of it now, keep its end for after the record."""
        state.ended = True
        stopped, index = state.stopped, state.index
        found = state.probabilities(raw.pop("logprobs", None), ending=True) if stopped is None else None
        if stopped is not None and self.context.error_style:
            self._retract(state, out)
            self.stopped = True
            return
        if stopped is not None:
            delta = {key: value for key, value in delta.items() if isinstance(value, str)}
        if delta or found is not None:
            self.sent = True
            last: Json = {"index": index} if stopped is not None else {**raw}
            last["finish_reason"] = None
            if found is not None:
                last["logprobs"] = found
            self.close(last, delta)
            out.append(self._chunk(last))
        if stopped is None:
            self._tail.append({**self._head, "choices": [self.end(index, raw["finish_reason"])]})
            return
        owed = "" if self._retract(state, out) else state.owed_label()
        out.append(self._chunk(self.said(index, owed + self.context.stand_in(stopped))))
        self._tail.append({**self._head, "choices": [self.end(index, "content_filter")]})
        self.stopped = all(choice.ended for choice in self._choices.values())

    def _retract(self, state: StreamedChoice, out: list[bytes]) -> bool:
        """Tell a front end that can to take back what it showed of a stopped choice; whether there was anything."""
        taken = state.take_back() if self.context.retract else {}
        if not taken:
            return False
        told: Json = {"retract": {"index": state.index, "characters": taken}}
        out.append(event(encode(self.opening({**self._head, "choices": [], "guiju": told}))))
        return True

    def _chunk(self, choice: Json) -> bytes:
        return event(encode(self.opening({**self._head, "choices": [choice]})))

    def _aside(self, node: Json, known: frozenset[str], where: str) -> Decision | None:
        """Members outside the protocol: structures are checked where they stand, texts are dropped (they might be cut)."""
        others = {key: node.pop(key) for key in node.keys() - known}
        kept = {key: value for key, value in others.items() if not isinstance(value, str) or names(key, value)}
        stopped = self.check(slots(kept, where, "assistant", self.context.depth))
        if stopped is None:
            node.update(kept)
        return stopped

    # --- what differs ------------------------------------------------------------------------------------------------

    @abstractmethod
    def prolonged(self, choice: Json, following: Json) -> bool:
        """Whether ``following`` says more of the one text that ``choice`` says; then it was added there."""

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
    known = frozenset({"index", "delta", "finish_reason", "logprobs"})

    def prolonged(self, choice: Json, following: Json) -> bool:
        said, more = choice.get("delta"), following.get("delta")
        if type(said) is not dict or type(more) is not dict or len(more) != 1:
            return False
        ((field, text),) = more.items()
        if (
            field not in _TEXTS
            or type(text) is not str
            or type(said.get(field)) is not str
            or not said.keys() <= {field, "role"}
        ):
            return False
        said[field] += text
        return True

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
    known = frozenset({"index", "text", "finish_reason", "logprobs"})

    def prolonged(self, choice: Json, following: Json) -> bool:
        if type(choice.get("text")) is not str or type(following.get("text")) is not str:
            return False
        choice["text"] += following["text"]
        return True

    def open(self, raw: Json) -> Json:
        text = raw.get("text")
        return {"text": text} if isinstance(text, str) and text else {}

    def close(self, raw: Json, delta: Json) -> None:
        raw["text"] = delta.get("text", "")

    def said(self, index: int, text: str) -> Json:
        return {"index": index, "text": text, "logprobs": None, "finish_reason": None}

    def end(self, index: int, reason: str) -> Json:
        return {"index": index, "text": "", "logprobs": None, "finish_reason": reason}
