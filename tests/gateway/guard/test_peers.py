"""The real clients of other systems against the ways made for them.

They live in an environment of their own: ``python -m venv .venv-peers && .venv-peers/bin/pip install -r
tests/gateway/guard/peers.txt`` (``GUIJU_TEST_PEERS`` names another interpreter).
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from guiju.identity.acs3 import access_key
from guiju.store.keys import key_hasher
from tests.gateway.conftest import MASKED, WORD
from tests.gateway.serving import Caller

ROOT = Path(__file__).parents[3]
PYTHON = Path(os.environ.get("GUIJU_TEST_PEERS", ROOT / ".venv-peers" / "bin" / "python"))

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(not PYTHON.exists(), reason="the peers' clients are not installed (see this file)"),
]


def ask(peer: str, texts: list[str], *credentials: str) -> list[Any]:
    """What the peer's client saw, one answer per text."""
    command = [str(PYTHON), str(Path(__file__).with_name("peers.py")), peer, *credentials]
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    lines = "".join(f"{text}\n" for text in texts)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, env=environment, timeout=100)
    assert done.returncode == 0, done.stderr[-2000:]
    seen: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def test_aliyun_sdk(caller: Caller) -> None:
    hasher = key_hasher()
    pair = access_key(hasher.hash(caller.key), hasher.hash)
    calm, bad = ask("aliyun", ["今天天气好", f"说说{WORD}"], caller.gateway.base, pair.id, pair.secret)
    assert (calm["code"], calm["level"], calm["label"]) == (200, "none", "nonLabel")
    assert (bad["level"], bad["label"], bad["words"]) == ("high", "contraband_act", WORD)


def test_litellm_guardrail(caller: Caller) -> None:
    half = f"说说{WORD[:2]}"
    calm, masked, bad, held = ask(
        "litellm", ["今天天气好", f"号码{MASKED}。", f"说说{WORD}", half], caller.gateway.base, caller.key
    )
    assert calm["texts"] == ["今天天气好"]
    assert MASKED not in masked["texts"][0]
    assert bad["refused"] == "GuardrailRaisedException"
    assert held["texts"] == [half] and held["holdback"] == [2]
