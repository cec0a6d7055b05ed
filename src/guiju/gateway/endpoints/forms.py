"""Endpoints that take forms with files, and JSON as well."""

from __future__ import annotations

from guiju.gateway import multipart
from guiju.gateway.endpoints.endpoint import Endpoint, Json
from guiju.gateway.multipart import Upload


class FormEndpoint(Endpoint):
    """What came as a form goes on as a form: its texts checked and masked like those of JSON, its files as they are."""

    forms = True

    def read(self, content_type: bytes, body: bytes) -> tuple[Json, tuple[Upload, ...] | None]:
        if not content_type.lower().startswith(b"multipart/"):
            return super().read(content_type, body)
        request, uploads = multipart.read(content_type, body)
        if request.get("stream") in ("true", "false"):
            request["stream"] = request["stream"] == "true"
        return request, uploads

    def write(self, request: Json, uploads: tuple[Upload, ...] | None) -> tuple[str, bytes]:
        return super().write(request, uploads) if uploads is None else multipart.write(request, uploads)
