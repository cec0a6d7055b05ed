from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.inventory import discover

SQUID = "1730000000.123 87 10.0.0.7 TCP_TUNNEL/200 4021 CONNECT api.deepseek.com:443 - HIER_DIRECT/1.2.3.4 -"
NGINX = '10.0.0.8 - - [22/Nov/2026:10:00:00 +0800] "POST /v1/chat/completions HTTP/1.1" 200 512 "-" "curl/8"'
JSON = json.dumps({"client_ip": "10.0.0.9", "host": "dashscope.aliyuncs.com", "path": "/compatible-mode/v1/chat"})
PLAIN = '10.0.0.7 - - [22/Nov/2026:10:00:00 +0800] "GET /index.html HTTP/1.1" 200 512 "https://example.com" "curl/8"'


def test_logs_of_several_forms() -> None:
    found = discover([SQUID, NGINX, JSON, JSON, PLAIN])
    assert [(one.caller, one.host, one.service, one.calls, one.first, one.last) for one in found] == [
        ("10.0.0.9", "dashscope.aliyuncs.com", "阿里云百炼", 2, 3, 4),
        ("10.0.0.7", "api.deepseek.com", "DeepSeek", 1, 1, 1),
        ("10.0.0.8", "?", "?", 1, 2, 2),
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a GET https://eu.api.openai.com/v1/models", 1),
        ("a GET https://notapi.openai.com.example.org/", 0),
        ("a GET https://api.openai.com.evil.cn/", 0),
        ("a POST https://guiju.corp.cn/v1/chat/completions", 0),
        ("", 0),
    ],
)
def test_only_such_hosts_count(line: str, found: int) -> None:
    assert len(discover([line], own=["guiju.corp.cn"])) == found


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_log_is_read(lines: list[str]) -> None:
    assert sum(one.calls for one in discover([*lines, "x " + "api.moonshot.cn"])) >= 1
