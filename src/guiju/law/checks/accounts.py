"""Are violating accounts paused when the rule says so, and handled at all?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from guiju.china import china_day
from guiju.law.ledger import SAMPLE, AccountHistory, Ledger, Turn
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, failed, insufficient, passed


@check("pause_rule", zh="连续违规暂停", en="Pausing rule applied", needs=("in_row", "per_day", "within_seconds"))
def pause_rule(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every account that violated N times in a row, or M times in one day in China, was stopped at once.

    The rule is computed again from the exchanges, apart from the code that enforces it. Where its wording leaves room
    (does a row go on after a pause? does the sixth of a day count again?) the milder reading is taken, so a fault
    reported here is one under every reading.
    """
    in_row, per_day = parameters.whole("in_row"), parameters.whole("per_day")
    grace = timedelta(seconds=parameters.number("within_seconds"))
    due = 0
    missed: list[str] = []
    applied: list[str] = []
    for history in ledger.accounts(period, min(in_row, per_day)):
        for turn in triggers(history, in_row, per_day):
            due += 1
            (applied if _stopped(history, turn, grace) else missed).append(turn.record)
    figures = (Figure("triggers", due, "times"), Figure("missed", len(missed), "times"))
    if missed:
        zh, en = f"有 {len(missed)} 次应暂停而未暂停。", f"{len(missed)} pauses were due and not made."
        return failed(figures, zh, en, missed[:SAMPLE])
    if not due:
        return insufficient(
            figures, "期间内没有账号触发暂停规则，尚无实例。", "No account met the pausing rule in the span."
        )
    return passed(figures, "触发规则的账号均已暂停。", "Every account that met the rule was paused.", applied[-SAMPLE:])


def triggers(history: AccountHistory, in_row: int, per_day: int) -> Iterator[Turn]:
    """The turns at which the rule was met: the ``in_row``-th violation of a row, the ``per_day``-th of a day."""
    row = 0
    today: Counter[date] = Counter()
    for turn in history.turns:
        if not turn.violated:
            row = 0
            continue
        day = china_day(turn.at)
        row += 1
        today[day] += 1
        if row >= in_row or today[day] == per_day:
            row = 0
            yield turn


def _stopped(history: AccountHistory, turn: Turn, grace: timedelta) -> bool:
    return any(m.stops and m.at <= turn.at + grace and (m.until is None or m.until > turn.at) for m in history.measures)


@check("accounts_handled", zh="违规账号处置", en="Violating accounts handled", needs=("violations", "report_days"))
def accounts_handled(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every account with the set number of violations got a measure that states its reason and records; and reports to authorities, the ladder's last step, were sent or refused within the days set."""
    limit = parameters.whole("violations")
    reports = ledger.reports(period, parameters.whole("report_days"))
    accounts = handled = unreasoned = 0
    open_cases: list[str] = []
    done: list[str] = []
    for history in ledger.accounts(period, limit):
        accounts += 1
        violations = [t for t in history.turns if t.violated]
        measures = [m for m in history.measures if m.until is None or m.until > violations[0].at]
        unreasoned += sum(not m.reasoned for m in measures)
        handled += bool(measures)
        (done if measures and all(m.reasoned for m in measures) else open_cases).append(violations[-1].record)
    figures = (
        Figure("accounts", accounts, "accounts"),
        Figure("handled", handled, "accounts"),
        Figure("unreasoned", unreasoned),
        Figure("anonymous", ledger.anonymous_violations(period)),
        Figure("reports", reports.asked),
        Figure("reports_sent", reports.sent),
        Figure("reports_waiting", reports.waiting),
        Figure("reports_late", reports.late),
    )
    if open_cases or reports.late:
        return failed(
            figures,
            f"未处置账号 {accounts - handled} 户，缺少理由或依据的处置 {unreasoned} 次，逾期的报告 {reports.late} 份。",
            f"{accounts - handled} accounts without a measure, {unreasoned} measures without reason or records, "
            f"{reports.late} reports to authorities late.",
            [*open_cases, *reports.sample][:SAMPLE],
        )
    if not accounts and not reports.asked:
        return insufficient(
            figures, "期间内没有须处置的账号，尚无实例。", "No account called for a measure in the span."
        )
    return passed(figures, "违规账号均已处置并有理由与依据。", "Every violating account was handled.", done[-SAMPLE:])
