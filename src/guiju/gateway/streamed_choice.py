"""One choice of a streamed answer: every text in its deltas guarded, whatever the protocol calls it.

Texts that readers follow (content, reasoning, transcripts …) go through a channel each. Tool calls are collected, checked and
released whole, since no client can run half a call, and many take its name from the first piece they see.
"""

from __future__ import annotations

from typing import Any

from guiju.gateway.channel import Channel
from guiju.gateway.endpoints.endpoint import Json
from guiju.gateway.relay import Relay
from guiju.gateway.texts import MEDIA, Slot, media_parts, names, slots, unescaped
from guiju.nouns import Decision

_MEDIA_FIELDS = ("audio", "images")
_WHOLE_FIELDS = ("annotations",)
"""Structures that arrive complete in one delta; the texts of all others may be cut anywhere."""
_TOOL_FIELDS = {"function": "arguments", "custom": "input"}
_TOOL_HEAD = ("id", "type")
"""What a tool call is called by, beside its kind."""


class _Tool:
    """A tool call in the making: its name through a channel, its arguments in pieces, and what else it says."""

    __slots__ = ("field", "holder", "name", "pieces", "said", "where")

    def __init__(self, where: str, field: str, name: Channel) -> None:
        self.where, self.field, self.name = where, field, name
        self.said: list[str] = []
        self.pieces: list[str] = []
        self.holder: Json = {}


class _Nested:
    """A structure whose texts arrive in pieces.

    By path of the text: its channel, and where it stood last, with the whole value of the delta it stood in.
    """

    __slots__ = ("channels", "latest")

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.latest: dict[str, tuple[Any, Slot]] = {}


class StreamedChoice:
    """The state of one choice.

    Attributes:
        ended: nothing the model says in this choice is taken any more. ``stopped``: the decision that ended it, or None.
        place: what the ``where`` of its parts begins with.
    """

    __slots__ = (
        "_closed",
        "_heads",
        "_nested",
        "_path",
        "_probabilities",
        "_prose",
        "_relay",
        "_texts",
        "_tools",
        "ended",
        "index",
        "place",
        "stopped",
    )

    def __init__(self, relay: Relay, index: int, path: str, prose: str) -> None:
        """``path``: stands between the choice and a field in the ``where`` of a part. ``prose``: the field readers see."""
        self.index = index
        self.ended = self._closed = False
        self.stopped: Decision | None = None
        self.place = f"choices[{index}]"
        self._relay = relay
        self._path = f"{self.place}.{path}"
        self._prose = prose
        self._texts: dict[str, Channel] = {}
        self._nested: dict[str, _Nested] = {}
        self._tools: dict[tuple[str, int], _Tool] = {}
        self._heads: dict[int, Json] = {}
        self._probabilities: list[Any] = []

    def guard(self, delta: Json) -> None:
        """Guard every text of a delta in place; what is held back is taken out."""
        for key in list(delta):
            value = delta[key]
            if type(value) is str:
                if value and (key == self._prose or not names(key, value)):
                    self._text(delta, key, value)
            elif key == "tool_calls" and type(value) is list:
                delta[key] = [c for n, c in enumerate(value) if not isinstance(c, dict) or self._call(c, n)]
                if value and not delta[key]:
                    del delta[key]
            elif key == "function_call" and type(value) is dict:
                self._collect(delta.pop(key), key, 0, "arguments", key)
            elif value and (type(value) is dict or type(value) is list):
                if key in _MEDIA_FIELDS or media_parts(value):
                    self._relay.refuse_media()
                self._structure(key, value)

    def close(self) -> None:
        """The choice ends by itself: judge what was not judged yet, which may stop it; nothing of it leaves."""
        if self._closed:
            return
        self._closed = True
        for channel in self._channels():
            channel.close()
            self.stopped = self.stopped or channel.stopped
        for tool in self._tools.values():
            if self.stopped is None:
                self._close_tool(tool)

    def finish(self, delta: Json) -> None:
        """The choice ends by itself: add what was held back of every text to its last delta. It may stop the choice yet."""
        self.close()
        for key, channel in self._texts.items():
            if text := channel.finish():
                delta[key] = (delta.get(key) or "") + text
        for key, nested in self._nested.items():
            self._finish_structure(key, nested, delta)
        if self.stopped is None:
            self._finish_tools(delta)

    def owed_label(self) -> str:
        """The explicit label of a text that policy cut short, where it stands last."""
        return "".join(channel.close_label() for channel in self._channels())

    def take_back(self) -> dict[str, int]:
        """Note that everything shown of this choice is taken back: how many characters by place, empty if there is nothing."""
        return self._relay.take_back(self._channels())

    @property
    def waiting(self) -> bool:
        """Whether log probabilities wait for their text."""
        return bool(self._probabilities)

    def probabilities(self, found: Any, *, ending: bool) -> Json | None:
        """The log probabilities that may go out now, given those that just came.

        They repeat the text token by token: they leave when nothing is held back, or not at all.
        """
        content = found.get("content") if isinstance(found, dict) else None
        if isinstance(content, list):
            self._probabilities += content
        if not self._probabilities:
            return None
        if any(channel.masked for channel in self._channels()):
            self._probabilities = []
        elif ending or not any(channel.held for channel in self._channels()):
            ready, self._probabilities = self._probabilities, []
            return {"content": ready}
        return None

    # --- texts -------------------------------------------------------------------------------------------------------

    def _text(self, delta: Json, key: str, value: str) -> None:
        channel = self._texts.get(key)
        if channel is None:
            channel = self._texts[key] = self._relay.channel(self._path + key, prose=key == self._prose)
        if text := self._feed(channel, value):
            delta[key] = text
        else:
            del delta[key]

    def _feed(self, channel: Channel, value: str) -> str:
        text = channel.feed(value) if self.stopped is None else ""
        self.stopped = self.stopped or channel.stopped
        return text

    def _structure(self, key: str, value: Any) -> None:
        relay, where = self._relay, self._path + key
        found = slots(value, where, "assistant", relay.context.depth)
        if key in _WHOLE_FIELDS:
            self.stopped = self.stopped or relay.check(found)
            return
        nested = self._nested.setdefault(key, _Nested())
        for slot in found:
            path = slot.part.where
            channel = nested.channels.get(path)
            if channel is None:
                prose = key == self._prose and slot.key == "text"
                channel = nested.channels[path] = relay.channel(path, prose=prose)
            slot.replace(self._feed(channel, slot.part.text))
            nested.latest[path] = value, slot

    def _finish_structure(self, key: str, nested: _Nested, delta: Json) -> None:
        held = {path: channel.finish() for path, channel in nested.channels.items()}
        present, forms = delta.get(key), list[Any]()
        for path, (value, slot) in nested.latest.items():
            if value is present:
                slot.replace(slot.text + held[path])
                continue
            slot.replace(held[path])  # this value went out before; only its form is used again
            if isinstance(slot.container, dict):
                for field in MEDIA & slot.container.keys():
                    del slot.container[field]
            if held[path] and not any(value is form for form in forms):
                forms.append(value)
        for form in forms:
            before = delta.get(key)
            if isinstance(before, list) and isinstance(form, list):
                delta[key] = [*before, *form]
            else:
                delta[key] = {**form, **before} if isinstance(before, dict) and isinstance(form, dict) else form

    # --- tool calls --------------------------------------------------------------------------------------------------

    def _call(self, call: Json, position: int) -> bool:
        """Collect a piece of a tool call; whether something is left of it that this version does not know."""
        index = call.get("index", position)
        index = index if isinstance(index, int) else position
        kinds = {kind: call.pop(kind) for kind in _TOOL_FIELDS.keys() & call.keys()}
        for kind, holder in kinds.items():
            if isinstance(holder, dict):
                self._collect(holder, kind, index, _TOOL_FIELDS[kind], f"tool_calls[{index}].{kind}")
        self._check(call, f"tool_calls[{index}]")
        if kinds or call.keys() <= {"index", *_TOOL_HEAD}:
            head = self._heads.setdefault(index, {})
            head.update({key: value for key in _TOOL_HEAD if (value := call.pop(key, None))})
        return bool(call.keys() - {"index"})

    def _collect(self, holder: Json, kind: str, index: int, field: str, where: str) -> None:
        tool = self._tools.get((kind, index))
        if tool is None:
            name = self._relay.channel(f"{self._path}{where}.name", prose=False)
            tool = self._tools[kind, index] = _Tool(where, field, name)
        name, piece = holder.pop("name", None), holder.pop(field, None)
        if isinstance(name, str) and name:
            tool.said.append(self._feed(tool.name, name))
        if isinstance(piece, str):
            self._relay.spend(len(piece))
            tool.pieces.append(piece)
        self._check(holder, where)
        tool.holder.update(holder)

    def _close_tool(self, tool: _Tool) -> None:
        tool.holder[tool.field] = unescaped("".join(tool.pieces))
        self._check(tool.holder, tool.where)
        tool.name.close()
        self.stopped = self.stopped or tool.name.stopped

    def _finish_tools(self, delta: Json) -> None:
        """The tool calls, each in one piece."""
        calls = {index: {"index": index, **head} for index, head in self._heads.items()}
        for (kind, index), tool in self._tools.items():
            name = "".join(tool.said) + tool.name.finish()
            holder = {"name": name, **tool.holder} if name else tool.holder
            if kind == "function_call":
                delta[kind] = holder
            else:
                calls.setdefault(index, {"index": index})[kind] = holder
        if calls:
            delta["tool_calls"] = [*(delta.get("tool_calls") or ()), *calls.values()]

    def _check(self, node: Json, where: str) -> None:
        found = slots(node, self._path + where, "assistant", self._relay.context.depth)
        if found and self.stopped is None:
            self.stopped = self._relay.check(found)

    def _channels(self) -> list[Channel]:
        deep = [channel for nested in self._nested.values() for channel in nested.channels.values()]
        return [*self._texts.values(), *deep] if deep else [*self._texts.values()]
