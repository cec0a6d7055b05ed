"""``python -m bench.desk``: a thousand reviewers take cases at the same moment, in many processes, on both databases.

First every reviewer takes the next case, as many cases as reviewers; then all of them want one and the same case. What counts
is that no case is ever in two hands; the rate stands beside that of bare conditional UPDATEs, one a transaction, which is
what the database itself allows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bench.databases import emit, on_each, open_here

_MODULE = "bench.desk"


def main(arguments: Sequence[str]) -> int:
    """Measure on each database and print a table; 1 where a case was in two hands."""
    asked = _parser().parse_args(arguments)
    given = [f"--reviewers={asked.reviewers}", f"--processes={asked.processes}", f"--threads={asked.threads}"]
    if asked.worker is not None:
        return _work(asked)
    if asked.here:
        return _here(asked, given)
    rows = list(on_each(_MODULE, given, asked.database or ("sqlite", "postgresql")))
    for row in rows:
        print(
            f"{row['database']}: {row['reviewers']} reviewers, {row['processes']} processes x {row['threads']} connections: "
            f"{row['claimed']} of {row['cases']} cases taken, twice: {row['twice']}; "
            f"{row['a_second']:.0f} claims/s ({row['of_bare']:.2f} of bare updates), "
            f"p50 {row['p50_ms']:.1f} ms, p95 {row['p95_ms']:.1f} ms; one case wanted by all: {row['winners']} got it; asked again: {row['again']}"
        )
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=2)
    return int(any(row["twice"] or row["winners"] != 1 or row["claimed"] != row["cases"] for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {_MODULE}")
    parser.add_argument("--reviewers", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--threads", type=int, default=4, help="connections of each process, all used at once")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    parser.add_argument("--json")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    return parser


def _here(asked: argparse.Namespace, given: list[str]) -> int:
    """In the process that owns the database: make it, let the workers at it, look at what is left."""
    open_here()
    from django.db import connection, transaction
    from django.utils import timezone

    from guiju.store.models import Case, CaseClaim, Role, User

    User.objects.bulk_create(User(username=f"r{n}", role=Role.REVIEWER) for n in range(asked.reviewers))
    cases = _cases(asked.reviewers + 1)
    hot, first = cases[-1], cases[0]
    Case.objects.filter(pk=hot).update(status="decided")  # nobody meets it in the first round
    begun = time.perf_counter()
    for _ in range(200):
        with transaction.atomic():
            Case.objects.filter(pk=first, claimed_until=None).update(priority=50)
    bare = 200 / (time.perf_counter() - begun)
    connection.close()
    taken, seconds, waits, again = _round([*given, "next"], asked.processes)
    per_case = Counter(taken)
    twice = sum(count > 1 for count in per_case.values())
    held = CaseClaim.objects.filter(ended_at=None).count()
    Case.objects.filter(pk=hot).update(status="open", opened_at=timezone.now())
    connection.close()
    winners, _, _, _ = _round([*given, str(hot)], asked.processes)
    emit(
        reviewers=asked.reviewers, processes=asked.processes, threads=asked.threads, cases=asked.reviewers,
        claimed=min(len(per_case), held), twice=twice, a_second=len(taken) / seconds, of_bare=len(taken) / seconds / bare,
        p50_ms=_rank(waits, 0.5), p95_ms=_rank(waits, 0.95), winners=len(winners), again=again,
    )  # fmt: skip
    return 0


def _cases(count: int) -> list[int]:
    from datetime import timedelta

    from django.utils import timezone

    from guiju.store.models import Case
    from tests.store.evidence_rows import TestChain

    now = timezone.now()
    chain = TestChain(at=now)
    made = Case.objects.bulk_create(
        Case(record=chain.write("", ""), opened_at=now, due_at=now + timedelta(days=1), risk="A.1.h", service="chat")
        for _ in range(count)
    )
    return [case.pk for case in made]


def _round(arguments: list[str], processes: int) -> tuple[list[int], float, list[float], int]:
    """Start the workers, let them go together; the cases they took, the seconds it took, each wait in milliseconds, and
    how often one had to ask again because SQLite gave up waiting."""
    command = [sys.executable, "-m", _MODULE, *arguments[:-1]]
    workers = [
        subprocess.Popen(
            [*command, f"--worker={number}", f"--json={arguments[-1]}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(processes)
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()  # ready
    begun = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told: list[dict[str, Any]] = [json.loads(worker.communicate()[0]) for worker in workers]
    seconds = time.perf_counter() - begun
    waits = [wait for one in told for wait in one["waits"]]
    return [key for one in told for key in one["taken"]], seconds, waits, sum(one["again"] for one in told)


def _work(asked: argparse.Namespace) -> int:
    """One worker: its share of the reviewers, each asking once, over several connections at a time."""
    import django

    django.setup()
    from django.db import connection

    from guiju.store.actor import Actor
    from guiju.store.models import User

    mine = list(User.objects.filter(username__startswith="r").order_by("pk")[asked.worker :: asked.processes])
    connection.close()
    taken: list[int] = []
    waits: list[float] = []
    again: list[int] = []
    print("ready", flush=True)
    sys.stdin.readline()
    actors = [Actor.of(user) for user in mine]
    threads = [
        threading.Thread(target=_ask, args=(actors[number :: asked.threads], asked.json, taken, waits, again))
        for number in range(asked.threads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"taken": taken, "waits": waits, "again": len(again)}), flush=True)
    return 0


def _ask(actors: Iterable[Any], which: str, taken: list[int], waits: list[float], again: list[int]) -> None:
    from django.db import OperationalError, connection

    for actor in actors:
        begun = time.perf_counter()
        while True:
            try:
                got = _claim(actor, which)
                break
            except OperationalError:  # SQLite gave up waiting for its one writer; whoever sits there asks again
                again.append(1)
        waits.append(1000 * (time.perf_counter() - begun))
        if got is not None:
            taken.append(got)
    connection.close()


def _claim(actor: Any, which: str) -> int | None:
    from django.utils import timezone

    from guiju.store.models import Case
    from guiju.store.services import cases

    if which == "next":
        case = cases.claim_next(actor, timezone.now())
        return case.pk if case is not None else None
    return int(which) if cases.claim(actor, Case(pk=int(which)), timezone.now()) else None


def _rank(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
