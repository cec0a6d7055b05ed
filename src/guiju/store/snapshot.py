"""What the gateway knows while it serves: one immutable value, replaced whole when something changes.

`guiju.store.snapshot_loader` builds it from the database; nothing here reads one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from zlib import crc32

from guiju.accounts import Standing
from guiju.errors import (
    AccessError,
    IntegrationExpired,
    IntegrationNotApproved,
    IntegrationRetired,
    IntegrationSuspended,
)
from guiju.labeling import TextLabeller
from guiju.minors import MinorsPolicy, Profile, policy_source
from guiju.moderation.checker import Checker
from guiju.moderation.context import Context
from guiju.moderation.policy import Policy
from guiju.nouns import Action, Decision, Direction


@dataclass(frozen=True, slots=True)
class Limits:
    """The quotas of one integration; None means no quota."""

    requests_per_minute: int | None = None
    tokens_per_day: int | None = None
    concurrent: int | None = None


@dataclass(frozen=True, slots=True)
class IntegrationView:
    """One calling application as the gateway sees it."""

    id: str
    name: str
    service: str
    status: str
    purpose: str
    models: frozenset[str]
    filing_expires: date | None
    expires: date | None
    limits: Limits
    error_style: bool
    """blocked exchanges end as HTTP errors instead of stand-in answers"""
    labeller: TextLabeller
    allow_media: bool

    def refusal(self, today: date) -> AccessError | None:
        """Why this integration may not call today, or None."""
        if self.status != "approved":
            reasons: dict[str, type[AccessError]] = {
                "suspended": IntegrationSuspended,
                "retired": IntegrationRetired,
            }
            return reasons.get(self.status, IntegrationNotApproved)(integration=self.name)
        if self.expires is not None and self.expires < today:
            return IntegrationExpired(integration=self.name, what="有效期", date=self.expires.isoformat())
        if self.filing_expires is not None and self.filing_expires < today:
            return IntegrationExpired(integration=self.name, what="备案或登记", date=self.filing_expires.isoformat())
        return None


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service: its name for people and the provider code its labels carry."""

    slug: str
    name: str
    provider: str
    """27-character provider code, or the ASCII stand-in that is used until one is set"""
    companion: bool = False
    """interacts like a person (Order 21)"""
    watched: bool = False
    """signs of minors are looked for in what users say"""


@dataclass(frozen=True, slots=True)
class Trial:
    """A policy version that decides beside the live one.

    Attributes:
        version: its row. ``share``: per cent of accounts it decides for; 0 in the shadow, where it is only compared.
        live, policy: the live policy and this one.
    """

    version: int
    share: int
    live: Policy
    policy: Policy

    def takes(self, key: str) -> bool:
        """Whether it decides for whom ``key`` names; the same ones again as the share grows."""
        return bool(self.share) and crc32(f"{self.version}:{key}".encode()) % 100 < self.share

    def both(self, direction: Direction, decision: Decision, context: Context) -> tuple[Action, Action]:
        """What the live policy and this one make of the same findings."""
        found, failed = decision.findings, decision.failures
        live = self.live.decide(direction, found, failed, context)
        return live.action, self.policy.decide(direction, found, failed, context).action


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of everything a request is judged by."""

    number: int
    checker: Checker
    lexicon_version: str
    policy_version: str
    integrations: Mapping[str, IntegrationView] = field(default_factory=dict)
    """by id"""
    keys: Mapping[str, str] = field(default_factory=dict)
    """integration id by key digest; revoked keys are absent"""
    key_expiry: Mapping[str, float] = field(default_factory=dict)
    """seconds since the epoch by key digest, for keys that expire"""
    services: Mapping[str, ServiceView] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """by account pseudonym; accounts in good standing are absent"""
    trial: Trial | None = None
    minors: Mapping[str, Profile] = field(default_factory=dict)
    """by account pseudonym; accounts of which no age is known are absent"""
    minors_policy: MinorsPolicy = field(default_factory=policy_source.default)

    @property
    def cares(self) -> bool:
        """Whether anybody's use is counted: minors are known, or companions and watched services are served."""
        return (
            bool(self.minors)
            or any(service.watched for service in self.services.values())
            or any(integration.purpose == "companion" for integration in self.integrations.values())
        )

    def deciding_for(self, key: str) -> Snapshot:
        """The snapshot that decides for whom ``key`` names: this one, or the same under the policy on trial."""
        trial = self.trial
        if trial is None or not trial.takes(key):
            return self
        return self.under(trial.policy)

    def under(self, policy: Policy) -> Snapshot:
        """The same, deciding by another policy."""
        return replace(self, checker=self.checker.under(policy), policy_version=policy.version)
