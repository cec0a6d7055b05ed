"""Complaints, appeals and account facts through the API, from applications for their users."""

from __future__ import annotations

import pytest

from guiju.store.models import Account, Complaint
from guiju.store.services import accounts
from tests.gateway.conftest import WORD
from tests.gateway.serving import SYSTEM, Caller

SEND, PROGRESS, ACCOUNTS = "/guard/v1/complaints", "/guard/v1/complaints/progress", "/guard/v1/accounts"


def test_a_complaint_is_handed_on_and_followed(caller: Caller) -> None:
    asked = {"kind": "misuse", "topic": "p2_3", "text": "有人冒充我", "contact": "1", "user": "li"}
    reply = caller.post(SEND, asked)
    assert reply.status == 200 and set(reply.json) == {"receipt", "secret", "due_at"}
    row = Complaint.objects.get(pk=reply.json["receipt"])
    assert (row.via, row.service_id, row.integration_id) == ("api", "chat", caller.row.pk)
    told = caller.post(PROGRESS, {"receipt": reply.json["receipt"], "secret": reply.json["secret"]})
    assert told.json["state"] == "open" and told.json["messages"][0]["text"] == "有人冒充我"
    wrong = caller.post(PROGRESS, {"receipt": reply.json["receipt"], "secret": "AAAA-AAAA-AAAA"})
    assert (wrong.status, wrong.json["error"]["code"]) == (404, "GJ-5104")


def test_a_suspended_user_appeals(caller: Caller) -> None:
    refused = caller.post("/guard/v1/check", {"text": f"说说{WORD}", "user": "wang"})
    known = caller.post(ACCOUNTS, {"user": "wang"}).json
    account = Account.objects.get(pk=known["account"])
    sanction = accounts.impose(SYSTEM, account, "suspend", "违规", records=[caller.records()[-1].pk])
    appeal = {"kind": "appeal", "topic": "refusal", "text": "误判", "user": "wang"}
    reply = caller.post(SEND, {**appeal, "content_number": refused.json["record"]})
    assert reply.status == 200
    found = Complaint.objects.get(pk=reply.json["receipt"]).appeal
    assert (found.account, found.sanction) == (account, sanction)
    standing = caller.post(ACCOUNTS, {"user": "wang"}).json
    assert {s["step"] for s in standing["sanctions"]} >= {"suspend"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "complaint", "topic": "content"}, 400, "GJ-1104"),
        ({"kind": "complaint", "topic": "nothing", "text": "x"}, 422, "GJ-7006"),
        ({"kind": "nothing", "topic": "content", "text": "x"}, 422, "GJ-7006"),
        ({"kind": "complaint", "topic": "content", "text": "x", "colour": "red"}, 400, "GJ-1104"),
        ({"kind": "appeal", "topic": "refusal", "text": "x", "sanction": [7]}, 400, "GJ-1104"),
        ({"kind": "appeal", "topic": "refusal", "text": "x", "sanction": "7"}, 404, "GJ-5109"),
        ({"kind": "appeal", "topic": "refusal", "text": "x", "content_number": "0"}, 404, "GJ-5109"),
    ],
)
def test_what_cannot_be_taken(body: dict[str, object], status: int, code: str, caller: Caller) -> None:
    reply = caller.post(SEND, body)
    assert (reply.status, reply.json["error"]["code"]) == (status, code)


def test_the_operators_system_tells_what_it_knows(caller: Caller) -> None:
    told = caller.post(ACCOUNTS, {"user": "zhao", "identity": "verified", "registration": "abnormal"}).json
    assert (told["identity"], told["registration"], told["sanctions"]) == ("verified", "abnormal", [])
    told = caller.post(ACCOUNTS, {"user": "zhao", "registration": "cleared"}).json
    assert (told["identity"], told["registration"]) == ("verified", "cleared")
    row = Account.objects.get(pk=told["account"])
    assert row.identity_at is not None and row.registration_at is not None
    assert row.identity_at < row.registration_at
    assert caller.post(ACCOUNTS, {"user": "zhao", "identity": "maybe"}).status == 422
    assert caller.post(ACCOUNTS, {"identity": "verified"}).status == 400
