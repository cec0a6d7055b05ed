from __future__ import annotations

import shlex

import pytest

from guiju.cli import welcome
from guiju.settings import Settings, UpstreamSettings


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("10.1.2.3", "http://10.1.2.3:80"),
        ("guiju.example", "http://guiju.example:80"),
    ],
)
def test_the_address_can_be_opened_on_this_machine(host: str, expected: str) -> None:
    assert welcome.address(host, 80) == expected


def test_the_curl_survives_the_shell() -> None:
    words = shlex.split("\n".join(welcome.curl("http://127.0.0.1:1", "gj-a-b", "m")).replace("\\\n", " "))
    assert words[:2] == ["curl", "http://127.0.0.1:1/v1/chat/completions"]
    assert words[words.index("-d") + 1].startswith('{"model": "m"') and welcome.GREETING in words[-1]


def test_places_hold_no_secrets() -> None:
    settings = Settings(upstream_url="http://127.0.0.1:9/v1", upstream_key="sk-very-secret", master_key="ab" * 32)
    told = "\n".join(welcome.places(settings, "http://127.0.0.1:1", gateway=True, console=True))
    assert "http://127.0.0.1:9/v1" in told
    assert "sk-very-secret" not in told and "abab" not in told


def test_the_example_names_a_configured_model() -> None:
    upstream = UpstreamSettings(url="http://127.0.0.1:9/v1", models=("qwen-max", "qwen-plus"))
    settings = Settings(upstream_url=upstream.url, upstream_models=upstream.models)
    assert welcome.example_model(settings) == "qwen-max"
    assert welcome.example_model(Settings()) == "guiju-demo"
