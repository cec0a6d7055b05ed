"""``/v1/chat/completions``."""

from __future__ import annotations

from typing import Any

from guiju.errors import FieldInvalid
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Endpoint, Json, json_mode, usage_tokens
from guiju.gateway.texts import Slot, media_parts, slots
from guiju.nouns import Part


class ChatCompletions(Endpoint):
    name = "chat.completions"
    path = "/chat/completions"
    usage_option = True

    def validate(self, request: Json) -> None:
        super().validate(request)
        messages = request.get("messages")
        if not isinstance(messages, list) or not messages:
            raise FieldInvalid(field="messages", problem="a list with at least one message is required")
        for index, message in enumerate(messages):
            if not isinstance(message, dict) or not isinstance(message.get("role"), str):
                raise FieldInvalid(field=f"messages[{index}]", problem="an object with a role is required")

    def wants_media(self, request: Json) -> bool:
        modalities = request.get("modalities")
        return request.get("audio") is not None or (
            isinstance(modalities, list) and any(m != "text" for m in modalities)
        )

    def structured(self, request: Json) -> bool:
        return json_mode(request.get("response_format"))

    def choices(self, response: Json, depth: int) -> list[Choice]:
        found = []
        for position, choice in enumerate(_objects(response.get("choices"))):
            index = choice.get("index", position)
            texts = slots(choice, f"choices[{index}]", "assistant", depth)
            message = choice.get("message")
            prose = _prose(message, f"choices[{index}].message.content") if isinstance(message, dict) else []
            found.append(Choice(index, texts, prose, _silencer(choice), choice))
        return found

    def has_media(self, response: Json) -> bool:
        for choice in _objects(response.get("choices")):
            message = choice.get("message") or choice.get("delta")
            if isinstance(message, dict) and (
                message.get("audio") or message.get("images") or media_parts(message.get("content"))
            ):
                return True
        return False

    def tokens(self, response: Json) -> Tokens:
        return usage_tokens(response.get("usage"))

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "content_filter"}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return {**self._head(request, number, created, "chat.completion"), "choices": [choice], "usage": usage}

    def stand_in_events(self, request: Json, text: str, number: str, created: int) -> list[Json]:
        head = self._head(request, number, created, "chat.completion.chunk")
        said = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
        ended = {"index": 0, "delta": {}, "finish_reason": "content_filter"}
        return [{**head, "choices": [said]}, {**head, "choices": [ended]}]

    @staticmethod
    def _head(request: Json, number: str, created: int, kind: str) -> Json:
        return {"id": f"chatcmpl-{number}", "object": kind, "created": created, "model": request["model"]}


def _objects(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _prose(message: Json, where: str) -> list[Slot]:
    """The text of a message, or those of its parts where a server answers in parts."""
    content = message.get("content")
    if isinstance(content, str):
        return [Slot(message, "content", Part(where, content))] if content else []
    parts = [part for part in _objects(content) if isinstance(part.get("text"), str) and part["text"]]
    return [Slot(part, "text", Part(where, part["text"])) for part in parts]


def _silencer(choice: Json) -> Any:
    def silence(text: str) -> None:
        choice["message"] = {"role": "assistant", "content": text}
        choice["finish_reason"] = "content_filter"
        choice.pop("logprobs", None)

    return silence
