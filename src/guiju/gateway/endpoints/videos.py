"""``/v1/videos`` and ``/v1/videos/{id}/remix``: jobs that make films. The films themselves: ``gateway/films``."""

from __future__ import annotations

from urllib.parse import quote

from guiju.errors import FieldInvalid
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Json
from guiju.gateway.endpoints.forms import FormEndpoint
from guiju.gateway.films.names import Film
from guiju.gateway.multipart import Upload


class Videos(FormEndpoint):
    """A job to make a film of a text, and of a picture if one comes along."""

    name = "videos"
    path = "/videos"
    streams = False
    makes = "film"

    def validate(self, request: Json) -> None:
        super().validate(request)
        if not isinstance(request.get("prompt"), str) or not request["prompt"]:
            raise FieldInvalid(field="prompt", problem="a text is required")

    def choices(self, response: Json, depth: int) -> list[Choice]:
        return []

    def tokens(self, response: Json) -> Tokens:
        return Tokens()

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        """Unused: a stopped prompt is refused, since no film says what a stand-in says."""
        return {}


class Remix(Videos):
    """A job to change a film that was made here; made anew for each request, since its path names the film."""

    name = "videos.remix"

    def __init__(self, film: Film) -> None:
        self._film = film
        self.bound_to = film.pool  # type: ignore[misc]  # of this one request
        self.path = f"/videos/{quote(film.upstream, safe='')}/remix"  # type: ignore[misc]  # of this one request

    def validate(self, request: Json) -> None:
        request["model"] = self._film.model
        super().validate(request)

    def write(self, request: Json, uploads: tuple[Upload, ...] | None) -> tuple[str, bytes]:
        return super().write({name: value for name, value in request.items() if name != "model"}, uploads)
