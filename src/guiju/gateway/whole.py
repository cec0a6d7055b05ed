"""Exchanges that are answered in one piece."""

from __future__ import annotations

import time

import msgspec

from guiju.errors import (
    AnswerBlocked,
    LabelMissing,
    MediaNotAllowed,
    UpstreamMalformed,
    UpstreamRefused,
)
from guiju.gateway.call import Call
from guiju.gateway.demo import DemoAnswer
from guiju.gateway.endpoints import Choice, Json
from guiju.gateway.labels import AnswerLabels
from guiju.gateway.texts import Slot, slots
from guiju.gateway.upstream import Answer
from guiju.gateway.wire import encode, send_json
from guiju.labeling import Position
from guiju.nouns import Action, Decision, Direction, Part

_decode = msgspec.json.Decoder().decode
_TELLING = 400


async def serve_whole(call: Call) -> None:
    """Ask the model, check and label its answer, record the exchange, then answer.

    Raises:
        UpstreamError, EvidenceError, AnswerBlocked, MediaNotAllowed: nothing was sent yet.
    """
    call.sent_upstream = time.perf_counter()
    body = await ask(call)
    call.answered = time.perf_counter()
    response = read_answer(body)
    depth = call.runtime.limits.max_json_depth
    if not isinstance(response.get(call.endpoint.answers), list):
        raise UpstreamMalformed(problem=f"the answer has no {call.endpoint.answers}")
    call.tokens = call.endpoint.tokens(response)
    choices = call.endpoint.choices(response, depth)
    others = call.endpoint.aside(response)
    aside = slots(others, "", "assistant", depth) if others else []
    call.said = [slot.part for slot in (*(s for choice in choices for s in choice.texts), *aside)]
    if not call.integration.allow_media and call.endpoint.has_media(response):
        raise MediaNotAllowed(integration=call.integration.name)
    labels = call.labels
    decisions = await judge(call, choices, labels)
    if aside:
        decisions.append(_judge_aside(call, response, others, aside))
    call.answers = decisions
    if call.integration.error_style and any(decision.action.stops for decision in decisions):
        raise AnswerBlocked()
    labelled = bool(choices) and not all(decision.action.stops for decision in call.answers)
    if labelled:
        response["aigc"] = labels.implicit
        if call.care is not None and (reminders := call.care.field()) is not None:
            response["guiju"] = reminders
        call.label = labels.entry(structured=call.structured)
    payload = encode(response)
    if labelled and labels.header not in payload:  # read back what goes out: no answer leaves without its label
        raise LabelMissing()
    call.checking_answer = time.perf_counter() - call.answered
    await call.record(call.outcome())
    await send_json(call.send, 200, payload, call.headers(labels if labelled else None))


async def ask(call: Call) -> bytes:
    """The body of the model's answer, which the upstream keeps within the time an exchange may take.

    Raises:
        UpstreamError.
    """
    kind, body = call.endpoint.write(call.outgoing(), call.uploads)
    call.runtime.loop.call_soon(call.prepare)
    async with call.served.upstream.post(call.endpoint.path, body, kind) as answer:
        if answer.status != 200:
            raise await refusal(call, answer)
        return await answer.body()


async def judge(call: Call, choices: list[Choice], labels: AnswerLabels) -> list[Decision]:
    """Check every answer; silence, mask or label it."""
    checker, context = call.snapshot.checker, call.context
    decisions: list[Decision] = []
    structured = call.structured
    for choice in choices:
        parts = [slot.part for slot in choice.texts]
        decision = checker.check(parts, Direction.ANSWER, context)
        if call.runtime.second is not None:
            decision = await call.runtime.second.on_answer(checker, decision, parts, context, call.asked)
        decisions.append(decision)
        if decision.action.stops:
            choice.silence(call.stand_in(decision))
            continue
        changed = decision.findings and _cover(call, choice.texts, decision)
        if _restore(call, choice.texts) or changed:
            choice.forget_probabilities()
        if call.care is not None and call.care.holds_back([slot.text for slot in choice.prose]):
            choice.prose[0].replace(call.care.farewell())
            for slot in choice.prose[1:]:
                slot.replace("")
            choice.forget_probabilities()
        if choice.prose:
            at = choice.prose[-1 if call.integration.labeller.position is Position.END else 0]
            at.replace(labels.whole(at.text, structured=structured))
    return decisions


def _judge_aside(call: Call, response: Json, others: Json, texts: list[Slot]) -> Decision:
    """Check what stands beside the answers; where it is stopped, all of it is left out."""
    decision = call.snapshot.checker.check([slot.part for slot in texts], Direction.ANSWER, call.context)
    if decision.action.stops:
        for key in others:
            del response[key]
    else:
        changed = decision.findings and _cover(call, texts, decision)
        if _restore(call, texts) or changed:
            response.update(others)
    return decision


def _cover(call: Call, texts: list[Slot], decision: Decision) -> bool:
    """Mask what the policy wants masked. Whether anything was."""
    covered = False
    for slot in texts:
        masked = call.snapshot.checker.mask(slot.part, decision.findings, Direction.ANSWER, call.context)
        if masked != slot.part.text:
            slot.cover(masked)
            covered = True
    return covered


def _restore(call: Call, texts: list[Slot]) -> bool:
    """Put the values back that tokens stood for in the prompt. Whether any was."""
    return any([slot.restore(call.values, inside_json=call.structured) for slot in texts] if call.values else ())


def read_answer(body: bytes) -> Json:
    """The JSON object of an answer.

    Raises:
        UpstreamMalformed.
    """
    try:
        response = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise UpstreamMalformed(problem="the answer is not JSON") from None
    if type(response) is not dict:
        raise UpstreamMalformed(problem="the answer is not a JSON object")
    return response


async def refusal(call: Call, answer: Answer | DemoAnswer) -> UpstreamRefused:
    """The upstream's refusal as an error of the gateway. What it says is passed on only if it is clean and harmless.

    A 401 or 403 concerns the operator's own key: it becomes a 502 and tells the caller nothing of it.
    """
    text = ""
    if answer.status not in (401, 403):
        text = _message(await answer.error_body())
        decision = call.snapshot.checker.check([Part("error.message", text)], Direction.ANSWER, call.context)
        if decision.action not in (Action.PASS, Action.LABEL, Action.ADVISE):
            text = ""
    return UpstreamRefused(upstream=answer.status, told=text)


def _message(body: bytes) -> str:
    try:
        found = _decode(body)["error"]["message"]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError, UnicodeError):
        return ""
    return found[:_TELLING] if isinstance(found, str) else ""
