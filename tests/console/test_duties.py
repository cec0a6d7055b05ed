"""The overview, obligations with their proof, services with their profile, system health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from guiju.console.figures import exchanges_by_day, last_days, risks_found
from guiju.console.standing import figure_line
from guiju.law.book import rules
from guiju.law.schema import SetBy
from guiju.store.models import (
    Appeal,
    Case,
    CaseProposal,
    CheckRun,
    DataKey,
    Document,
    OperatorValue,
    Record,
    RecordText,
    Role,
    Service,
)
from guiju.store.services import law

from .conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def officer(world: World, browser: Callable[[str], Client]) -> Client:
    return browser(Role.COMPLIANCE)


def test_the_overview_shows_duties_traffic_and_what_waits(officer: Client) -> None:
    answer = officer.get("/")
    assert len(answer.context["duties"]) == 8
    assert sum(answer.context["totals"].values()) == len(rules().obligations)
    assert (answer.context["today"].exchanges, answer.context["today"].flagged) == (1, 1)
    assert answer.context["risks"] == [("A.1.h/gambling", 1, 100.0)]
    assert answer.context["open_cases"] == 1
    assert answer.context["verified"] is None
    page = answer.content.decode()
    assert "立即核查" in page
    assert "KWD-01" in page  # failing, so it stands first


def test_measuring_now_keeps_the_results(officer: Client, world: World) -> None:
    before = CheckRun.objects.count()
    answer = officer.post("/measure/", {"service": "chat"}, follow=True)
    assert CheckRun.objects.count() > before
    assert "核查完成" in answer.content.decode()
    assert officer.post("/measure/", {"service": "none"}).status_code == 404


def test_a_standing_is_weighed_anew_when_what_it_rests_on_changes(
    officer: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed = []
    original = law.status
    monkeypatch.setattr(law, "status", lambda *a: weighed.append(a) or original(*a))
    officer.get("/obligations/")
    officer.get("/obligations/")
    assert len(weighed) <= 1
    file = SimpleUploadedFile("a.pdf", b"x")
    fields = {"service": "chat", "title": "t", "effective_from": "2026-01-01", "file": file}
    before = len(weighed)
    officer.post("/obligations/CMP-01/documents/", fields)
    page = officer.get("/obligations/CMP-01/")
    assert len(weighed) == before + 1
    assert page.context["one"].document is not None


def test_an_installation_without_services_still_has_an_overview(browser: Callable[[str], Client]) -> None:
    assert "请运行 guiju init" in browser(Role.READ_ONLY).get("/").content.decode()
    assert browser(Role.READ_ONLY).get("/obligations/").status_code == 200
    assert browser(Role.READ_ONLY).get("/obligations/SVC-01/").status_code == 200


def test_days_that_are_over_are_counted_once(world: World) -> None:
    before = timezone.now() - timedelta(days=2)
    world.chain.write(at=before, integration=world.integration.pk)
    first = exchanges_by_day(3)
    assert [day.exchanges for day in first] == [1, 0, 1]
    Appeal.objects.all().delete()
    CaseProposal.objects.all().delete()
    Case.objects.all().delete()
    Record.objects.all().delete()
    assert [day.exchanges for day in exchanges_by_day(3)] == [1, 0, 0]
    assert [day.day for day in first] == last_days(3)
    assert exchanges_by_day(1, integration="other")[0].exchanges == 0


def test_the_most_frequent_risks_come_first(world: World) -> None:
    assert risks_found(14) == [("A.1.h/gambling", 1)]


@pytest.mark.parametrize(
    ("query", "fits"),
    [("", 145), ("duty=8", None), ("q=标识", None), ("state=failing", None), ("q=zzz", 0)],
)
def test_obligations_are_filtered(query: str, fits: int | None, officer: Client) -> None:
    found = officer.get(f"/obligations/?{query}").context["page"].paginator.count
    assert found == fits if fits is not None else 0 < found < 145


def test_an_obligation_opens_to_clause_check_figures_and_records(officer: Client, world: World) -> None:
    page = officer.get("/obligations/SVC-01/").content.decode()
    assert "条款原文未核实" in page
    assert "实测" in page
    assert "urn:guiju:obligation:SVC-01" in page
    one = next(s for s in law.status(world.service, timezone.now()) if s.obligation.id == "SVC-01")
    assert one.figures
    for figure in one.figures:
        line = figure_line(rules(), figure)
        assert line.name in page
        assert f"<b>{line.value}</b>" in page


def test_a_document_is_added_revised_opened_and_withdrawn(officer: Client, world: World) -> None:
    address = "/obligations/GOV-02/documents/"
    fields = {"service": "chat", "title": "伦理审查纪要", "effective_from": "2026-01-01"}
    for body in (b"one", b"two"):
        file = SimpleUploadedFile("../纪要.pdf", body)
        assert officer.post(address, {**fields, "file": file}).status_code == 302
    assert list(Document.objects.filter(obligation__endswith="GOV-02").values_list("revision", flat=True)) == [2, 1]
    newest = Document.objects.get(obligation__endswith="GOV-02", revision=2)
    answer = officer.get(f"{address}{newest.pk}/")
    assert b"".join(answer.streaming_content) == b"two"
    for close in answer._resource_closers:
        close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert officer.get(f"/obligations/GOV-01/documents/{newest.pk}/").status_code == 404
    assert officer.post(f"{address}{newest.pk}/withdraw/", {"reason": ""}).status_code == 422
    officer.post(f"{address}{newest.pk}/withdraw/", {"reason": "版本有误"})
    assert "已撤回" in officer.get("/obligations/GOV-02/").content.decode()


def test_a_document_that_cannot_be_kept_is_said_at_its_field(officer: Client) -> None:
    fields = {"service": "chat", "title": "t", "effective_from": "2026-02-01", "expires": "2026-01-01"}
    answer = officer.post("/obligations/GOV-02/documents/", {**fields, "file": SimpleUploadedFile("a.pdf", b"x")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_expires_error"' in page
    assert "data-open" in page
    assert officer.post("/obligations/GOV-02/documents/", fields).status_code == 422


def test_the_operator_sets_a_number_with_owner_and_reason(officer: Client) -> None:
    obligation, threshold = next(
        (o, t) for o in rules().obligations for t in o.thresholds if t.set_by is SetBy.OPERATOR
    )
    address = f"/obligations/{obligation.id}/threshold/"
    fields = {"service": "chat", "name": threshold.name, "value": "42", "owner": "王芳", "reason": "按日均量评估"}
    assert officer.post(address, {**fields, "owner": ""}).status_code == 422
    assert officer.post(address, {**fields, "name": "invented"}).status_code == 422
    assert officer.post(address, fields).status_code == 302
    row = OperatorValue.objects.get()
    assert (row.value, row.owner, row.reason) == (42, "王芳", "按日均量评估")
    page = officer.get(f"/obligations/{obligation.id}/").content.decode()
    assert "按日均量评估" in page


def test_a_profile_says_which_obligations_change(officer: Client, world: World) -> None:
    answer = officer.post(
        "/services/chat/profile/", {"roles": ["provider"], "public_in_china": "true", "minors_served": "true"}
    )
    changes = {c.obligation.id: (c.before, c.after) for c in answer.context["changes"]}
    assert any(key.startswith("MIN-") and after is True for key, (_before, after) in changes.items())
    world.service.refresh_from_db()
    assert world.service.profile == {"roles": ["provider"], "public_in_china": True, "minors_served": True}
    again = officer.post(
        "/services/chat/profile/", {"roles": ["provider"], "public_in_china": "true", "minors_served": "true"}
    )
    assert "没有变化" in again.content.decode()


def test_a_profile_with_a_mistake_is_not_kept(officer: Client, world: World) -> None:
    answer = officer.post("/services/chat/profile/", {"registered_users": "-3"})
    assert answer.status_code == 422
    world.service.refresh_from_db()
    assert world.service.profile["roles"] == ["provider"]


def test_name_and_provider_of_a_service(officer: Client, browser: Callable[[str], Client], world: World) -> None:
    fields = {"name": "小矩", "provider_name": "杭州小矩", "provider_code": ""}
    assert officer.post("/services/chat/", fields).status_code == 302
    assert Service.objects.get(pk="chat").provider_name == "杭州小矩"
    assert browser(Role.AUDITOR).post("/services/chat/", {**fields, "name": "改名"}).status_code == 403
    assert Service.objects.get(pk="chat").name == "小矩"


def test_the_administrator_sees_what_runs_and_what_is_due(world: World, browser: Callable[[str], Client]) -> None:
    admin = browser(Role.SYSTEM_ADMIN)
    assert "没有运行中的网关" in admin.get("/system/").content.decode()
    old = world.chain.write("旧", at=timezone.now() - timedelta(days=900), integration=world.integration.pk)
    assert admin.get("/system/").context["due_texts"] == 1
    admin.post("/system/sweep/")
    assert not RecordText.objects.filter(record=old).exists()
    assert Record.objects.filter(pk=old.pk).exists()
    before = DataKey.objects.count()
    admin.post("/system/rotate/")
    assert DataKey.objects.count() == before + 1
