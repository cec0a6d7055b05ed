"""One gateway process: its snapshot, its evidence writer, its upstreams, its counters, and the thread that keeps them fresh."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.db import close_old_connections, connection
from django.db.utils import Error as DatabaseFault

from guiju.china import china_day
from guiju.errors import GuijuError
from guiju.evidence.record import new_id
from guiju.gateway.care import CareBook
from guiju.gateway.demo import DEMO_MODEL, DemoUpstream
from guiju.gateway.files.room import clear_left_over
from guiju.gateway.files.workshop import Workshop
from guiju.gateway.guard.pieces import Pieces
from guiju.gateway.intake import Intake
from guiju.gateway.metrics import Metrics
from guiju.gateway.pools import Pools, Served, of_service
from guiju.gateway.quota import AccountLimiter, Meter
from guiju.gateway.second_opinions import SecondOpinions
from guiju.identity import KeyHasher, Pseudonymiser
from guiju.moderation.context import Context
from guiju.nouns import Decision, Direction
from guiju.releases.shelves import clear
from guiju.settings import Settings
from guiju.store import gateways, keys
from guiju.store.consequences import Consequences
from guiju.store.drafts import now_us
from guiju.store.services import policies
from guiju.store.snapshot import Snapshot
from guiju.store.snapshot_loader import SnapshotLoader
from guiju.store.writer import EvidenceWriter

log = logging.getLogger("guiju.gateway")

_REFUSALS = 10_000
"""Distinct refusals counted apart within one refresh; a flood from many addresses is counted together beyond that."""


class Runtime:
    """Shared by all requests of one process. Everything but the refresher thread runs on one event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = settings.gateway
        self.metrics = Metrics()
        self.meters: dict[str, Meter] = {}
        self.limited = AccountLimiter()
        self.intake = Intake(settings.gateway)
        self.pieces = Pieces()
        self.second: SecondOpinions | None = None
        self.care = CareBook()
        self.files = 0
        """files being worked on"""
        self.workshop = Workshop(settings.gateway.max_files)
        self.refusals: Counter[tuple[str, str, str]] = Counter()
        """by (code, integration id, caller) since the last refresh"""
        self.compared: Counter[tuple[int, str, str, str]] = Counter()
        """decisions while a policy is on trial, by (its row, direction, live action, its action), since the last refresh"""
        self.keys_used: set[str] = set()
        """digests of the keys seen since the last refresh"""
        self.in_flight = 0
        self.snapshot: Snapshot
        self.today = _today()
        self.ready = False
        self.refreshed = 0.0
        self._id = new_id(now_us())
        self._served: dict[str, Served] = {}
        self._pools: dict[str, Pools] = {}
        self._usage: Counter[tuple[str, str, int]] = Counter()
        self._refused: Counter[tuple[str, str, str]] = Counter()
        self._compared: Counter[tuple[int, str, str, str]] = Counter()
        self._keys_used: set[str] = set()
        self._keys_told = 0.0
        self._stop = threading.Event()
        self._loading = threading.Lock()
        self._thread = threading.Thread(target=self._refresh_forever, name="guiju-refresh", daemon=True)

    # --- life --------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Load everything and begin. Raises what makes serving impossible (database, keys, policy)."""
        await asyncio.to_thread(self._prepare)
        self.loop = asyncio.get_running_loop()
        self.writer.attend(self.loop)
        for service in self.settings.services():
            self._served[service.slug] = served = of_service(service.upstream, self.limits)
            if service.minors is not None:
                self._pools[service.slug] = Pools(service.slug, service.minors, served, self.limits)
        if not self._served:
            self._demo = Served(DemoUpstream(), (DEMO_MODEL,), demo=True)
        if self.settings.second_opinion.url:
            self.second = SecondOpinions(self.settings.second_opinion, self.limits, self.metrics)
        self._thread.start()
        self.ready = True

    def _prepare(self) -> None:
        clear_left_over(self.settings.home, time.time())
        try:
            clear(self.settings, time.time())
            self.hasher: KeyHasher = keys.key_hasher()
            self.pseudonyms: Pseudonymiser = keys.pseudonymiser()
            self.watermark = keys.watermark_secret()
            self._loader = SnapshotLoader(self.limits.check_budget_ms)
            self.snapshot = self._loader.load()
            self.care.load(self.snapshot.minors_policy)
            consequences = Consequences(on_sanction=self._sanctioned)
            self.writer = EvidenceWriter(
                keys.vault(), keys.seal_key(), self.settings.evidence, consequences, consequences.none
            )
            self.writer.start()
            gateways.appear(self._id, socket.gethostname(), os.getpid())
        finally:
            connection.close()

    async def stop(self) -> None:
        """Finish: refresh once more, seal and close the chain, close connections."""
        self.ready = False
        self.workshop.close()
        self._stop.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, 10.0)
        self.pieces.close()
        if hasattr(self, "writer"):
            self.writer.dismiss()
            await asyncio.to_thread(self.writer.stop)
        if self.second is not None:
            self.second.close()
        for served in self._served.values():
            served.close()
        for pools in self._pools.values():
            pools.close()

    # --- what requests ask -------------------------------------------------------------------------------------------

    def served(self, service: str) -> Served | None:
        """The model behind a service; the demonstration model where the settings name no upstream at all."""
        if not self._served:
            return self._demo
        return self._served.get(service)

    def pools(self, service: str) -> Pools | None:
        """The pools that answer a service's minors; None where its own model answers them too."""
        return self._pools.get(service)

    @property
    def demonstrates(self) -> bool:
        """Whether the demonstration model answers."""
        return not self._served

    def meter(self, integration: str) -> Meter:
        """The usage of one integration."""
        meter = self.meters.get(integration)
        if meter is None:
            meter = self.meters.setdefault(integration, Meter())
        return meter

    def refuse(self, error: GuijuError, integration: str, address: str) -> None:
        """Count a call that was turned away. Unknown callers are told apart by a keyed hash of their address."""
        self.metrics.refusals[error.code] += 1
        caller = "" if integration else self.pseudonyms.pseudonym("address", address)
        if integration or len(self.refusals) < _REFUSALS:
            self.refusals[error.code, integration, caller] += 1
        else:
            self.refusals[error.code, "", ""] += 1

    def compare(self, snapshot: Snapshot, direction: Direction, decision: Decision, context: Context) -> None:
        """Count what the policy on trial and the live one make of the same findings."""
        trial = snapshot.trial
        if trial is not None:
            live, tried = trial.both(direction, decision, context)
            self.compared[trial.version, direction.value, live.value, tried.value] += 1

    def gauges(self) -> dict[str, float]:
        """Present values for the metrics page."""
        return {
            "guiju_in_flight": self.in_flight,
            "guiju_held_request_bytes": self.intake.held,
            "guiju_evidence_healthy": float(self.writer.healthy),
            "guiju_evidence_records": self.writer.written,
            "guiju_evidence_commits": self.writer.commits,
            "guiju_evidence_behind": self.writer.behind,
            "guiju_snapshot_number": self.snapshot.number,
            "guiju_snapshot_age_seconds": time.monotonic() - self.refreshed if self.refreshed else 0.0,
        }

    # --- the refresher thread ----------------------------------------------------------------------------------------

    def _refresh_forever(self) -> None:
        failing = False
        while not self._stop.wait(self.limits.refresh_s):
            try:
                self._refresh()
                failing = False
            except DatabaseFault as error:
                if not failing:
                    log.error("cannot look for changes: %s", " ".join(str(error).split())[:200])
                failing = True
                connection.close()
            except Exception:
                log.exception("a refresh failed; the last good state stays in force")
        try:
            self._share()
            gateways.leave(self._id)
        except DatabaseFault:
            log.warning("the last counts of this process could not be stored")
        finally:
            connection.close()

    def _refresh(self) -> None:
        close_old_connections()
        self.today = _today()
        self._share()
        number = self._loader.number()
        if number != self.snapshot.number or self._loader.expired(time.time()):
            self._load()
        self.refreshed = time.monotonic()

    def _share(self) -> None:
        """Exchange counts with the other gateways through the database. What could not be stored is kept for later."""
        busy = asyncio.run_coroutine_threadsafe(self._take_counts(), self.loop).result(10.0)
        totals, elsewhere = gateways.share(
            self._id, self.snapshot.number, self._usage, self._refused, busy, datetime.now(UTC)
        )
        if self._compared:
            policies.compared(self._compared)
            self._compared.clear()
        if self._keys_used and time.monotonic() - self._keys_told >= gateways.KEYS_EVERY_S:
            gateways.keys_used(self._keys_used, datetime.now(UTC))
            gateways.prune_usage(datetime.now(UTC))
            self._keys_used, self._keys_told = set(), time.monotonic()
        self._usage.clear()
        self._refused.clear()
        self.loop.call_soon_threadsafe(self._learn, totals, elsewhere)
        snapshot = self.snapshot
        self.care.exchange(self.loop, snapshot.minors_policy, wanted=snapshot.cares)

    async def _take_counts(self) -> dict[str, int]:
        """Move what the event loop counted into the hands of the refresher; return the exchanges under way."""
        busy: dict[str, int] = {}
        for name, meter in self.meters.items():
            for (window, start), amount in meter.take_pending().items():
                self._usage[name, window, start] += amount
            if meter.in_flight:
                busy[name] = meter.in_flight
        self._refused.update(self.refusals)
        self.refusals.clear()
        self._keys_used |= self.keys_used
        self.keys_used.clear()
        self._compared.update(self.compared)
        self.compared.clear()
        return busy

    def _learn(self, totals: Mapping[tuple[str, str, int], int], elsewhere: Mapping[str, int]) -> None:
        for (integration, window, start), total in totals.items():
            self.meter(integration).learn(window, start, total)
        for name, meter in self.meters.items():
            meter.elsewhere = elsewhere.get(name, 0)

    def _sanctioned(self) -> None:
        """A sanction was just imposed by this process: do not wait for the next refresh."""
        try:
            self._load()
        except Exception as error:  # the record is safe; whatever this is, the refresher meets it too
            log.warning("a new sanction will be in force with the next refresh: %s", type(error).__name__)

    def _load(self) -> None:
        """Replace the snapshot. The refresher and the evidence writer both do; neither puts an older one in place."""
        with self._loading:
            self.snapshot = self._loader.load()


def _today() -> date:
    return china_day(datetime.now(UTC))
