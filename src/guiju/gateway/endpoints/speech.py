"""``/v1/audio/speech``: a spoken text, labelled before it leaves."""

from __future__ import annotations

from guiju.errors import FieldInvalid
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Endpoint, Json

FORMATS = {
    "mp3": ("mp3", "audio/mpeg"),
    "opus": ("opus", "audio/ogg"),
    "flac": ("flac", "audio/flac"),
    "wav": ("wav", "audio/wav"),
}
"""What can be labelled, by ``response_format``: suffix and media type. Bare AAC and PCM have no place for a label."""


class Speech(Endpoint):
    name = "audio.speech"
    path = "/audio/speech"
    streams = False
    makes = "sound"

    def validate(self, request: Json) -> None:
        super().validate(request)
        if not isinstance(request.get("input"), str) or not request["input"]:
            raise FieldInvalid(field="input", problem="a text is required")
        if request.get("response_format", "mp3") not in FORMATS:
            raise FieldInvalid(field="response_format", problem=f"one of {', '.join(FORMATS)}: others hold no label")
        if request.get("stream_format") not in (None, "audio"):
            raise FieldInvalid(field="stream_format", problem="audio: a sound is labelled whole")

    def choices(self, response: Json, depth: int) -> list[Choice]:
        return []

    def tokens(self, response: Json) -> Tokens:
        return Tokens()

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        """Unused: a stopped prompt is refused, since no sound of ours says what a stand-in says."""
        return {}
