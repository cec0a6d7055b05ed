"""Words that several commands under ``guiju label`` share."""

from __future__ import annotations

VERDICTS = {
    "compliant": ("合规", "compliant"),
    "noncompliant": ("不合规", "noncompliant"),
    "not_found": ("未发现隐式标识", "no implicit label found"),
    "cannot_tell": ("无法判断", "cannot tell"),
}
KINDS = {"standard": ("标准", "standard"), "guide": ("实践指南", "guide"), "policy": ("建议", "advice")}
