"""Runs under the interpreter of the peers' environment: asks a gateway through their real clients, prints what they saw as JSON.

Usage: ``python peers.py aliyun|litellm BASE KEY [SECRET]`` with one text a line on standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from urllib.parse import urlsplit


def aliyun(base: str, key: str, secret: str, text: str) -> Any:
    from alibabacloud_green20220302 import models
    from alibabacloud_green20220302.client import Client
    from alibabacloud_tea_openapi.models import Config

    parts = urlsplit(base)
    config = Config(access_key_id=key, access_key_secret=secret, endpoint=parts.netloc, protocol=parts.scheme)
    asked = models.TextModerationPlusRequest(
        service="llm_query_moderation", service_parameters=json.dumps({"content": text, "accountId": "u"})
    )
    body = Client(config).text_moderation_plus(asked).body
    result = body.data.result[0]
    return {"code": body.code, "level": body.data.risk_level, "label": result.label, "words": result.risk_words}


def litellm(base: str, key: str, _: str, text: str) -> Any:
    from litellm.proxy.guardrails.guardrail_hooks.generic_guardrail_api.generic_guardrail_api import GenericGuardrailAPI

    guard = GenericGuardrailAPI(api_base=base, api_key=key, guardrail_name="guiju", event_hook="pre_call")
    try:
        seen = asyncio.run(guard.apply_guardrail({"texts": [text]}, {"user_api_key_end_user_id": "u"}, "response"))
    except Exception as error:
        return {"refused": type(error).__name__, "said": str(error)}
    return {"texts": seen["texts"], "holdback": seen.get("stream_holdback_chars")}


if __name__ == "__main__":
    ask = {"aliyun": aliyun, "litellm": litellm}[sys.argv[1]]
    base, key, secret = (*sys.argv[2:], "")[:3]
    print(json.dumps([ask(base, key, secret, line.rstrip("\n")) for line in sys.stdin]))
