"""A verdict about minors and companions in the words of answers, headers and JSON."""

from __future__ import annotations

from guiju.minors import Deny, MinorsPolicy, Reason, Remind, Verdict
from guiju.minors.calendar import CHINA, SECOND
from guiju.store.moments import moment

MARK = "【提醒 Reminder】"
"""Begins every line that Guiju adds to an answer."""


def aloud(verdict: Deny) -> str:
    """A denial as an answer: why, how much is left, when it is possible again; Chinese with English beside."""
    reasons = (*verdict.reasons, *verdict.notices)
    zh, en = "".join(reason.zh for reason in reasons), " ".join(reason.en for reason in reasons)
    if verdict.remaining is not None:
        minutes = verdict.remaining // (60 * SECOND)
        zh, en = f"{zh}今天剩余 {minutes} 分钟。", f"{en} {minutes} minutes are left today."
    if verdict.until is not None:
        at = moment(verdict.until + CHINA)
        zh, en = f"{zh}{at:%m月%d日 %H:%M} 后可用。", f"{en} It is possible again from {at:%Y-%m-%d %H:%M} (UTC+8)."
    return f"{zh}\n{en}"


def told(verdict: Verdict, policy: MinorsPolicy) -> dict[str, object]:
    """A verdict as JSON."""
    found: dict[str, object] = {
        "action": _action(verdict),
        "band": verdict.band,
        "reasons": [_reason(reason) for reason in verdict.reasons],
        "remaining_s": None if verdict.remaining is None else verdict.remaining // SECOND,
        "policy": policy.version,
    }
    if (band := policy.band(verdict.band)) is not None:
        found["content"] = {"tier": band.content.tier, "pool": band.content.pool}
    if isinstance(verdict, Deny):
        found["notices"] = [_reason(notice) for notice in verdict.notices]
        found["until"] = None if verdict.until is None else moment(verdict.until).isoformat()
    return found


def told_header(verdict: Verdict, policy: MinorsPolicy) -> bytes:
    """A verdict as one header: ``remind; codes=continuous; band=8_12; pool=age-8-12; remaining=1740``."""
    parts = [_action(verdict)]
    if verdict.reasons:
        parts.append(f"codes={','.join(reason.code for reason in verdict.reasons)}")
    if verdict.band:
        parts.append(f"band={verdict.band}")
    if (band := policy.band(verdict.band)) is not None:
        parts.append(f"pool={band.content.pool}")
    if verdict.remaining is not None:
        parts.append(f"remaining={verdict.remaining // SECOND}")
    return "; ".join(parts).encode("ascii", "replace")


def _action(verdict: Verdict) -> str:
    if isinstance(verdict, Deny):
        return "deny"
    return "remind" if isinstance(verdict, Remind) else "allow"


def _reason(reason: Reason) -> dict[str, object]:
    return {
        "code": reason.code,
        "zh": reason.zh,
        "en": reason.en,
        "clause_zh": reason.clause_zh,
        "clause_en": reason.clause_en,
        "verified": reason.verified,
    }
