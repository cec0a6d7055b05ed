"""Exchanges, the models that answered, and the labels their answers carried."""

from __future__ import annotations

import json
from typing import NamedTuple

from django.db.models import Count, F, Func, Min, Q, QuerySet, TextField, Value

from guiju.errors import LabelError
from guiju.evidence import Outcome
from guiju.labeling import implicit
from guiju.law.ledger import SAMPLE, ExchangeCounts, LabelCounts, ModelTraffic
from guiju.law.period import Period
from guiju.nouns import Action
from guiju.store.ledger.body_sql import Failures, HasFailures, HasNoText, LabelText, Upstream
from guiju.store.models import Integration, Record

STOPS = tuple(action.value for action in Action if action.stops)
_HOLE = "\x01"

_STOPPED_ANSWER = Q(answer_action__in=STOPS)
_DELIVERED = ~Q(answer_action="") & (~_STOPPED_ANSWER | Q(labelled=True) | ~Q(explicit_label=""))
"""Some of the answer reached the client: it was not stopped, or stopped after its beginning had gone out labelled."""


def exchange_rows(slug: str, period: Period) -> QuerySet[Record]:
    """The service's exchanges of the span; calls turned away before any model was asked are none."""
    rows = Record.objects.filter(service=slug, at__gte=period.start, at__lt=period.end)
    return rows.exclude(outcome=Outcome.REFUSED)


def ids(rows: QuerySet[Record], limit: int = SAMPLE) -> list[str]:
    """The newest record ids, as samples carry them."""
    return [str(key) for key in rows.order_by("-at", "-id").values_list("id", flat=True)[:limit]]


def sample(*groups: QuerySet[Record]) -> tuple[str, ...]:
    """At most `SAMPLE` ids, from the first group before the next."""
    found: dict[str, None] = {}
    for rows in groups:
        if len(found) < SAMPLE:
            found.update(dict.fromkeys(ids(rows)))
    return tuple(found)[:SAMPLE]


def exchanges(slug: str, period: Period) -> ExchangeCounts:
    """Contents and how many of them were really checked."""
    rows = exchange_rows(slug, period)
    prompt, answer = ~Q(prompt_action=""), ~Q(answer_action="")
    seen = rows.aggregate(all=Count("id"), prompts=Count("id", filter=prompt), answers=Count("id", filter=answer))
    troubled = rows.annotate(troubled=HasFailures()).filter(troubled=True)
    troubled = troubled.annotate(bad_prompt=Failures("prompt"), bad_answer=Failures("answer"))
    bad_prompt, bad_answer = prompt & Q(bad_prompt__gt=0), answer & Q(bad_answer__gt=0)
    failed = troubled.aggregate(
        prompts=Count("id", filter=bad_prompt),
        answers=Count("id", filter=bad_answer),
        prompts_passed=Count("id", filter=bad_prompt & ~Q(prompt_action__in=STOPS)),
        answers_passed=Count("id", filter=bad_answer & ~_STOPPED_ANSWER),
    )
    return ExchangeCounts(
        exchanges=seen["all"],
        prompts=seen["prompts"],
        prompts_checked=seen["prompts"] - failed["prompts"],
        answers=seen["answers"],
        answers_checked=seen["answers"] - failed["answers"],
        passed_unchecked=failed["prompts_passed"] + failed["answers_passed"],
        sample=sample(troubled.filter(bad_prompt | bad_answer), rows),
    )


_BARE_CHECK = Q(endpoint__startswith="guard.", labelled=False)
"""A check for a caller that asks its model itself and labels the answer itself: what became of it is not known here."""
_FILES = Q(endpoint__startswith="label.") | Q(endpoint__startswith="upload.")
"""Files, which come from no model known here."""
_NO_ANSWER = Q(endpoint__in=("label.copy", "upload.label"))
"""Labelled files that are no answers: released without the explicit label on request (标识办法 Art. 9), or a platform's (Art. 6)."""


_ENDED = Q(outcome__in=(Outcome.COMPLETED, Outcome.BLOCKED, Outcome.UNCHECKED))
"""What was broken off may have shown a text whose label was to stand at its end."""


def models(slug: str, period: Period) -> tuple[ModelTraffic, ...]:
    """Models that answered, by the name they have upstream (``""`` for one that cannot be told)."""
    rows = (
        exchange_rows(slug, period)
        .exclude(answer_action="")
        .exclude(_BARE_CHECK | _FILES)
        .annotate(upstream=Upstream())
    )
    counted = rows.values("upstream").annotate(n=Count("id")).order_by("-n", "upstream")
    return tuple(ModelTraffic(model=_text(row["upstream"]), exchanges=row["n"]) for row in counted)


def labels(slug: str, period: Period) -> LabelCounts:
    """Labels on answers of which some text reached the client. Answers that were only checked here are not counted."""
    rows = exchange_rows(slug, period).filter(_DELIVERED).exclude(_BARE_CHECK | _NO_ANSWER)
    rows = rows.exclude(Q(explicit_label="") & _ENDED & Q(HasNoText()))  # a tool call alone: nothing to read
    declared = Integration.objects.exclude(interface_declaration="").values_list("id", flat=True)
    explicit = Q(explicit_label__in=("start", "end", "content"))
    by_interface = Q(explicit_label="interface", integration_id__in=list(declared))
    counted = rows.aggregate(
        delivered=Count("id"),
        explicit=Count("id", filter=explicit),
        declared=Count("id", filter=by_interface),
        implicit=Count("id", filter=Q(labelled=True)),
    )
    forms = _forms(rows.filter(labelled=True))
    bare = ~explicit & ~by_interface | Q(labelled=False)
    return LabelCounts(
        delivered=counted["delivered"],
        explicit=counted["explicit"],
        declared=counted["declared"],
        implicit=counted["implicit"],
        read_back=sum(form.answers for form in forms if form.equal),
        numbered=sum(form.numbers for form in forms if form.equal),
        producers=tuple(sorted({form.producer for form in forms if form.producer})),
        sample=sample(rows.filter(bare), rows),
    )


class _Form(NamedTuple):
    """Labels that differ in their content number alone.

    ``equal``: read again, the label is the one its producer and the record's content number give.
    """

    producer: str
    answers: int
    numbers: int
    equal: bool


def _forms(rows: QuerySet[Record]) -> list[_Form]:
    """Group the labels in the database and read one of each group with the label reader."""
    form = Func(LabelText(), F("content_number"), Value(_HOLE), function="replace", output_field=TextField())
    counted = rows.annotate(form=form).values("form")
    counted = counted.annotate(n=Count("id"), numbers=Count("content_number", distinct=True), one=Min("content_number"))
    return [_read(row["form"], row["one"], row["n"], row["numbers"]) for row in counted.order_by()]


def _read(form: str, number: str, count: int, numbers: int) -> _Form:
    written = _text(form.replace(_HOLE, number))
    try:
        found = implicit.parse(written).label
        again = implicit.Label.first(found.ContentProducer, number, reserved=found.ReservedCode1)
    except LabelError:
        return _Form("", count, numbers, False)
    return _Form(found.ContentProducer, count, numbers, found == again)


def _text(quoted: str) -> str:
    """The string behind a JSON string."""
    return str(json.loads(quoted)) if quoted and quoted != "null" else ""
