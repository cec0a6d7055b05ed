"""``POST /v1/moderations`` in OpenAI's shape, Guiju's own tags and verdict beside theirs."""

from __future__ import annotations

from typing import Any

from guiju.errors import DocumentUnread, FieldInvalid
from guiju.gateway.guard.categories import Categories
from guiju.gateway.guard.check import told
from guiju.gateway.guard.visit import Judged, Visit
from guiju.gateway.guard.way import Json, Way, text_of
from guiju.gateway.wire import parse
from guiju.nouns import Action, Direction, Failure, Part

MOST_INPUTS = 256
_FLAGS = frozenset({Action.REVIEW, Action.MASK, Action.ANSWER_INSTEAD, Action.BLOCK})
_IMAGE = Failure("images", (), DocumentUnread.code)


class Moderations(Way):
    name = "guard.moderations"
    path = "/v1/moderations"

    def __init__(self) -> None:
        self._categories = Categories.load("openai.yaml")

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = parse(body)
        model = text_of(request, "model")
        visit.on_behalf_of(text_of(request, "user"), model)
        contents = _contents(request.get("input"))
        results = [await self._result(visit, *content) for content in contents]
        return {"id": f"modr-{results[0]['guiju']['record']}", "model": model or "guiju", "results": results}

    async def _result(self, visit: Visit, parts: list[Part], images: int) -> Json:
        judged = await visit.judge(parts, Direction.PROMPT, (_IMAGE,) if images else ())
        scores = self._scores(judged, visit)
        names = dict.fromkeys((*self._categories.names, *scores))
        return {
            "flagged": judged.decision.action in _FLAGS,
            "categories": {name: name in scores for name in names},
            "category_scores": {name: scores.get(name, 0.0) for name in names},
            "category_applied_input_types": {name: ["text"] if name in scores else [] for name in names},
            "guiju": told(judged, visit.snapshot.checker.policy),
        }

    def _scores(self, judged: Judged, visit: Visit) -> dict[str, float]:
        """The probability per category, OpenAI's and Guiju's tags: the highest over the findings the policy acts on."""
        policy, scores = visit.snapshot.checker.policy, dict[str, float]()
        for finding in judged.decision.findings:
            if policy.action_of(finding, Direction.PROMPT, judged.context) in _FLAGS:
                likely = policy.likelihood(finding, Direction.PROMPT, judged.context)
                for name in (*self._categories.of(finding.risk), finding.risk):
                    scores[name] = max(scores.get(name, 0.0), round(likely, 4))
        return scores


def _contents(given: Any) -> list[tuple[list[Part], int]]:
    """The contents of ``input`` as texts with the number of images that stand beside them; one result belongs to each.

    Raises:
        FieldInvalid.
    """
    if isinstance(given, str):
        return [([Part("input", given, "user")], 0)]
    if not isinstance(given, list) or not 0 < len(given) <= MOST_INPUTS:
        raise FieldInvalid(field="input", problem=f"a string, or a list of 1 to {MOST_INPUTS}")
    if all(isinstance(text, str) for text in given):
        return [([Part(f"input[{i}]", text, "user")], 0) for i, text in enumerate(given)]
    parts, images = [], 0
    for i, part in enumerate(given):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            parts.append(Part(f"input[{i}].text", part["text"], "user"))
        elif kind == "image_url":
            images += 1
        else:
            raise FieldInvalid(field=f"input[{i}]", problem="a string, or an object of type text or image_url")
    return [(parts, images)]
