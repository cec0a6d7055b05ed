"""One release by a person in the console: whose content it is, the copy, and the record of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from guiju.errors import ApplicationMissing, ContentOfAnother, ContentUnknown, OriginalNotKept
from guiju.evidence.record import Exchange, LabelEntry, Outcome, Verdict, decode, new_id
from guiju.labeling import files
from guiju.labeling.implicit import Label
from guiju.nouns import Part
from guiju.releases import copying
from guiju.releases.copying import Copy
from guiju.releases.shelf import Shelf
from guiju.store import keys
from guiju.store.actor import Actor
from guiju.store.acts import guarded, reasoned
from guiju.store.audit import append
from guiju.store.drafts import Draft, Durable, now_us
from guiju.store.evidence import read_text
from guiju.store.issued import COPY, record_of
from guiju.store.models import Integration, Record
from guiju.store.own_chain import CHAIN
from guiju.store.permissions import Permission

CLAUSE = "标识办法 Art. 9"


class Asked(msgspec.Struct, frozen=True):
    """What the user asked for.

    Attributes:
        user: who asks, by the name that the application sends. ``recipient``: who gets the copy.
        terms: the version of the user agreement in which the user took over labelling. ``purpose``: what it is for.
    """

    user: str
    recipient: str
    terms: str
    purpose: str


class Given(msgspec.Struct, frozen=True):
    """What it is about: a content number, or a file (``name`` as the user calls it), or both; ``integration`` is the
    application whose user asks, where neither tells."""

    content: str = ""
    path: Path | None = None
    name: str = ""
    integration: str = ""


class Released(msgspec.Struct, frozen=True):
    """The copy, and the number of the record of its release."""

    copy: Copy
    record: str


@guarded(Permission.RELEASE_COPIES)
def release(actor: Actor, asked: Asked, given: Given, originals: Shelf, folder: Path) -> Released:
    """Make the copy and put its release on record, with the audit entry, in one transaction.

    Args:
        originals: what was kept as it was before the explicit label. ``folder``: where the copy is made; the caller's own.

    Raises:
        PermissionDenied, ReasonMissing (no purpose); ContentUnknown, ApplicationMissing, ContentOfAnother,
        OriginalNotKept, StillLabelled, AnswerChanged, TextGone; LabelError, MediaError: the file cannot be used.
    """
    because = reasoned(asked.purpose)
    there = None if given.path is None else files.read(given.path).label
    content = given.content or ("" if there is None else there.ProduceID)
    origin = record_of(content)
    if given.content and origin is None:
        raise ContentUnknown(number=given.content)
    application = _application(origin, given.integration)
    account = keys.pseudonymiser().pseudonym(application.pk, asked.user)
    if origin is not None and origin.account not in ("", account):
        raise ContentOfAnother(number=content)
    number = new_id(now_us())
    copy = copying.of_original(originals, content, origin, folder, now_us() / 1e6) if content else None
    copy = copy or _given(given, folder, Label.first(_provider(application), number))
    copy = copy or _text(actor, origin, because, folder)
    if copy is None:
        raise OriginalNotKept(number=content)
    return Released(copy, _recorded(actor, asked, copy, application, account, number))


def _application(origin: Record | None, chosen: str) -> Integration:
    name = chosen if origin is None else origin.integration_id
    found = Integration.objects.select_related("service").filter(pk=name).first()
    if found is None:
        raise ApplicationMissing()
    return found


def _provider(application: Integration) -> str:
    return application.service.provider_code or application.service.slug


def _given(given: Given, folder: Path, label: Label) -> Copy | None:
    if given.path is None:
        return None
    copying.bare(given.path)
    return copying.of_file(given.path, given.name, folder, label)


def _text(actor: Actor, origin: Record | None, because: str, folder: Path) -> Copy | None:
    """The text of an answer, which evidence holds."""
    if origin is None or origin.endpoint not in copying.WAYS:
        return None
    body, label = decode(bytes(origin.body)), copying.label_of(origin)
    if not isinstance(body, Exchange) or label is None:
        return None
    return copying.of_text(body, read_text(actor, origin, because).answer, folder, label)


def _recorded(actor: Actor, asked: Asked, copy: Copy, application: Integration, account: str, number: str) -> str:
    """The record, as a gateway makes it for ``POST /v1/label/copies``; its texts are kept whatever the settings say."""
    exchange = Exchange(
        account=account,
        answer=Verdict(action="label"),
        at=now_us(),
        endpoint=COPY,
        id=number,
        integration=application.pk,
        label=LabelEntry(content=copy.label.ProduceID, implicit=copy.label.to_json(), reason=CLAUSE),
        outcome=Outcome.COMPLETED,
        service=application.service_id,
    )
    told = {**copying.about(copy), **msgspec.to_builtins(asked), "released_by": actor.name}
    parts = [Part(where, text) for where, text in told.items() if text and where != "user"]

    def audited(durable: Durable) -> None:
        detail = {"content_number": copy.label.ProduceID, "record": number, "terms": asked.terms}
        append(actor, "label.release", Record.objects.get(pk=durable.record), reason=asked.purpose, detail=detail)

    CHAIN.write(Draft(exchange, answer=msgspec.json.encode(parts).decode()), audited)
    return number
