"""A way in for callers who ask their model themselves and want only the check: what one such protocol must say of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from guiju.errors import FieldInvalid, GuijuError
from guiju.gateway import admission
from guiju.gateway.guard.visit import Visit
from guiju.gateway.runtime import Runtime
from guiju.gateway.wire import Scope, error_object, header
from guiju.nouns import Direction
from guiju.store.snapshot import IntegrationView

Json = dict[str, Any]


class Way(ABC):
    """One protocol. Stateless; one instance serves all requests.

    Attributes:
        name: the ``endpoint`` of its records, always starting with ``guard.``.
        path: where it is served.
    """

    name: ClassVar[str]
    path: ClassVar[str]

    def identify(self, runtime: Runtime, scope: Scope) -> IntegrationView:
        """The integration that calls; by default through ``Authorization: Bearer`` or ``X-Api-Key``.

        Raises:
            KeyMissing, KeyUnknown.
        """
        key = header(scope, b"x-api-key")
        if key and not header(scope, b"authorization"):
            scope = {**scope, "headers": [*scope["headers"], (b"authorization", b"Bearer " + key)]}
        return admission.identify(runtime, runtime.snapshot, scope)

    @abstractmethod
    async def answer(self, visit: Visit, body: bytes) -> Json:
        """Judge what ``body`` asks and say so in this protocol.

        Raises:
            RequestError: the body is not what the protocol asks for. AccessError: its account may not use the service.
            EvidenceError: the judgement could not be recorded; nothing was told.
        """

    def refusal(self, error: GuijuError, visit: Visit) -> tuple[int, Json]:
        """HTTP status and body that tell a caller of this protocol that nothing was judged."""
        return error.status, {"error": error_object(error)}


def text_of(request: Json, field: str, *, required: bool = False) -> str:
    """A string member, empty where absent.

    Raises:
        FieldInvalid: it is no string, or missing though required.
    """
    value = request.get(field)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise FieldInvalid(field=field, problem="a string")
    return value


def direction_of(request: Json, default: Direction) -> Direction:
    """The ``direction`` member.

    Raises:
        FieldInvalid: none of ``prompt``, ``answer``, ``upload``.
    """
    value = request.get("direction")
    if value is None:
        return default
    try:
        return Direction(value)
    except ValueError:
        raise FieldInvalid(field="direction", problem="prompt, answer or upload") from None
