"""Exchanges that are answered in one piece."""

from __future__ import annotations

import time

import msgspec

from guiju.errors import AnswerBlocked, MediaNotAllowed, UpstreamMalformed, UpstreamRefused
from guiju.gateway.call import Call
from guiju.gateway.demo import DemoAnswer
from guiju.gateway.endpoints import Choice, Json
from guiju.gateway.labels import AnswerLabels
from guiju.gateway.upstream import Answer
from guiju.gateway.wire import encode, send_json
from guiju.nouns import Action, Decision, Direction, Part

_decode = msgspec.json.Decoder().decode
_TELLING = 400


async def serve_whole(call: Call) -> None:
    """Ask the model, check and label its answer, record the exchange, then answer.

    Raises:
        UpstreamError, EvidenceError, AnswerBlocked, MediaNotAllowed: nothing was sent yet.
    """
    call.sent_upstream = time.perf_counter()
    async with call.served.upstream.post(call.endpoint.path, encode(call.outgoing())) as answer:
        if answer.status != 200:
            raise await refusal(call, answer)
        body = await answer.body()
    call.answered = time.perf_counter()
    response = _read(body)
    call.tokens = call.endpoint.tokens(response)
    choices = call.endpoint.choices(response, call.runtime.limits.max_json_depth)
    call.said = [slot.part for choice in choices for slot in choice.texts]
    if not call.integration.allow_media and call.endpoint.has_media(response):
        raise MediaNotAllowed(integration=call.integration.name)
    labels = call.labels()
    _judge(call, choices, labels)
    labelled = bool(choices) and not all(decision.action.stops for decision in call.answers)
    if labelled:
        response["aigc"] = labels.implicit
        call.label = labels.entry(structured=call.structured)
    payload = encode(response)
    call.checking_answer = time.perf_counter() - call.answered
    await call.record(call.outcome())
    await send_json(call.send, 200, payload, call.headers(labels if labelled else None))


def _judge(call: Call, choices: list[Choice], labels: AnswerLabels) -> None:
    """Check every answer; silence, mask or label it.

    Raises:
        AnswerBlocked: an answer was stopped and the integration wants an error then.
    """
    checker, purpose = call.snapshot.checker, call.integration.purpose
    decisions: list[Decision] = []
    structured = call.structured
    for choice in choices:
        decision = checker.check([slot.part for slot in choice.texts], Direction.ANSWER, purpose)
        decisions.append(decision)
        if decision.action.stops:
            choice.silence(call.stand_in(decision))
            continue
        if decision.action is Action.MASK:
            for slot in choice.texts:
                masked = checker.mask(slot.part, decision.findings, Direction.ANSWER, purpose)
                if masked != slot.part.text:
                    slot.replace(masked)
            choice.forget_probabilities()
        if choice.label_at is not None:
            choice.label_at.replace(labels.whole(choice.label_at.text, structured=structured))
    call.answers = decisions
    if call.integration.error_style and any(decision.action.stops for decision in decisions):
        raise AnswerBlocked()


def _read(body: bytes) -> Json:
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
        decision = call.snapshot.checker.check([Part("error.message", text)], Direction.ANSWER, call.integration.purpose)
        if decision.action not in (Action.PASS, Action.LABEL, Action.ADVISE):
            text = ""
    return UpstreamRefused(upstream=answer.status, told=text)


def _message(body: bytes) -> str:
    try:
        found = _decode(body)["error"]["message"]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError, UnicodeError):
        return ""
    return found[:_TELLING] if isinstance(found, str) else ""
