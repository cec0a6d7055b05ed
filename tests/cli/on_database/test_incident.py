from __future__ import annotations

from guiju.store.models import AuditEntry
from tests.cli.conftest import Run


def test_from_opening_to_closing(guiju: Run) -> None:
    row = guiju("incident", "open", "资料外泄", "--people", "1200000", "--service", "chat", "--json").json
    number = str(row["id"])
    assert (row["level"], row["criterion"], row["drill"]) == ("larger", "people_larger", False)
    assert [clock["report"] for clock in row["clocks"]] == ["first", "summary"]
    assert guiju("incident", "note", number, "断开接口").status == 0
    drafted = guiju("incident", "report", number, "--set", "cause=弱口令", "--json")
    assert drafted.status == 1 and "弱口令" in drafted.json["markdown"] and "harm" in drafted.json["missing"]
    page = guiju("incident", "report", number, "--html")
    assert page.out.startswith("<!doctype html>") and "harm (Effects and harm)" in page.err
    graded = guiju("incident", "grade", number, "--views", "5", "--reason", "核数", "--json").json
    assert (graded["people"], graded["views"], graded["level"]) == (1200000, 5, "larger")
    assert guiju("incident", "report", number, "--sent", "回执 1").status == 0
    assert guiju("incident", "close", number, "--reason", "完成").status != 0
    assert guiju("incident", "end", number).status == 0
    refused = guiju("incident", "close", number, "--reason", "完成")
    assert "GJ-7016" in refused.err and "guiju incident report" in refused.err
    assert guiju("incident", "report", number, "--kind", "summary", "--sent", "回执 2").status == 0
    closed = guiju("incident", "close", number, "--reason", "完成", "--json").json
    assert closed["state"] == "closed" and closed["summary_receipt"] == "回执 2"
    assert guiju("incident", "list", "--json").json == []
    assert [one["id"] for one in guiju("incident", "list", "--all", "--json").json] == [row["id"]]
    assert AuditEntry.objects.filter(action="incident.close", actor_name__startswith="cli:").exists()


def test_a_late_report_shows_in_the_exit_status_and_drills_do_not(guiju: Run) -> None:
    long_ago = ("--people", "1000000", "--known", "2026-01-05T08:00")
    opened = guiju("incident", "open", "演习", "--drill", *long_ago)
    assert "[drill] 演习" in opened.out and "2026-01-05" in opened.out
    assert guiju("incident", "list").status == 0
    row = guiju("incident", "open", "外泄", "--operator", "cii", *long_ago, "--json").json
    assert row["known_at"].startswith("2026-01-05T08:00") or row["known_at"].startswith("2026-01-05T00:00")
    assert row["clocks"][0]["late"] is True
    listed = guiju("incident", "list")
    assert listed.status == 1 and "外泄" in listed.out and "from the end of handling" in listed.out


def test_what_cannot_be(guiju: Run) -> None:
    assert guiju("incident", "note", "99", "x").status != 0
    assert guiju("incident", "report", "99").status != 0
    number = str(guiju("incident", "open", "x", "--json").json["id"])
    assert guiju("incident", "report", number, "--set", "cause").status == 2
    assert guiju("incident", "report", number, "--set", "level=重大").status != 0
    assert guiju("incident", "open", "x", "--people", "-1").status == 2
