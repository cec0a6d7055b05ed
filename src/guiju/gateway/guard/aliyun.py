"""Aliyun's ``TextModerationPlus`` (2022-03-02), so that clients written for it are pointed here by their endpoint alone.

Request and reply are theirs; the verdict is Guiju's. Their labels come from ``data/aliyun.yaml``.
"""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec

from guiju.errors import FieldInvalid, GuijuError, KeyUnknown, SignatureWrong
from guiju.gateway.guard.categories import Categories
from guiju.gateway.guard.visit import Judged, Visit
from guiju.gateway.guard.way import Json, Way, text_of
from guiju.gateway.runtime import Runtime
from guiju.gateway.wire import Scope, header
from guiju.identity import acs3
from guiju.moderation.policy import under
from guiju.nouns import Action, Direction, Finding, Part
from guiju.store.snapshot import IntegrationView

ACTION = b"TextModerationPlus"
LONGEST = 2000
"""Characters of ``content``, as theirs."""

_PROMPTS = frozenset({"llm_query_moderation", "query_security_check", "query_security_check_pro", "chat_detection_pro"})
_ANSWERS = frozenset(
    {"llm_response_moderation", "response_security_check", "response_security_check_pro", "ai_art_detection_pro"}
)
_ATTACKS = ("guiju.jailbreak", "guiju.injection")
_SENSITIVE = {"low": "S1", "medium": "S2", "high": "S3"}


class Aliyun(Way):
    name = "guard.aliyun"
    path = "/"

    def __init__(self) -> None:
        self._labels = Categories.load("aliyun.yaml")

    def identify(self, runtime: Runtime, scope: Scope) -> IntegrationView:
        """By the signature; the body's hash is part of it and is checked when the body is there."""
        authorization = header(scope, b"authorization").decode("latin-1")
        wanted, snapshot = acs3.named(authorization), runtime.snapshot
        for digest, integration in snapshot.keys.items():
            key = acs3.access_key(digest, runtime.hasher.hash) if acs3.id_of(digest) == wanted else None
            if key is not None:
                now = datetime.now(UTC)
                acs3.verify(_head(scope), authorization, key.secret, now)
                if snapshot.key_expiry.get(digest, math.inf) >= now.timestamp():
                    return snapshot.integrations[integration]
        raise KeyUnknown()

    async def answer(self, visit: Visit, body: bytes) -> Json:
        signed = header(visit.scope, b"x-acs-content-sha256").decode("latin-1").lower()
        if hashlib.sha256(body).hexdigest() != signed:
            raise SignatureWrong(problem="x-acs-content-sha256")
        service, parameters = _asked(visit.scope, body)
        direction = (
            Direction.PROMPT if service in _PROMPTS else Direction.ANSWER if service in _ANSWERS else Direction.UPLOAD
        )
        content = text_of(parameters, "content", required=True)
        if len(content) > LONGEST:
            raise FieldInvalid(field="ServiceParameters.content", problem=f"longer than {LONGEST} characters")
        visit.on_behalf_of(text_of(parameters, "accountId"))
        role = "assistant" if direction is Direction.ANSWER else "user"
        judged = await visit.judge([Part("content", content, role)], direction)
        data = self._data(judged, content)
        data["DataId"], data["AccountId"] = parameters.get("dataId"), parameters.get("accountId")
        return {"Code": 200, "Message": "OK", "RequestId": judged.record, "Data": data}

    def refusal(self, error: GuijuError, visit: Visit) -> tuple[int, Json]:
        message = error.told("zh")
        return error.status, {"Code": f"Guiju.{error.code}", "Message": message, "RequestId": "", "HostId": "guiju"}

    def _data(self, judged: Judged, content: str) -> Json:
        decision = judged.decision
        attacks = [f for f in decision.findings if any(under(f.risk, a) for a in _ATTACKS)]
        private = [f for f in decision.findings if under(f.risk, "A.4.f") and f.detector == "pii"]
        others = [
            f for f in decision.findings if f not in attacks and f not in private and not f.risk.startswith("guiju.")
        ]
        data: Json = {
            "RiskLevel": _level(decision.action),
            "Score": round(decision.score * 100, 2),
            "Result": self._results(others, content) or [{"Label": "nonLabel", "Description": "未检测出风险"}],
            "AttackLevel": "high" if attacks else "none",
            "AttackResult": [_attack(f) for f in attacks],
            "SensitiveLevel": max((_SENSITIVE.get(f.severity, "S1") for f in private), default="S0"),
            "SensitiveResult": [_sensitive(f, content) for f in private],
            "DetectedLanguage": None,
            "ManualTaskId": judged.record if decision.action is Action.REVIEW else None,
            "Ext": {"Guiju": {"Action": decision.action.value, "Policy": decision.policy}},
        }
        if judged.stand_in:
            data["Advice"] = [{"Answer": judged.stand_in, "HitLabel": self._labels.closest(decision.risk).name}]
        return data

    def _results(self, findings: list[Finding], content: str) -> list[Json]:
        """One entry per label, with the words and places that gave it."""
        entries: dict[str, Json] = {}
        for found in findings:
            label = self._labels.closest(found.risk)
            entry = entries.setdefault(
                label.name, {"Label": label.name, "Description": label.zh, "Confidence": 0.0, "RiskPositions": []}
            )
            entry["Confidence"] = max(entry["Confidence"], round(found.score * 100, 2))
            entry["RiskPositions"] += [
                {"RiskWord": content[start:end], "StartPos": start, "EndPos": end} for start, end in found.spans
            ]
        for entry in entries.values():
            entry["RiskWords"] = ",".join(dict.fromkeys(p["RiskWord"] for p in entry["RiskPositions"]))
        return list(entries.values())


def asks_here(scope: Scope) -> bool:
    """Whether a request to the root is one of theirs."""
    return header(scope, b"x-acs-action") == ACTION


def _level(action: Action) -> str:
    if action.stops:
        return "high"
    return {Action.REVIEW: "medium", Action.MASK: "medium", Action.ADVISE: "low"}.get(action, "none")


def _attack(found: Finding) -> Json:
    return {
        "Label": found.risk,
        "AttackLevel": "high",
        "Confidence": round(found.score * 100),
        "Description": found.reason,
    }


def _sensitive(found: Finding, content: str) -> Json:
    data = [content[start:end] for start, end in found.spans]
    level = _SENSITIVE.get(found.severity, "S1")
    return {"Label": found.risk, "SensitiveLevel": level, "SensitiveData": data, "Description": found.reason}


def _head(scope: Scope) -> acs3.Signed:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    path = scope.get("raw_path") or scope["path"].encode()
    return acs3.Signed(scope["method"], path.decode("latin-1"), scope["query_string"].decode("latin-1"), headers)


def _asked(scope: Scope, body: bytes) -> tuple[str, dict[str, Any]]:
    """Service and parameters, from the form and the query."""
    form: dict[str, list[str]] = {}
    for source in (scope["query_string"], body):
        try:
            form.update(parse_qs(source.decode("utf-8"), max_num_fields=20))
        except (UnicodeDecodeError, ValueError):
            raise FieldInvalid(field="ServiceParameters", problem="not a form") from None
    try:
        parameters = msgspec.json.decode(form.get("ServiceParameters", [""])[0])
    except (msgspec.DecodeError, RecursionError):
        parameters = None
    if not isinstance(parameters, dict):
        raise FieldInvalid(field="ServiceParameters", problem="a JSON object")
    return form.get("Service", [""])[0], parameters
