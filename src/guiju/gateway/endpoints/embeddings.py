"""``/v1/embeddings``: texts in, numbers out; nothing to label, nothing to stream."""

from __future__ import annotations

from guiju.errors import FieldInvalid
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Endpoint, Json, refuse_tokens, usage_tokens


class Embeddings(Endpoint):
    name = "embeddings"
    path = "/embeddings"
    streams = False
    answers = "data"
    known = frozenset({"object", "data", "model", "usage", "id", "created"})

    def validate(self, request: Json) -> None:
        super().validate(request)
        if not request.get("input"):
            raise FieldInvalid(field="input", problem="a text is required")
        refuse_tokens("input", request["input"])

    def choices(self, response: Json, depth: int) -> list[Choice]:
        return []

    def tokens(self, response: Json) -> Tokens:
        return usage_tokens(response.get("usage"))

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        """An embedding has no form that says something else: an empty list, which clients refuse to use."""
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        return {"object": "list", "data": [], "model": request["model"], "usage": usage}
