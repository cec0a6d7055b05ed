"""An incident from its opening to its closing: graded, timed against its clocks, closed only when its reports were sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from guiju.errors import InvalidField, InvalidTransition, ReasonMissing, ReportsOutstanding
from guiju.incidents import Facts, Level
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, Incident, Service, Webhook
from guiju.store.services import incident_reminders, incidents
from guiju.store.services.incidents import Opening

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def opened(actor: Actor, **more: object) -> Incident:
    return incidents.open_incident(actor, Opening("资料外泄", Facts(people=1_000_000), **more), NOW)  # type: ignore[arg-type]


def test_the_whole_way(reviewer: Actor, service: Service) -> None:
    row = opened(reviewer, service=service.pk, known_at=NOW - HOUR)
    assert (row.level, row.criterion) == ("larger", "people_larger")
    first, summary = incidents.standings(row)
    assert first.clock.due == NOW + 3 * HOUR and summary.clock.due is None
    assert not first.late(NOW + 3 * HOUR) and first.late(NOW + 4 * HOUR)
    incidents.note(reviewer, row, "断开接口", NOW + HOUR, NOW - HOUR / 2)
    with pytest.raises(InvalidTransition):
        incidents.report_sent(reviewer, row, "summary", "回执 0", NOW + HOUR)
    incidents.report_sent(reviewer, row, "first", "回执 1", NOW + 2 * HOUR)
    incidents.report_sent(reviewer, row, "first", "续报", NOW + 9 * HOUR)
    with pytest.raises(InvalidTransition):
        incidents.close(reviewer, row, "完成", NOW + DAY)
    row = incidents.end(reviewer, row, NOW + DAY)
    assert incidents.standings(row)[1].clock.due == NOW + 31 * DAY
    with pytest.raises(ReportsOutstanding) as caught:
        incidents.close(reviewer, row, "完成", NOW + DAY)
    assert "总结报告" in caught.value.message("zh") and "事件报告" not in caught.value.message("zh")
    incidents.report_sent(reviewer, row, "summary", "回执 2", NOW + 2 * DAY)
    row = incidents.close(reviewer, row, "完成", NOW + 2 * DAY)
    assert (row.state, row.first_receipt, row.first_sent_at) == ("closed", "回执 1", NOW + 2 * HOUR)
    assert not any(one.late(NOW + 99 * DAY) for one in incidents.standings(row))
    kinds = [one.kind for one in row.timeline.all()]
    assert kinds == ["opened", "note", "sent", "sent", "ended", "sent", "closed"]
    with pytest.raises(InvalidTransition):
        incidents.note(reviewer, row, "再记", NOW + 3 * DAY)


def test_every_act_is_audited_without_the_words_of_the_timeline(system: Actor) -> None:
    row = opened(system)
    incidents.note(system, row, "张三的手机号", NOW)
    incidents.fill(system, row, {"cause": "弱口令"})
    actions = list(AuditEntry.objects.filter(object_type="Incident").order_by("id").values_list("action", flat=True))
    assert actions == ["incident.open", "incident.note", "incident.fill"]
    assert not [one for one in AuditEntry.objects.all() if "张三" in str(one.detail) or "弱口令" in str(one.detail)]


def test_regrading_moves_the_level_and_its_clocks(compliance: Actor) -> None:
    row = incidents.open_incident(compliance, Opening("篡改", Facts(forwards=999)), NOW)
    assert row.level == "below" and incidents.standings(row) == ()
    row = incidents.regrade(compliance, row, Facts(forwards=1_000), "复核", NOW + HOUR)
    assert (row.level, row.criterion) == ("larger", "forwards_larger")
    assert incidents.standings(row)[0].clock.due == NOW + 4 * HOUR
    row = incidents.regrade(compliance, row, Facts(forwards=0, judged=Level.MAJOR), "研判", NOW + HOUR)
    assert (row.level, row.criterion, incidents.facts_of(row).judged) == ("major", "", Level.MAJOR)
    entry = AuditEntry.objects.latest("id")
    assert (entry.detail["before"], entry.detail["level"], entry.reason) == ("larger", "major", "研判")
    with pytest.raises(ReasonMissing):
        incidents.regrade(compliance, row, Facts(), " ", NOW)


def test_a_mild_incident_needs_no_report(system: Actor) -> None:
    row = incidents.open_incident(system, Opening("误报"), NOW)
    assert incidents.close(system, incidents.end(system, row, NOW), "误报", NOW).state == "closed"


def test_a_drill_runs_the_same_clocks_and_its_papers_say_so(system: Actor) -> None:
    row = opened(system, drill=True)
    assert incidents.standings(row)[0].clock.due == NOW + 4 * HOUR
    made = incidents.draft(system, row, "first")
    assert "演练 不报送" in made.markdown and "演练 不报送" in made.html
    assert AuditEntry.objects.latest("id").detail["drill"] is True
    assert "演练" not in incidents.draft(system, opened(system), "first").markdown


def test_fields_are_filled_and_emptied(system: Actor) -> None:
    row = incidents.fill(system, opened(system), {"cause": " 弱口令 ", "harm": "无"})
    made = incidents.draft(system, row, "first")
    assert "弱口令" in made.markdown and "cause" not in {one.id for one in made.missing}
    row = incidents.fill(system, row, {"harm": ""})
    assert row.answers == {"cause": "弱口令"}
    for name in ("level", "nothing"):
        with pytest.raises(InvalidField):
            incidents.fill(system, row, {name: "x"})


@pytest.mark.parametrize(
    "opening",
    [
        Opening(" "),
        Opening("x", service="none"),
        Opening("x", operator="none"),
        Opening("x", known_at=NOW + HOUR),
        Opening("x", known_at=NOW - DAY, occurred_at=NOW),
        Opening("x", Facts(people=-1)),
    ],
)
def test_what_cannot_be_is_refused(opening: Opening, system: Actor) -> None:
    with pytest.raises(InvalidField):
        incidents.open_incident(system, opening, NOW)
    assert not Incident.objects.exists()


def test_times_stay_in_order(system: Actor) -> None:
    row = opened(system)
    for attempt in (
        lambda: incidents.note(system, row, "x", NOW, NOW + HOUR),
        lambda: incidents.note(system, row, " ", NOW),
        lambda: incidents.end(system, row, NOW, NOW - HOUR),
        lambda: incidents.report_sent(system, row, "first", "1", NOW, NOW - HOUR),
    ):
        with pytest.raises(InvalidField):
            attempt()
    incidents.end(system, row, NOW)
    with pytest.raises(InvalidTransition):
        incidents.end(system, row, NOW)
    assert [one.pk for one in incidents.listed(system, closed=False)] == [row.pk]


def test_a_report_that_is_nearly_due_is_told_once_and_once_more_when_it_is_late(reviewer: Actor) -> None:
    listener = Webhook.objects.create(name="ops", address="https://x.example", created_at=NOW)
    row = opened(reviewer, drill=True)
    told = lambda: list(listener.deliveries.order_by("id").values_list("event", flat=True))  # noqa: E731
    assert (incident_reminders.remind(NOW + 2 * HOUR), told()) == (0, ["incident.opened"])
    assert [incident_reminders.remind(NOW + 3 * HOUR) for _ in range(2)] == [1, 0]
    assert [incident_reminders.remind(NOW + 5 * HOUR) for _ in range(2)] == [1, 0]
    assert told() == ["incident.opened", "incident.due_soon", "incident.overdue"]
    body = listener.deliveries.order_by("id")[1].body
    assert body == {
        "incident": row.pk,
        "level": "larger",
        "clock": "first",
        "due_at": (NOW + 4 * HOUR).isoformat(),
        "drill": True,
    }
    incidents.report_sent(reviewer, row, "first", "回执", NOW + 6 * HOUR)
    incidents.end(reviewer, row, NOW + 7 * HOUR)
    assert incident_reminders.remind(NOW + 20 * DAY) == 0
    assert incident_reminders.remind(NOW + 24 * DAY) == 1  # the closing report, in its last week


def test_operator_and_contact_come_from_the_settings(reviewer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = settings.GUIJU.notices.model_copy(update={"values": {"operator": "某公司", "contact": "王 010"}})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"notices": filled}))
    row = opened(reviewer)
    assert "某公司" in (first := incidents.draft(reviewer, row, "first").markdown) and "王 010" in first
    row = incidents.fill(reviewer, row, {"contact": "李 021"})
    assert "王 010" not in incidents.draft(reviewer, row, "first").markdown
