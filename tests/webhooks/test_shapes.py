"""Each shape is what its receiver reads and checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from guiju.webhooks.shapes import SHAPES, Event, letter, sign

EVENT = Event(
    7, "account.sanctioned", {"account": "p1", "step": "warn", "notice": {"zh": "警示", "en": "Warned"}}, 1_800_000_000
)
ADDRESS = "https://hook.example/send?key=1"


def test_the_generic_signature_covers_time_and_body() -> None:
    sent = letter("generic", ADDRESS, "s3cret", EVENT)
    told = json.loads(sent.body)
    assert (told["id"], told["event"], told["facts"]["step"]) == (7, "account.sanctioned", "warn")
    wanted = hmac.new(b"s3cret", b"1800000000." + sent.body, hashlib.sha256).hexdigest()
    assert sent.headers["X-Guiju-Signature"] == f"sha256={wanted}"
    assert sent.headers["X-Guiju-Timestamp"] == "1800000000"
    assert sign("s3cret", "1800000001", sent.body) != sent.headers["X-Guiju-Signature"]
    assert "X-Guiju-Signature" not in letter("generic", ADDRESS, "", EVENT).headers


def test_dingtalk_signs_the_address() -> None:
    sent = letter("dingtalk", ADDRESS, "SEC1", EVENT)
    query = parse_qs(urlsplit(sent.address).query)
    wanted = hmac.new(b"SEC1", b"1800000000000\nSEC1", hashlib.sha256).digest()
    assert (query["key"], query["timestamp"]) == (["1"], ["1800000000000"])
    assert base64.b64decode(query["sign"][0]) == wanted
    assert json.loads(sent.body)["msgtype"] == "text"


def test_feishu_signs_the_body_and_wecom_nothing() -> None:
    told = json.loads(letter("feishu", ADDRESS, "k", EVENT).body)
    assert base64.b64decode(told["sign"]) == hmac.new(b"1800000000\nk", b"", hashlib.sha256).digest()
    assert told["timestamp"] == "1800000000" and told["msg_type"] == "text"
    sent = letter("wecom", ADDRESS, "k", EVENT)
    assert sent.address == ADDRESS and json.loads(sent.body).keys() == {"msgtype", "text"}


@pytest.mark.parametrize("shape", ["dingtalk", "wecom", "feishu"])
def test_people_read_the_notice(shape: str) -> None:
    body = letter(shape, ADDRESS, "", EVENT).body.decode()
    assert "警示" in body and "Warned" in body and "p1" in body


def test_every_shape_of_the_database_is_spoken() -> None:
    from guiju.store.models import Webhook

    assert set(SHAPES) == set(Webhook.Shape.values)
