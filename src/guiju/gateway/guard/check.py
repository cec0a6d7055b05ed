"""``POST /guard/v1/check``: Guiju's own shape. One content, a batch, or one numbered piece of a content still being written."""

from __future__ import annotations

from typing import Any

from guiju.errors import FieldInvalid
from guiju.gateway.guard.pieces import Step
from guiju.gateway.guard.visit import Judged, Visit
from guiju.gateway.guard.way import Json, Way, direction_of, text_of
from guiju.gateway.texts import slots
from guiju.gateway.wire import parse
from guiju.moderation.context import shipped
from guiju.moderation.policy import Policy
from guiju.nouns import Direction, Finding, Part

MOST_ITEMS = 256
_ITEM = frozenset({"id", "text", "messages", "direction", "modality", "user", "model", "label"})
_BATCH = frozenset({"items", "user", "model"})
_PIECE = frozenset({"session", "piece", "text", "final", "direction", "user", "model"})


class Check(Way):
    name = "guard.check"
    path = "/guard/v1/check"

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = parse(body)
        if "session" in request:
            return await self._piece(visit, request)
        if "items" not in request:
            return await self._item(visit, request, "")
        _known(request, _BATCH, "")
        items = request["items"]
        if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
            raise FieldInvalid(field="items", problem=f"a list of 1 to {MOST_ITEMS} objects")
        contents = [
            self._read(item, f"items[{i}].", visit) for i, item in enumerate(items)
        ]  # all right, or none judged
        shared: Json = {key: request[key] for key in ("user", "model") if key in request}
        return {
            "results": [
                await self._judge(visit, {**shared, **item}, *read) for item, read in zip(items, contents, strict=True)
            ]
        }

    async def _item(self, visit: Visit, item: Json, where: str) -> Json:
        return await self._judge(visit, item, *self._read(item, where, visit))

    def _read(self, item: Any, where: str, visit: Visit) -> tuple[list[Part], Direction]:
        if not isinstance(item, dict):
            raise FieldInvalid(field=where.rstrip("."), problem="an object")
        _known(item, _ITEM, where)
        for field in ("user", "model"):
            text_of(item, field)
        modality_of(item, where)
        direction = direction_of(item, Direction.PROMPT)
        depth = visit.runtime.limits.max_json_depth
        if ("text" in item) == ("messages" in item):
            raise FieldInvalid(field=f"{where}text", problem="either text or messages is required")
        if "text" in item:
            role = "assistant" if direction is Direction.ANSWER else "user"
            return [Part("text", text_of(item, "text", required=True), role)], direction
        if item.get("label"):
            raise FieldInvalid(field=f"{where}label", problem="only a text can be given its label")
        if not isinstance(item["messages"], list):
            raise FieldInvalid(field=f"{where}messages", problem="a list of messages")
        return [slot.part for slot in slots(item["messages"], "messages", "user", depth)], direction

    async def _judge(self, visit: Visit, item: Json, parts: list[Part], direction: Direction) -> Json:
        visit.on_behalf_of(text_of(item, "user"), text_of(item, "model"))
        judged = await visit.judge(parts, direction, label=item.get("label") is True, modality=modality_of(item))
        found = told(judged, visit.snapshot.checker.policy)
        if "text" in item and not judged.decision.action.stops:
            found["text"] = judged.texts[0]
        return {"id": item.get("id"), **found}

    async def _piece(self, visit: Visit, request: Json) -> Json:
        _known(request, _PIECE, "")
        name, number = text_of(request, "session", required=True), request.get("piece")
        if len(name) > 200:
            raise FieldInvalid(field="session", problem="longer than 200 characters")
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise FieldInvalid(field="piece", problem="a number from 0 up")
        direction = direction_of(request, Direction.ANSWER)
        visit.on_behalf_of(text_of(request, "user"), text_of(request, "model"))
        final = request.get("final", False)
        if not isinstance(final, bool):
            raise FieldInvalid(field="final", problem="true or false")
        step = await visit.runtime.pieces.take(visit, name, number, text_of(request, "text"), final, direction)
        return _step(name, number, step)


def modality_of(item: Json, where: str = "") -> str:
    """What the text is, asks for or was read from.

    Raises:
        FieldInvalid.
    """
    known, value = shipped().modality, item.get("modality", "text")
    if value not in known:
        raise FieldInvalid(field=f"{where}modality", problem=f"one of {', '.join(sorted(known))}")
    return str(value)


def told(judged: Judged, policy: Policy) -> Json:
    """A verdict in Guiju's own words, as every way carries it."""
    decision = judged.decision
    found: Json = {
        "action": decision.action.value,
        "score": decision.score,
        "risk": decision.risk,
        "findings": [finding(each) for each in decision.findings],
        "failures": [{"detector": f.detector, "error": f.error} for f in decision.failures],
        "policy": policy.version,
        "record": judged.record,
    }
    if judged.stand_in:
        found["answer"] = judged.stand_in
    if judged.minors:
        found["minors"] = judged.minors
    if judged.label:
        found["aigc"] = judged.label
    return found


def finding(found: Finding) -> Json:
    """One finding; spans are half-open ranges of code points in the text as it was sent."""
    return {
        "risk": found.risk,
        "detector": found.detector,
        "rule": found.rule,
        "severity": found.severity,
        "score": round(found.score, 4),
        "where": found.where,
        "spans": [list(span) for span in found.spans],
        "reason": found.reason,
    }


def _step(name: str, number: int, step: Step) -> Json:
    reply: Json = {
        "session": name,
        "piece": number,
        "release": step.release,
        "held": step.held,
        "ended": step.ended,
        "action": step.decision.action.value,
        "score": step.decision.score,
        "risk": step.decision.risk,
        "findings": [finding(each) for each in step.findings],
    }
    if step.record:
        reply["record"] = step.record
    if step.stand_in:
        reply["answer"] = step.stand_in
    return reply


def _known(item: Json, fields: frozenset[str], where: str) -> None:
    unknown = next((key for key in item if key not in fields), None)
    if unknown is not None:
        raise FieldInvalid(field=f"{where}{unknown}"[:100], problem="not a field of this request")
