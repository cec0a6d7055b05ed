"""``/v1/videos`` and what is made of films: jobs, whose films are fetched later (``gateway/films``).

An instance serves one request: films and characters go by names of ours, which the caller's integration alone can use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from urllib.parse import quote

from guiju.errors import FieldInvalid, FilmUnknown
from guiju.evidence.record import Tokens
from guiju.gateway.endpoints.endpoint import Choice, Json
from guiju.gateway.endpoints.forms import FormEndpoint
from guiju.gateway.films.names import Film, Kind
from guiju.gateway.multipart import Upload

Known = Callable[[str, Kind], Film]
"""What is behind a name of the caller's integration; raises FilmUnknown."""


class Videos(FormEndpoint):
    """A job to make a film of a text, and of a picture or of characters if they come along."""

    name = "videos"
    path = "/videos"
    streams = False
    makes = "film"
    names: ClassVar[Kind] = "video"
    """what the job's own name names"""

    def __init__(self, known: Known) -> None:
        self._known = known

    def validate(self, request: Json) -> None:
        super().validate(request)
        if not isinstance(request.get("prompt"), str) or not request["prompt"]:
            raise FieldInvalid(field="prompt", problem="a text is required")
        self._translate(request)

    def choices(self, response: Json, depth: int) -> list[Choice]:
        return []

    def tokens(self, response: Json) -> Tokens:
        return Tokens()

    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        """Unused: a stopped prompt is refused, since no film says what a stand-in says."""
        return {}

    def _translate(self, request: Json) -> None:
        """Put the model service's own names in the place of ours, wherever characters are named."""
        for one in _entries(request.get("characters")):
            if isinstance(one.get("id"), str):
                one["id"] = self._bound(one["id"], "char").upstream
        for field in ("characters[][id]", "characters[id]"):  # how forms spell a list of objects
            if field in request:
                given = request[field] if isinstance(request[field], list) else [request[field]]
                found = [self._bound(str(one), "char").upstream for one in given]
                request[field] = found if len(found) > 1 else found[0]

    def _bound(self, name: str, kind: Kind) -> Film:
        """What is behind a name; from now on only the model service that made it can serve this."""
        film = self._known(name, kind)
        if self.bound_to not in (None, film.pool):
            raise FilmUnknown()
        self.bound_to = film.pool  # type: ignore[misc]  # of this one request
        return film


class Remix(Videos):
    """A job to change a film that was made here, which the path names."""

    name = "videos.remix"

    def __init__(self, known: Known, film: str) -> None:
        super().__init__(known)
        self._film = self._bound(film, "video")
        self.path = f"/videos/{quote(self._film.upstream, safe='')}/remix"  # type: ignore[misc]  # of this one request

    def validate(self, request: Json) -> None:
        request["model"] = self._film.model
        super().validate(request)

    def write(self, request: Json, uploads: tuple[Upload, ...] | None) -> tuple[str, bytes]:
        return super().write(_without_model(request), uploads)


class Edit(Videos):
    """A job to change a film: one that was made here, by its name, or one that comes along as a file."""

    name = "videos.edits"
    path = "/videos/edits"

    def __init__(self, known: Known, model: str) -> None:
        """``model`` is for films that come along: the client names none."""
        super().__init__(known)
        self._model = model
        self._brought = self._named = False

    def read(self, content_type: bytes, body: bytes) -> tuple[Json, tuple[Upload, ...] | None]:
        request, uploads = super().read(content_type, body)
        self._brought = any(upload.field == "video" for upload in uploads or ())
        self._named = "model" in request
        return request, uploads

    def validate(self, request: Json) -> None:
        film = self._source(request)
        if film is not None:
            request["model"] = film.model
        else:
            request.setdefault("model", self._model)
        super().validate(request)

    def write(self, request: Json, uploads: tuple[Upload, ...] | None) -> tuple[str, bytes]:
        return super().write(request if self._named else _without_model(request), uploads)

    def _source(self, request: Json) -> Film | None:
        """The film that is named, in whose place the model service's own name goes; None for one that comes along.

        Raises:
            FieldInvalid: neither. FilmUnknown.
        """
        video = request.get("video")
        if isinstance(request.get("video[id]"), str):
            film = self._bound(request["video[id]"], "video")
            request["video[id]"] = film.upstream
        elif isinstance(video, dict) and isinstance(video.get("id"), str):
            film = self._bound(video["id"], "video")
            video["id"] = film.upstream
        elif self._brought:
            return None
        else:
            raise FieldInvalid(field="video", problem="a file, or the id of a film made here")
        return film


class Extension(Edit):
    """A job to make a film longer."""

    name = "videos.extensions"
    path = "/videos/extensions"

    def validate(self, request: Json) -> None:
        super().validate(request)
        if not str(request.get("seconds", "")).isdigit():
            raise FieldInvalid(field="seconds", problem="whole seconds are required")


class Character(Edit):
    """A character taken from a film that comes along; its name is checked like a prompt."""

    name = "videos.characters"
    path = "/videos/characters"
    names = "char"

    def validate(self, request: Json) -> None:
        if not isinstance(request.get("name"), str) or not request["name"]:
            raise FieldInvalid(field="name", problem="a name is required")
        if not self._brought:
            raise FieldInvalid(field="video", problem="a file is required")
        request.setdefault("model", self._model)
        super(Videos, self).validate(request)


def _entries(value: Any) -> Iterable[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _without_model(request: Json) -> Json:
    return {name: value for name, value in request.items() if name != "model"}
