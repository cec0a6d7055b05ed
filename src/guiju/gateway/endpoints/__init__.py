"""The endpoints served, by path. Adding one is one module and one line here. Films: ``gateway/films/serving.py``."""

from guiju.gateway.endpoints.chat import ChatCompletions
from guiju.gateway.endpoints.completions import Completions
from guiju.gateway.endpoints.embeddings import Embeddings
from guiju.gateway.endpoints.endpoint import Choice, Endpoint, Json
from guiju.gateway.endpoints.images import Edits, Images, Variations
from guiju.gateway.endpoints.responses import Responses
from guiju.gateway.endpoints.speech import Speech

ENDPOINTS: dict[str, Endpoint] = {
    f"/v1{endpoint.path}": endpoint
    for endpoint in (
        ChatCompletions(),
        Completions(),
        Responses(),
        Embeddings(),
        Images(),
        Edits(),
        Variations(),
        Speech(),
    )
}

__all__ = ["ENDPOINTS", "Choice", "Endpoint", "Json"]
