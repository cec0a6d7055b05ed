"""``/v1/responses``. Everything must be in the request: state kept by the upstream cannot be checked here."""

from __future__ import annotations

from typing import Any

from guiju.errors import FieldInvalid, StoredStateRefused
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Endpoint, Json, json_mode, usage_tokens
from guiju.gateway.texts import Slot, media_parts, slots
from guiju.nouns import Part

_STORED = ("prompt", "previous_response_id", "conversation")
_MEDIA_TOOLS = frozenset({"image_generation"})


class Responses(Endpoint):
    name = "responses"
    path = "/responses"
    answers = "output"
    known = frozenset(
        {
            "id", "object", "created_at", "completed_at", "status", "model", "output", "usage", "instructions", "metadata",
            "tools", "tool_choice", "text", "prompt", "prompt_cache_key", "prompt_cache_retention", "safety_identifier",
            "user", "service_tier", "truncation", "parallel_tool_calls", "temperature", "top_p", "top_logprobs", "store",
            "background", "max_output_tokens", "max_tool_calls", "previous_response_id", "conversation", "billing",
        }
    )  # fmt: skip

    def validate(self, request: Json) -> None:
        super().validate(request)
        if not isinstance(request.get("input"), str | list) or not request["input"]:
            raise FieldInvalid(field="input", problem="a text or a list of items is required")
        for field in _STORED:
            if request.get(field) is not None:
                raise StoredStateRefused(field=field)
        for index, item in enumerate(request["input"]):
            if isinstance(item, dict) and item.get("type") == "item_reference":
                raise StoredStateRefused(field=f"input[{index}]")
        if request.get("background"):
            raise FieldInvalid(field="background", problem="background responses are not served")

    def wants_media(self, request: Json) -> bool:
        tools = request.get("tools")
        return isinstance(tools, list) and any(isinstance(t, dict) and t.get("type") in _MEDIA_TOOLS for t in tools)

    def structured(self, request: Json) -> bool:
        text = request.get("text")
        return isinstance(text, dict) and json_mode(text.get("format"))

    def choices(self, response: Json, depth: int) -> list[Choice]:
        output = response.get("output")
        if not isinstance(output, list) or not output:
            return []
        texts = slots(output, "output", "assistant", depth)
        return [Choice(0, texts, prose_slots(output), _silencer(response), {})]

    def has_media(self, response: Json) -> bool:
        output = response.get("output")
        return isinstance(output, list) and any(
            isinstance(item, dict) and (item.get("type") == "image_generation_call" or media_parts(item.get("content")))
            for item in output
        )

    def tokens(self, response: Json) -> Tokens:
        return usage_tokens(response.get("usage"))

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        return incomplete(self._head(request, number, created), text, f"msg-{number}")

    def stand_in_events(self, request: Json, text: str, number: str, created: int) -> list[Json]:
        head = self._head(request, number, created)
        final = incomplete(dict(head), text, f"msg-{number}")
        item = final["output"][0]
        place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        begun = {**item, "status": "in_progress", "content": []}
        return number_events(
            [
                {"type": "response.created", "response": {**head, "status": "in_progress", "output": []}},
                {"type": "response.output_item.added", "output_index": 0, "item": begun},
                {"type": "response.content_part.added", **place, "part": {**item["content"][0], "text": ""}},
                {"type": "response.output_text.delta", **place, "delta": text, "logprobs": []},
                {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
                {"type": "response.content_part.done", **place, "part": item["content"][0]},
                {"type": "response.output_item.done", "output_index": 0, "item": item},
                {"type": "response.incomplete", "response": final},
            ]
        )

    @staticmethod
    def _head(request: Json, number: str, created: int) -> Json:
        return {
            "id": f"resp-{number}", "object": "response", "created_at": created, "model": request["model"],
            "error": None, "instructions": None, "metadata": {}, "parallel_tool_calls": True, "tool_choice": "auto",
            "tools": [], "temperature": None, "top_p": None, "usage": None,
        }  # fmt: skip


def incomplete(response: Json, text: str, item_id: str) -> Json:
    """``response`` made to say ``text`` only and to end as filtered."""
    content = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": item_id, "type": "message", "status": "incomplete", "role": "assistant", "content": [content]}
    response.update(status="incomplete", incomplete_details={"reason": "content_filter"}, output=[item])
    return response


def number_events(events: list[Json], start: int = 0) -> list[Json]:
    """Events with consecutive ``sequence_number``."""
    for number, event in enumerate(events, start):
        event["sequence_number"] = number
    return events


def prose_slots(output: list[Any]) -> list[Slot]:
    """The texts of an output that a reader sees as the answer."""
    found = []
    for i, item in enumerate(output):
        if not isinstance(item, dict) or item.get("type") != "message":
            continue
        content = item.get("content")
        for j, part in enumerate(content if isinstance(content, list) else []):
            if isinstance(part, dict) and part.get("type") == "output_text" and part.get("text"):
                found.append(Slot(part, "text", Part(f"output[{i}].content[{j}].text", part["text"])))
    return found


def _silencer(response: Json) -> Any:
    def silence(text: str) -> None:
        output = response.get("output") or [{}]
        first = output[0] if isinstance(output[0], dict) else {}
        incomplete(response, text, str(first.get("id") or "msg"))
        response.pop("output_text", None)

    return silence
