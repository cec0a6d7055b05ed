"""Events in words: every one that is announced has a name, and a chat reads no codes and no machine's time."""

from __future__ import annotations

import ast
from pathlib import Path

import guiju.store
from guiju.store import event_names, outbox

STORE = Path(guiju.store.__file__).parent


def test_every_event_that_is_announced_has_a_name() -> None:
    told = {
        node.value
        for path in STORE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "announce"
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(".") == 1
    }
    assert told == set(outbox.EVENTS)


def test_a_chat_reads_words_and_the_time_of_china() -> None:
    facts = {
        "account": "ab12",
        "step": "suspend",
        "expires_at": "2026-11-23T16:30:00+00:00",
        "notice": {"zh": "服务已暂停", "en": "Suspended"},
        "rule": "",
    }
    assert list(event_names.lines("account.sanctioned", facts)) == [
        "规矩 Guiju · 账号被处置 Account sanctioned",
        "账号 Account: ab12",
        "处置 Step: 暂停服务 suspended",
        "有效至 Until: 2026-11-24 00:30 (UTC+8)",
        "服务已暂停",
        "Suspended",
    ]
    told = list(event_names.lines("complaint.received", {"kind": "misuse", "topic": "p2_3", "state": "open"}))
    assert told[1:] == [
        "类别 Kind: 举报 AI 滥用 Report of AI misuse",
        "事项 Topic: 假冒仿冒他人 Impersonation",
        "状态 State: 待答复 open",
    ]
    assert list(event_names.lines("account.restored", {"sanctions": [3, 4], "unheard_of": "x"}))[1:] == [
        "处置编号 Sanctions: 3, 4",
        "unheard_of: x",
    ]
