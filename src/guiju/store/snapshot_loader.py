"""Building the gateway's snapshot from the database.

Loading costs grow with what changed: the word lists are compiled only when a list or the policy has another version;
of minors' profiles those alone are read that changed; integrations, keys and active sanctions are read whole each time (a few thousand rows each in a large installation).
"""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from guiju.accounts import Sanction, Standing, standing
from guiju.china import CHINA, china_day
from guiju.errors import ProfileError
from guiju.labeling import TextLabeller
from guiju.law.profile import Profile, read_profile
from guiju.moderation import policy_source
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.lexicon_csv import parse
from guiju.moderation.screening import kept
from guiju.store import account_policy, care, model_shelf, models, policy_words, snapshot_version
from guiju.store.refuted_claims import as_value as claim_of
from guiju.store.refuted_claims import in_force
from guiju.store.sanctions import as_value
from guiju.store.snapshot import IntegrationView, Limits, ServiceView, Snapshot, Trial


class SnapshotLoader:
    """Keeps the compiled checker between loads. Used by one thread at a time."""

    def __init__(self, check_budget_ms: float) -> None:
        kept.keep_in(settings.GUIJU.home / "automata")
        self._budget = check_budget_ms
        self._versions: tuple[object, ...] | None = None
        self._profiles = care.KnownProfiles()
        self._checker: Checker
        self._lexicon: Lexicon
        self._next_expiry = self._midnight = float("inf")

    def number(self) -> int:
        """The snapshot version now."""
        return snapshot_version.current()

    def expired(self, now: float) -> bool:
        """Whether a sanction has ended since the last load, or a day has, which no version tells."""
        return now >= min(self._next_expiry, self._midnight)

    def load(self) -> Snapshot:
        """Read everything. Raises what a broken policy or word list raises; the caller keeps its last good snapshot."""
        number = self.number()  # before the rows: a change in between is then seen again, never missed
        checker = self._load_checker()
        keys = list(models.IntegrationKey.objects.filter(revoked_at=None))  # before the integrations they belong to
        return Snapshot(
            number=number,
            checker=checker,
            lexicon_version=checker.lexicon.version,
            policy_version=checker.policy.version,
            integrations={row.id: _integration(row) for row in models.Integration.objects.all()},
            keys={key.digest: key.integration_id for key in keys},
            key_expiry={key.digest: key.expires_at.timestamp() for key in keys if key.expires_at is not None},
            services={row.slug: _service(row) for row in models.Service.objects.all()},
            standings=self._load_standings(),
            trial=_trial(checker),
            minors=self._profiles.now(),
            minors_policy=care.policy_in_force(),
        )

    def _load_checker(self) -> Checker:
        live = models.PolicyVersion.objects.filter(state="live").first()
        lists = list(models.WordList.objects.filter(live__isnull=False).order_by("slug").select_related("live"))
        claims = in_force(self._today())
        words = tuple((row.slug, row.live_id) for row in lists)
        model = model_shelf.live()
        told = tuple((row.pk, row.updated_at) for row in claims)
        versions = (live.id if live else None, words, told, model.name if model else None)
        if versions == self._versions:
            return self._checker
        if self._versions is None or words != self._versions[1]:
            bodies = [(row.live.body, row.slug) for row in lists if row.live is not None]
            self._lexicon = Lexicon.compile(entry for body, slug in bodies for entry in parse(body, slug))
        self._checker = model_shelf.checker(
            self._lexicon,
            policy_words.accepted(live.source) if live else policy_source.default(),
            tuple(claim_of(row) for row in claims),
            model,
            self._budget,
        )
        self._versions = versions
        return self._checker

    def _today(self) -> date:
        """The day in China; the load after midnight meets other entries of the register than the one before."""
        today = china_day(datetime.now(UTC))
        tomorrow = today + timedelta(days=1)
        self._midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=CHINA).timestamp()
        return today

    def _load_standings(self) -> dict[str, Standing]:
        now = time.time()
        active = models.Sanction.objects.filter(lifted_at=None).exclude(
            expires_at__lte=datetime.fromtimestamp(now, UTC)
        )
        by_account: dict[str, list[Sanction]] = defaultdict(list)
        self._next_expiry = float("inf")
        for row in active:
            by_account[row.account_id].append(as_value(row))
            if row.expires_at is not None:
                self._next_expiry = min(self._next_expiry, row.expires_at.timestamp())
        limit = account_policy.in_force().limit
        return {account: standing(rows, int(now * 1e6), limit) for account, rows in by_account.items()}


def _trial(checker: Checker) -> Trial | None:
    row = models.PolicyVersion.objects.filter(state__in=("shadow", "partial")).first()
    if row is None:
        return None
    return Trial(version=row.pk, share=row.share, live=checker.policy, policy=policy_words.accepted(row.source))


def _integration(row: models.Integration) -> IntegrationView:
    return IntegrationView(
        id=row.id,
        name=row.name,
        service=row.service_id,
        status=row.status,
        purpose=row.purpose,
        models=frozenset(row.models_allowed),
        filing_expires=row.filing_expires,
        expires=row.expires,
        limits=Limits(row.requests_per_minute, row.tokens_per_day, row.concurrent),
        error_style=row.blocked_style == models.Integration.BlockedStyle.ERROR,
        labeller=TextLabeller.build(row.label_text, row.label_position, declared=row.interface_declared_at is not None),
        allow_media=row.allow_media,
    )


def is_companion(row: models.Integration) -> bool:
    """Whether whoever calls through this integration talks to a companion: its purpose says so, or its service does."""
    return row.purpose == models.Integration.Purpose.COMPANION or _companion(_profile(row.service))


def _profile(row: models.Service) -> Profile:
    try:
        return read_profile(row.profile)
    except ProfileError:  # stated under an earlier form; the console asks for it again
        return Profile()


def _companion(profile: Profile) -> bool:
    return profile.has_role("anthropomorphic") or "companion" in (profile.functions or ())


def _service(row: models.Service) -> ServiceView:
    """Until a provider code is set, labels name the service by its short name, which the standard allows (E.d)."""
    profile = _profile(row)
    companion = _companion(profile)
    return ServiceView(
        slug=row.slug,
        name=row.name,
        provider=row.provider_code or row.slug,
        companion=companion,
        watched=companion or profile.minors_served is True,
    )
