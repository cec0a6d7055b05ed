"""The words an account is told about a sanction, from the operator's templates and values."""

from __future__ import annotations

from django.conf import settings

from guiju.accounts.notices import Notice, Templates
from guiju.china import china_minute
from guiju.errors import GuijuError, SettingsInvalid
from guiju.store import account_policy
from guiju.store.models import ProposedStep, Sanction
from guiju.store.sanction_numbers import number


def templates() -> Templates:
    """The templates in force.

    Raises:
        SettingsInvalid: the operator's file cannot be read. ComplaintRulesInvalid: it has mistakes.
    """
    path = settings.GUIJU.notices.templates
    if path is None:
        return Templates.load()
    try:
        return Templates.load(path.read_text("utf-8"))
    except (OSError, UnicodeError) as error:
        raise SettingsInvalid(where="notices.templates", problem=type(error).__name__) from None


def operator_fields() -> dict[str, str]:
    """Operator and contact as the fields of documents are called; without those nobody set."""
    values = settings.GUIJU.notices.values
    found = {"operator_name": values.get("operator", ""), "contact": values.get("contact", "")}
    return {name: value for name, value in found.items() if value.strip()}


def of_sanction(row: Sanction) -> Notice:
    """What the account is told about this sanction.

    Raises:
        NoticeUnfilled: the operator has yet to give a value.
    """
    until = china_minute(row.expires_at) if row.expires_at is not None else ""
    values = {"reason": row.reason, "step": row.step, "until": until or "另行通知", "sanction": number(row)}
    english = {"reason": reason_in_english(row), "until": until or "further notice"}
    return templates().fill(f"sanction.{row.step}", {**settings.GUIJU.notices.values, **values}, english)


def reason_in_english(row: Sanction | ProposedStep) -> str:
    """Why a step was or is to be taken, in English where a rule of the policy in force says so; else as it was given."""
    try:
        return account_policy.in_force().in_english(row.rule, row.reason)
    except GuijuError:  # a step is never held up by the wording of its notice
        return row.reason
