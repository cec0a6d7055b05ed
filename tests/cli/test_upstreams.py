from __future__ import annotations

from pathlib import Path

import pytest

from guiju.cli.upstreams import probe
from guiju.settings import UpstreamSettings
from tests.cli.conftest import free_port
from tests.cli.upstream import upstream

LIST = b'{"object": "list", "data": [{"id": "qwen-max", "object": "model"}, {"id": "qwen-plus"}]}'


def test_the_models_it_lists() -> None:
    with upstream(LIST) as url:
        found = probe(UpstreamSettings(url=url))
    assert (found.models, found.error) == (("qwen-max", "qwen-plus"), None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b"{}", 401, "GJ-1303"), (b"", 500, "GJ-1303"), (b"<html>", 200, "GJ-1305"), (b'{"data": 3}', 200, "GJ-1305")],
)
def test_what_stands_in_the_way(body: bytes, status: int, code: str) -> None:
    with upstream(body, status) as url:
        found = probe(UpstreamSettings(url=url))
    assert found.models == () and found.error is not None and found.error.code == code


def test_nobody_there() -> None:
    found = probe(UpstreamSettings(url=f"http://127.0.0.1:{free_port()}/v1"))
    assert found.error is not None and found.error.code == "GJ-1301"


def test_a_certificate_file_that_is_missing(tmp_path: Path) -> None:
    found = probe(UpstreamSettings(url="https://127.0.0.1:1/v1", ca_file=tmp_path / "ca.pem"))
    assert found.error is not None
