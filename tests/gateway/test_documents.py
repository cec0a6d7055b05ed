"""Documents that no detector reads are never passed over in silence."""

from __future__ import annotations

from typing import Any

import pytest

from guiju.gateway.texts import unread_documents


def chat(part: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": "请总结"}, part]}]}


@pytest.mark.parametrize(
    "part",
    [
        {"type": "file", "file": {"file_id": "file-1"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}},
        {"type": "input_file", "file_url": "https://example.com/a.docx"},
        {"type": "input_file"},
    ],
)
def test_unread(part: dict[str, Any]) -> None:
    assert unread_documents(chat(part))
    assert unread_documents({"input": chat(part)["messages"]})


@pytest.mark.parametrize(
    "part",
    [
        {"type": "file", "file": {"file_data": "data:text/plain;base64,5L2g5aW9"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    ],
)
def test_read_or_no_document(part: dict[str, Any]) -> None:
    assert not unread_documents(chat(part))


@pytest.mark.parametrize("request_", [{}, {"input": "你好"}, {"messages": [1, {"content": None}, {"content": [2]}]}])
def test_odd_requests(request_: dict[str, Any]) -> None:
    assert not unread_documents(request_)
