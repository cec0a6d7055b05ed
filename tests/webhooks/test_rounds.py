"""The outbox against a real HTTP server: delivered once, signed, retried with growing pauses, given up, never redirected."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from guiju.errors import InvalidField, InvalidTransition, NoticeUnfilled, PermissionDenied, WebhookAddressRefused
from guiju.store import outbox
from guiju.store.actor import Actor
from guiju.store.models import Account, AuditEntry, Delivery, Integration, User, Webhook
from guiju.store.services import accounts, webhooks
from guiju.webhooks import rounds
from guiju.webhooks.shapes import sign
from tests.store.conftest import integration, service, system

__all__ = ["integration", "service", "system"]

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


class Receiver(ThreadingHTTPServer):
    """Answers with the next of ``answers`` (status, body), and keeps what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, bytes]] = []
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status, told = self.server.answers.pop(0) if self.server.answers else (200, b"ok")
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", self.server.address)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = settings.GUIJU.webhooks.model_copy(
        update={"allowed_hosts": ("127.0.0.1",), "allow_private": True, "attempts": 3, "timeout_s": 5.0}
    )
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"webhooks": limits}))


def hook(receiver: Receiver, shape: str = "generic", **fields: object) -> tuple[Webhook, str]:
    return webhooks.create(SYSTEM, "ops", receiver.address, shape, [], NOW, **fields)  # type: ignore[arg-type]


def test_an_event_arrives_once_and_signed(receiver: Receiver) -> None:
    row, secret = hook(receiver)
    assert secret.encode() not in bytes(row.secret) and webhooks.secret_of(row) == secret
    outbox.announce("complaint.received", {"receipt": "GJ-1", "kind": "complaint"}, NOW)
    assert rounds.deliver(NOW) == rounds.Round(1, 0)
    assert rounds.deliver(NOW + timedelta(days=1)) == rounds.Round(0, 0)
    [(path, headers, body)] = receiver.got
    assert path == "/hook?a=1"
    assert headers["X-Guiju-Signature"] == sign(secret, headers["X-Guiju-Timestamp"], body)
    assert json.loads(body)["facts"] == {"kind": "complaint", "receipt": "GJ-1"}
    assert Delivery.objects.get().delivered_at == NOW


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(receiver: Receiver, compliance: Actor) -> None:
    hook(receiver)
    outbox.announce("appeal.decided", {}, NOW)
    receiver.answers = [(500, b""), (503, b"")]
    assert rounds.deliver(NOW) == rounds.Round(0, 1)
    row = Delivery.objects.get()
    assert (row.attempts, row.problem, row.next_at) == (1, "HTTP 500", NOW + timedelta(minutes=1))
    assert rounds.deliver(NOW + timedelta(seconds=59)) == rounds.Round(0, 0)
    rounds.deliver(NOW + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.next_at == NOW + timedelta(minutes=3)
    receiver.answers = [(500, b"")]
    rounds.deliver(row.next_at)
    row.refresh_from_db()
    assert row.state == "given_up"
    assert rounds.deliver(NOW + timedelta(days=9)) == rounds.Round(0, 0)
    webhooks.retry(compliance, row, NOW)
    assert rounds.deliver(NOW) == rounds.Round(1, 0)
    with pytest.raises(InvalidTransition):
        webhooks.retry(compliance, row, NOW)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    hook(receiver)
    outbox.announce("appeal.decided", {}, NOW)
    receiver.answers = [(302, b"")]
    assert rounds.deliver(NOW) == rounds.Round(0, 1)
    assert len(receiver.got) == 1 and Delivery.objects.get().problem == "HTTP 302"


def test_a_robot_that_says_no_with_200_has_not_taken_it(receiver: Receiver) -> None:
    hook(receiver, "dingtalk", secret="SEC1")
    outbox.announce("appeal.decided", {}, NOW)
    receiver.answers = [(200, b'{"errcode":310000,"errmsg":"sign not match"}')]
    assert rounds.deliver(NOW) == rounds.Round(0, 1)
    assert "310000" in Delivery.objects.get().problem
    assert "&timestamp=" in receiver.got[0][0] and "&sign=" in receiver.got[0][0]


def test_nobody_there_and_hosts_no_longer_allowed(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    hook(receiver)
    outbox.announce("appeal.decided", {}, NOW)
    shut = settings.GUIJU.webhooks.model_copy(update={"allow_private": False})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"webhooks": shut}))
    assert rounds.deliver(NOW) == rounds.Round(0, 1)
    assert "private" in Delivery.objects.get().problem
    assert receiver.got == []


def test_only_what_is_listened_to_is_put_into_the_outbox(receiver: Receiver, compliance: Actor) -> None:
    row, _ = webhooks.create(SYSTEM, "some", receiver.address, "wecom", ["appeal.decided"], NOW)
    assert outbox.announce("complaint.received", {}, NOW) == 0
    assert outbox.announce("appeal.decided", {}, NOW) == 1
    webhooks.update(compliance, row, "停用", active=False)
    assert outbox.announce("appeal.decided", {}, NOW) == 0
    assert rounds.deliver(NOW) == rounds.Round(0, 0)  # what waits, waits


def test_what_is_held_back_is_never_sent(receiver: Receiver) -> None:
    hook(receiver)
    outbox.announce("account.sanctioned", {}, NOW, held_back="contact")
    assert rounds.deliver(NOW + timedelta(days=1)) == rounds.Round(0, 0)
    assert (Delivery.objects.get().state, receiver.got) == ("blocked", [])


def test_what_was_held_back_is_sent_once_its_notice_is_complete(
    receiver: Receiver, compliance: Actor, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(receiver)
    account = Account.objects.create(pk="ab12", integration=integration, first_seen=NOW, last_seen=NOW)
    accounts.impose(compliance, account, "warn", "多次违规")
    row = Delivery.objects.get()
    assert row.state == "blocked" and "appeal_address" in row.problem
    with pytest.raises(NoticeUnfilled):
        webhooks.retry(compliance, row, NOW)
    values = {"operator": "示例公司", "contact": "a@example.cn", "appeal_address": "https://x.example/public/"}
    filled = settings.GUIJU.notices.model_copy(update={"values": values})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"notices": filled}))
    webhooks.retry(compliance, row, NOW)
    assert rounds.deliver(NOW) == rounds.Round(1, 0)
    [(_, _, body)] = receiver.got
    assert "示例公司" in json.loads(body)["facts"]["notice"]["zh"] and Delivery.objects.get().problem == ""


def test_a_receiver_is_checked_when_it_is_added(compliance: Actor, receiver: Receiver) -> None:
    with pytest.raises(WebhookAddressRefused):
        webhooks.create(compliance, "x", "https://elsewhere.example/", "generic", [], NOW)
    with pytest.raises(InvalidField):
        webhooks.create(compliance, "x", receiver.address, "generic", ["nothing.happened"], NOW)
    with pytest.raises(InvalidField):
        webhooks.create(compliance, "x", receiver.address, "pigeon", [], NOW)
    with pytest.raises(PermissionDenied):
        webhooks.create(
            Actor.of(User.objects.create(username="r", role="reviewer")), "x", receiver.address, "generic", [], NOW
        )
    _, secret = webhooks.create(compliance, "x", receiver.address, "generic", [], NOW)
    assert secret not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (99, 360)])
def test_pauses_grow(attempts: int, minutes: int) -> None:
    assert rounds.pause(attempts) == timedelta(minutes=minutes)


@pytest.fixture
def compliance(db: None) -> Actor:
    return Actor.of(User.objects.create(username="c", role="compliance"))
