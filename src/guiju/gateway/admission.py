"""Who may call: the integration behind a key, the account it calls for, and what both may do now."""

from __future__ import annotations

import time

from guiju.china import CHINA
from guiju.errors import (
    AccountClosed,
    AccountLimited,
    AccountSuspended,
    EvidenceUnavailable,
    FieldInvalid,
    GatewayBusy,
    KeyMissing,
    KeyUnknown,
    MediaNotAllowed,
    ModelNotAllowed,
    ModelUnknown,
    UpstreamMissing,
)
from guiju.gateway.endpoints import Endpoint, Json
from guiju.gateway.pools import Served
from guiju.gateway.quota import MINUTE, minute_of, renewed_at
from guiju.gateway.runtime import Runtime
from guiju.gateway.wire import Scope, header
from guiju.store.moments import moment
from guiju.store.snapshot import IntegrationView, Snapshot

_LONGEST_USER = 512


def identify(runtime: Runtime, snapshot: Snapshot, scope: Scope) -> IntegrationView:
    """The integration whose key the request carries, whether it may call or not.

    Raises:
        KeyMissing, KeyUnknown.
    """
    presented = header(scope, b"authorization")
    if presented[:7].lower() != b"bearer ":
        raise KeyMissing()
    digest = runtime.hasher.hash(presented[7:].strip().decode("latin-1"))
    name = snapshot.keys.get(digest)
    if name is None:
        raise KeyUnknown()
    expiry = snapshot.key_expiry.get(digest)
    if expiry is not None and expiry < time.time():
        raise KeyUnknown()
    runtime.keys_used.add(digest)
    return snapshot.integrations[name]


def integration_gate(runtime: Runtime, integration: IntegrationView) -> None:
    """Whether the integration may call today.

    Raises:
        IntegrationNotApproved, IntegrationSuspended, IntegrationRetired, IntegrationExpired.
    """
    refusal = integration.refusal(runtime.today)
    if refusal is not None:
        raise refusal


def capacity(runtime: Runtime) -> None:
    """Whether this process can take another exchange at all.

    Raises:
        GatewayBusy, EvidenceUnavailable.
    """
    if runtime.in_flight >= runtime.limits.max_in_flight:
        raise GatewayBusy()
    if not runtime.writer.accepts():
        raise EvidenceUnavailable()


def service_of(runtime: Runtime, integration: IntegrationView, model: str | None) -> Served:
    """The model service that answers ``model`` for this integration; with None, whatever model it will be.

    Raises:
        UpstreamMissing, ModelUnknown, ModelNotAllowed.
    """
    served = runtime.served(integration.service)
    if served is None:
        raise UpstreamMissing(service=integration.service)
    if model is None:
        return served
    if served.models and model not in served.models:
        raise ModelUnknown(model=model[:100])
    if integration.models and model not in integration.models:
        raise ModelNotAllowed(integration=integration.name, model=model[:100])
    return served


def account_of(runtime: Runtime, integration: IntegrationView, scope: Scope, request: Json) -> str:
    """The pseudonym of the end user the caller names: ``X-Guiju-User``, ``safety_identifier``, or ``user``.

    Empty where none is named: then nobody is counted, least of all the integration.

    Raises:
        FieldInvalid: longer than 512 characters.
    """
    named = header(scope, b"x-guiju-user").decode("utf-8", "replace")
    named = (named or request.get("safety_identifier") or request.get("user") or "").strip()
    if len(named) > _LONGEST_USER:
        raise FieldInvalid(field="user", problem=f"longer than {_LONGEST_USER} characters")
    return runtime.pseudonyms.pseudonym(integration.id, named)


def account_gate(runtime: Runtime, snapshot: Snapshot, account: str) -> None:
    """Whether the account may use the service now. A limited account's calls are counted per process.

    Raises:
        AccountSuspended, AccountClosed, AccountLimited.
    """
    standing = snapshot.standings.get(account)
    if standing is None:
        return
    now = time.time()
    if standing.may_use(int(now * 1e6)):
        limit = standing.requests_per_minute(int(now * 1e6))
        if limit is not None and not runtime.limited.admit(account, limit, now):
            raise renewed_at(minute_of(now) + MINUTE, now, AccountLimited(limit=limit))
        return
    if standing.closed:
        raise AccountClosed()
    until = ""
    if standing.until is not None:
        until = f" ({moment(standing.until).astimezone(CHINA):%Y-%m-%d %H:%M} UTC+8)"
    raise AccountSuspended(until=until)


def media_gate(endpoint: Endpoint, integration: IntegrationView, request: Json) -> None:
    """Raises MediaNotAllowed if unlabelled media is asked for without permission."""
    if not integration.allow_media and endpoint.wants_media(request):
        raise MediaNotAllowed(integration=integration.name)
