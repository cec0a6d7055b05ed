"""What the gateway needs to know of one endpoint of the OpenAI API: where texts stand, how an answer is silenced."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from guiju.errors import FieldInvalid, TokensNotText
from guiju.evidence.record import Tokens
from guiju.gateway.multipart import Upload
from guiju.gateway.texts import LOG_PROBABILITIES, Slot, slots
from guiju.gateway.wire import encode, parse

Json = dict[str, Any]

_SWITCH, _NAME = (bool, type(None)), (str, type(None))

LONGEST_MODEL = 200
"""Characters of a model's name; it stands in every record."""
_MOST_TOKENS = 2**31 - 1
"""The most a record can hold; whatever counts more tokens does not count tokens."""


class Choice:
    """One answer among those of a response.

    Attributes:
        index: its number in the protocol.
        texts: every text in it.
        prose: the texts a reader sees as the answer, in order; an explicit label goes into the first or the last.
        silence: replaces the whole answer by a stand-in text, ending it as filtered.

    ``node`` is the object whose own log probabilities repeat the answer.
    """

    __slots__ = ("_node", "index", "prose", "silence", "texts")

    def __init__(
        self, index: int, texts: list[Slot], prose: list[Slot], silence: Callable[[str], None], node: Json
    ) -> None:
        self.index, self.texts, self.prose, self.silence, self._node = index, texts, prose, silence, node

    def forget_probabilities(self) -> None:
        """Drop the log probabilities: they repeat token by token a text that was masked."""
        for key in LOG_PROBABILITIES & self._node.keys():
            self._node[key] = None


class Endpoint(ABC):
    """One served endpoint. Stateless; one instance serves all requests."""

    name: ClassVar[str]
    path: ClassVar[str]
    """below ``/v1``, the same here and upstream"""
    streams: ClassVar[bool] = True
    usage_option: ClassVar[bool] = False
    """whether ``stream_options.include_usage`` exists here"""
    answers: ClassVar[str] = "choices"
    """the member of a response that holds the answers, a list"""
    makes: ClassVar[str] = ""
    """``pictures`` or ``sound``: the answer is files, which get their labels inside; ``film``: it names one to come"""
    bound_to: ClassVar[str | None] = None
    """the pool that alone can serve this, empty for the service's own model; None where it is all the same"""
    forms: ClassVar[bool] = False
    """whether forms with files are taken beside JSON"""
    known: ClassVar[frozenset[str]] = frozenset(
        {"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier"}
    )
    """members of a response that are handled as answers, or hold no text of the model"""

    def read(self, content_type: bytes, body: bytes) -> tuple[Json, tuple[Upload, ...] | None]:
        """The request, and the files of the form it came as; None where it came as JSON.

        Raises:
            BodyNotJson. FormInvalid: where forms are taken.
        """
        return parse(body), None

    def write(self, request: Json, uploads: tuple[Upload, ...] | None) -> tuple[str, bytes]:
        """The request as it goes upstream: its media type, empty for JSON, and its bytes."""
        return "", encode(request)

    def validate(self, request: Json) -> None:
        """Refuse what cannot be served or checked.

        Raises:
            FieldInvalid, TokensNotText, StoredStateRefused.
        """
        if not isinstance(request.get("model"), str) or not request["model"]:
            raise FieldInvalid(field="model", problem="a model name is required")
        if len(request["model"]) > LONGEST_MODEL:
            raise FieldInvalid(field="model", problem=f"longer than {LONGEST_MODEL} characters")
        if type(request.get("stream")) not in _SWITCH:
            raise FieldInvalid(field="stream", problem="true or false")
        for field in ("user", "safety_identifier"):
            if type(request.get(field)) not in _NAME:
                raise FieldInvalid(field=field, problem="a string")

    def prompt(self, request: Json, depth: int) -> list[Slot]:
        """Every text of the request."""
        return slots(request, "", "user", depth)

    def wants_media(self, request: Json) -> bool:
        """Whether the request asks for images, sound or film."""
        return False

    def structured(self, request: Json) -> bool:
        """Whether the answer is to be JSON, where no explicit label may stand."""
        return False

    @abstractmethod
    def choices(self, response: Json, depth: int) -> list[Choice]:
        """The answers in a whole response."""

    def aside(self, response: Json) -> Json:
        """The members of a response that are not :attr:`known`; their texts are checked like the answers'."""
        return {key: value for key, value in response.items() if key not in self.known}

    def has_media(self, response: Json) -> bool:
        """Whether the response carries images, sound or film."""
        return False

    @abstractmethod
    def tokens(self, response: Json) -> Tokens:
        """Token counts as the model reported them."""

    @abstractmethod
    def stand_in(self, request: Json, text: str, number: str, created: int) -> Json:
        """A whole response that says ``text`` and ends as filtered."""

    def stand_in_events(self, request: Json, text: str, number: str, created: int) -> list[Json]:
        """The same as the events of a stream."""
        raise FieldInvalid(field="stream", problem="this endpoint does not stream")


def usage_tokens(usage: Any) -> Tokens:
    """Token counts out of a ``usage`` object of either naming."""
    if not isinstance(usage, dict):
        return Tokens()

    def count(*names: str) -> int:
        for name in names:
            value = usage.get(name)
            if type(value) is int and value >= 0:
                return min(value, _MOST_TOKENS)
        return 0

    prompt = count("prompt_tokens", "input_tokens")
    completion = count("completion_tokens", "output_tokens")
    total = count("total_tokens") or min(prompt + completion, _MOST_TOKENS)
    return Tokens(completion=completion, prompt=prompt, total=total)


def refuse_tokens(field: str, value: Any) -> None:
    """Refuse a prompt given as token numbers.

    Raises:
        TokensNotText, FieldInvalid.
    """
    if isinstance(value, str) or value is None:
        return
    if not isinstance(value, list):
        raise FieldInvalid(field=field, problem="a string or a list of strings")
    for item in value:
        if isinstance(item, list) or (isinstance(item, int) and not isinstance(item, bool)):
            raise TokensNotText(field=field)
        if not isinstance(item, str):
            raise FieldInvalid(field=field, problem="a string or a list of strings")


def json_mode(value: Any) -> bool:
    """Whether a ``response_format`` (or ``text.format``) asks for JSON."""
    return isinstance(value, dict) and value.get("type") in ("json_object", "json_schema")
