"""The public's pages: sent without an account or a script, followed with receipt and secret, closed to floods."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from guiju.console.views import public
from guiju.store import sanction_numbers
from guiju.store.models import Appeal, Complaint, Role

from .conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seconds as the forms see them."""
    now = [1_800_000_000]
    monkeypatch.setattr(public.time, "time", lambda: now[0])
    return now


def form_of(client: Client, kind: str, clock: list[int], wait: int = 10) -> dict[str, Any]:
    page = client.get(f"/public/send/{kind}/")
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found is not None
    clock[0] += wait
    return {"token": found[1], "topic": "content", "text": "胡说八道", "contact": "a@b.cn", "website": ""}


def given(page: str) -> tuple[str, str]:
    receipt, secret = re.findall(r'class="secret mono">([^<]+)<', page)
    return receipt, secret


def test_anybody_sends_and_follows_and_adds(world: World, clock: list[int], browser: Callable[[str], Client]) -> None:
    client = Client(enforce_csrf_checks=False)
    start = client.get("/public/").content.decode()
    assert "5 个工作日" in start and "投诉" in start
    sent = client.post("/public/send/complaint/", form_of(client, "complaint", clock))
    assert sent.status_code == 201
    receipt, secret = given(sent.content.decode())
    desk = browser(Role.REVIEWER)
    assert receipt in desk.get("/complaints/").content.decode()
    assert "胡说八道" not in desk.get(f"/complaints/{receipt}/").content.decode()
    assert "胡说八道" in desk.post(f"/complaints/{receipt}/read/").content.decode()
    desk.post(f"/complaints/{receipt}/claim/")
    assert desk.post(f"/complaints/{receipt}/reply/", {"text": "已更正", "conclude": "on"}).status_code == 302
    page = client.post("/public/progress/", {"receipt": receipt, "secret": secret}).content.decode()
    assert "已更正" in page and "已办结" in page
    more = client.post("/public/progress/add/", {"receipt": receipt, "secret": secret, "text": "还是不对"})
    assert "还是不对" in more.content.decode()
    row = Complaint.objects.get(pk=receipt)
    assert (row.state, row.reopened, row.via) == ("open", 1, "page")


def test_the_fourteen_categories_can_be_chosen(clock: list[int], db: None) -> None:
    page = Client().get("/public/send/misuse/").content.decode()
    assert len(re.findall(r'<option value="p[12]_\d"', page)) == 14
    assert Client().get("/public/send/nothing/").status_code == 404


def test_no_script_is_needed(db: None, clock: list[int]) -> None:
    page = Client().get("/public/send/rights/").content.decode()
    assert not re.search(r"<script(?![^>]*src=)", page)
    form = page[page.index('<form method="post" class="stack"') :]
    assert "onclick" not in form and "hx-" not in form.split("</form>")[0]


@pytest.mark.parametrize(
    ("change", "wait", "status", "said"),
    [
        ({}, 1, 422, "GJ-5102"),
        ({}, 8000, 422, "GJ-5102"),
        ({"website": "http://spam"}, 10, 422, "GJ-5102"),
        ({"token": "1.2.3"}, 10, 422, "GJ-5102"),
        ({"text": ""}, 10, 422, ""),
        ({"text": "长" * 5001}, 10, 422, ""),
        ({"topic": "p1_1"}, 10, 422, ""),
    ],
)
def test_machines_and_mistakes_are_turned_away(
    db: None, clock: list[int], change: dict[str, str], wait: int, status: int, said: str
) -> None:
    client = Client()
    answer = client.post("/public/send/complaint/", form_of(client, "complaint", clock, wait) | change)
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert not Complaint.objects.exists()


def test_a_corrected_form_may_be_sent_again(db: None, clock: list[int]) -> None:
    client = Client()
    wrong = client.post("/public/send/complaint/", form_of(client, "complaint", clock) | {"text": ""})
    token = re.search(r'name="token" value="([^"]+)"', wrong.content.decode())
    assert token is not None
    clock[0] += 10
    fields = {"token": token[1], "topic": "content", "text": "改好了"}
    assert client.post("/public/send/complaint/", fields).status_code == 201
    assert client.post("/public/send/complaint/", fields).status_code == 422  # the same form twice
    assert Complaint.objects.count() == 1


def test_a_flood_from_one_address_ends(db: None, clock: list[int]) -> None:
    client = Client()
    codes = [client.post("/public/send/complaint/", form_of(client, "complaint", clock)).status_code for _ in range(7)]
    assert codes == [201] * 5 + [429] * 2
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert other.post("/public/send/complaint/", form_of(other, "complaint", clock)).status_code == 201


def test_guessing_secrets_ends_too(world: World, clock: list[int]) -> None:
    client = Client()
    tried = {"receipt": world.complaint.pk, "secret": "AAAA-AAAA-AAAA"}
    codes = [client.post("/public/progress/", tried).status_code for _ in range(7)]
    assert codes == [404] * 5 + [429] * 2


def test_an_appeal_is_sent_from_a_refusal(world: World, clock: list[int]) -> None:
    client = Client()
    fields = form_of(client, "appeal", clock) | {"topic": "refusal"}
    assert client.post("/public/send/appeal/", fields).status_code == 422  # no number
    fields = form_of(client, "appeal", clock) | {"topic": "refusal", "content_number": world.record.content_number}
    receipt, _ = given(client.post("/public/send/appeal/", fields).content.decode())
    assert Complaint.objects.get(pk=receipt).appeal.record == world.record
    page = client.get(f"/public/send/appeal/?content={world.record.content_number}").content.decode()
    assert world.record.content_number in page


def test_an_appeal_is_decided_on_the_desk(world: World, browser: Callable[[str], Client]) -> None:
    client, pk = browser(Role.REVIEWER), world.appealed.pk
    answer = {"outcome": "granted", "reason": "误判", "answer": "已恢复"}
    assert client.post(f"/complaints/{pk}/decide/", answer).status_code == 409  # not taken yet
    client.post(f"/complaints/{pk}/claim/")
    assert "appeal_outcome" in client.get(f"/complaints/{pk}/").content.decode()
    assert client.post(f"/complaints/{pk}/decide/", answer).status_code == 302
    page = client.get(f"/complaints/{pk}/").content.decode()
    assert "申诉成立" in page and "误判" in page
    world.sanction.refresh_from_db()
    assert world.sanction.lifted_at is not None
    assert "words w-1" in client.get("/complaints/").content.decode()


def test_the_pages_can_be_shut(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    shut = settings.GUIJU.complaints.model_copy(update={"open": False})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"complaints": shut}))
    assert Client().get("/public/").status_code == 404
    assert Client().get("/public/send/complaint/").status_code == 404


@pytest.mark.parametrize("tab", ["open", "mine", "answered", "closed"])
def test_the_desk_has_its_tabs(tab: str, world: World, browser: Callable[[str], Client]) -> None:
    answer = browser(Role.COMPLIANCE).get(f"/complaints/?tab={tab}&kind=complaint")
    assert answer.status_code == 200
    assert (world.complaint.pk in answer.content.decode()) is (tab == "open")


def test_an_appeal_needs_one_of_its_two_numbers(world: World, clock: list[int]) -> None:
    client = Client()
    page = client.get("/public/send/appeal/?sanction=14-7F3A09BC").content.decode()
    assert 'value="14-7F3A09BC"' in page and "处置编号" in page
    asked = {**form_of(client, "appeal", clock), "topic": "sanction", "content_number": "", "sanction": ""}
    refused = client.post("/public/send/appeal/", asked)
    assert refused.status_code == 422 and "填写记录编号或处置编号" in refused.content.decode()
    again = {**asked, "token": form_of(client, "appeal", clock)["token"]}
    again["sanction"] = sanction_numbers.number(world.sanction)
    assert client.post("/public/send/appeal/", again).status_code == 201
    assert Appeal.objects.filter(sanction=world.sanction, account=world.account, record=None).count() == 1
    assert "处置编号" not in client.get("/public/send/complaint/").content.decode()
