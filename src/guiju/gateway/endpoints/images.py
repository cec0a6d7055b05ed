"""``/v1/images/generations``, ``/v1/images/edits``, ``/v1/images/variations``: pictures, labelled before they leave."""

from __future__ import annotations

from collections.abc import Callable

from guiju.errors import FieldInvalid
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Endpoint, Json, usage_tokens
from guiju.gateway.endpoints.forms import FormEndpoint
from guiju.gateway.texts import slots


class Images(Endpoint):
    name = "images"
    path = "/images/generations"
    streams = False
    makes = "pictures"
    answers = "data"
    known = frozenset({"created", "data", "usage", "background", "output_format", "quality", "size"})

    def validate(self, request: Json) -> None:
        super().validate(request)
        self._asks(request)
        if request.get("stream"):
            raise FieldInvalid(field="stream", problem="pictures are labelled whole: not streamed")
        if request.get("response_format") == "url":  # a link leads past the label
            request["response_format"] = "b64_json"

    def choices(self, response: Json, depth: int) -> list[Choice]:
        found = []
        for index, item in enumerate(response["data"]):
            if isinstance(item, dict):
                texts = slots(item, f"data[{index}]", "assistant", depth)
                texts = [slot for slot in texts if slot.key != "b64_json"]
                found.append(Choice(index, texts, [], _silencer(item), item))
        return found

    def tokens(self, response: Json) -> Tokens:
        return usage_tokens(response.get("usage"))

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        """Unused: a stopped prompt is refused, since no picture says what a stand-in says."""
        return {"created": created, "data": []}

    def _asks(self, request: Json) -> None:
        if not isinstance(request.get("prompt"), str) or not request["prompt"]:
            raise FieldInvalid(field="prompt", problem="a text is required")


class Edits(FormEndpoint, Images):
    """A picture changed as a text says; the pictures come as files of a form, or as JSON has them."""

    name = "images.edits"
    path = "/images/edits"


class Variations(FormEndpoint, Images):
    """A picture once more, differently: there is no text to check."""

    name = "images.variations"
    path = "/images/variations"

    def _asks(self, request: Json) -> None:
        """Nothing has to be said."""


def _silencer(item: Json) -> Callable[[str], None]:
    def silence(text: str) -> None:
        item.clear()
        item["revised_prompt"] = text

    return silence
