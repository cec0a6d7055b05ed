"""``/v1/completions``."""

from __future__ import annotations

from typing import Any

from guiju.errors import FieldInvalid
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Endpoint, Json, refuse_tokens, usage_tokens
from guiju.gateway.texts import Slot, slots
from guiju.nouns import Part


class Completions(Endpoint):
    name = "completions"
    path = "/completions"
    usage_option = True

    def validate(self, request: Json) -> None:
        super().validate(request)
        if not request.get("prompt"):
            raise FieldInvalid(field="prompt", problem="a text is required")
        refuse_tokens("prompt", request["prompt"])

    def choices(self, response: Json, depth: int) -> list[Choice]:
        choices = response.get("choices")
        found = []
        for position, choice in enumerate(choices if isinstance(choices, list) else []):
            if not isinstance(choice, dict):
                continue
            index = choice.get("index", position)
            text = choice.get("text")
            where = f"choices[{index}]"
            prose = [Slot(choice, "text", Part(f"{where}.text", text))] if isinstance(text, str) and text else []
            found.append(Choice(index, slots(choice, where, "assistant", depth), prose, _silencer(choice), choice))
        return found

    def tokens(self, response: Json) -> Tokens:
        return usage_tokens(response.get("usage"))

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return {**self._chunk(request, text, "content_filter", number, created), "usage": usage}

    def stand_in_events(self, request: Json, text: str, number: str, created: int) -> list[Json]:
        return [
            self._chunk(request, text, None, number, created),
            self._chunk(request, "", "content_filter", number, created),
        ]

    @staticmethod
    def _chunk(request: Json, text: str, reason: str | None, number: str, created: int) -> Json:
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}
        head = {"id": f"cmpl-{number}", "object": "text_completion", "created": created, "model": request["model"]}
        return {**head, "choices": [choice]}


def _silencer(choice: Json) -> Any:
    def silence(text: str) -> None:
        choice.update(text=text, logprobs=None, finish_reason="content_filter")

    return silence
