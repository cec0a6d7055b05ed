"""Runs in a peer's environment for `bench.peers_quality`: which texts the peer would stop.

``quality_peers.py PEER`` reads a JSON list of texts and writes a JSON object: the peer's version, how it was set up, and one
true or false for each text. It imports nothing of Guiju.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import logging
import sys
import types
from collections.abc import Callable
from pathlib import Path

Stops = Callable[[str], bool]


def litellm() -> tuple[str, str, Stops]:
    """LiteLLM's content filter, all categories about harm; those that forbid a subject (legal advice) would stop everything."""
    import litellm.proxy.guardrails.guardrail_hooks.litellm_content_filter.content_filter as filters
    from litellm.proxy.guardrails.guardrail_hooks.litellm_content_filter.patterns import PREBUILT_PATTERNS

    logging.disable(logging.CRITICAL)
    files = (Path(filters.DATA_DIR) / "categories").iterdir()
    names = sorted({f.stem for f in files if f.suffix in (".yaml", ".json")} - {"__init__"})
    chosen = [n for n in names if not n.startswith(("denied_", "claims_"))]
    one = filters.ContentFilterGuardrail(
        guardrail_name="bench",
        categories=[
            {"category": n, "enabled": True, "action": "BLOCK", "severity_threshold": "medium"} for n in chosen
        ],
    )

    def stops(text: str) -> bool:
        found: list = []
        try:
            one._filter_single_text(text, found)
        except Exception:  # what it raises to block is an HTTPException of FastAPI
            return True
        return bool(found)

    how = f"{len(chosen)} categories of harm of {len(names)}, from medium severity on; none of {len(PREBUILT_PATTERNS)} patterns"
    return "litellm", how, stops


def llm_guard() -> tuple[str, str, Stops]:
    """LLM Guard's scanners that need no model: stop substrings and invisible text."""
    root = Path(importlib.util.find_spec("llm_guard").origin).parent
    for name in ("llm_guard", "llm_guard.input_scanners"):
        package = types.ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    from llm_guard.input_scanners.ban_substrings import PROMPT_STOP_SUBSTRINGS, BanSubstrings
    from llm_guard.input_scanners.invisible_text import InvisibleText

    logging.disable(logging.CRITICAL)
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    scanners = (BanSubstrings(PROMPT_STOP_SUBSTRINGS), InvisibleText())
    how = f"BanSubstrings with its {len(PROMPT_STOP_SUBSTRINGS)} stop substrings, InvisibleText; its models cannot be had here"
    return "llm-guard", how, lambda text: not all(scanner.scan(text)[1] for scanner in scanners)


def better_profanity() -> tuple[str, str, Stops]:
    """better-profanity with its own list."""
    from better_profanity import profanity

    return "better-profanity", "its own English list", profanity.contains_profanity


def profanity_check() -> tuple[str, str, Stops]:
    """alt-profanity-check: a linear classifier."""
    from profanity_check import predict

    return "alt-profanity-check", "its English classifier", lambda text: bool(predict([text])[0])


def glin() -> tuple[str, str, Stops]:
    """glin-profanity with both languages, and its scanner of prompt injections."""
    from glin_profanity import Filter, ScanDecision, check_prompt_injection

    words = Filter({"languages": ["chinese", "english"]})

    def stops(text: str) -> bool:
        return words.is_profane(text) or check_prompt_injection(text).decision != ScanDecision.ALLOW

    return "glin-profanity", "Chinese and English lists, its scanner of prompt injections", stops


def safetext() -> tuple[str, str, Stops]:
    """safetext with its Chinese and its English list."""
    from safetext import SafeText

    both = [SafeText(language=language) for language in ("zh", "en")]
    return "safetext", "Chinese and English lists", lambda text: any(one.check_profanity(text) for one in both)


PEERS = {peer.__name__: peer for peer in (litellm, llm_guard, better_profanity, profanity_check, glin, safetext)}


def main(name: str) -> None:
    """Judge the texts of standard input."""
    texts = json.load(sys.stdin)
    package, how, stops = PEERS[name]()
    found = [stops(text) for text in texts]
    print(json.dumps({"version": importlib.metadata.version(package), "how": how, "stopped": found}))


if __name__ == "__main__":
    main(sys.argv[1])
