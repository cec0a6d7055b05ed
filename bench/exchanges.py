"""Exchanges as the gateway hands them to the evidence writer, and a crowd of clients that wait for their records.

One in fifty carries a finding, so that the table of risks grows too. Prompts have 130 characters, answers 115.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.words import answer_pieces, prompt
from guiju.evidence.record import Exchange, Outcome, RecordedFinding, Timings, Tokens, Verdict, new_id
from guiju.gateway.labels import AnswerLabels
from guiju.labeling import TextLabeller
from guiju.store.writer import Draft, EvidenceWriter, now_us

ACCOUNTS = 1000
_FINDING = RecordedFinding(
    detector="words", risk="A.4.f", rule="w17", score=800, spans=((3, 7),), where="messages[0].content"
)
_FLAGGED = Verdict(action="advise", findings=(_FINDING,), risk="A.4.f", score=800)
_LABELLER = TextLabeller.build()
_PASSED = Verdict(action="pass")


def draft(number: int, callers: Sequence[str]) -> Draft:
    """The ``number``-th exchange, of one of ``ACCOUNTS`` accounts, each of which belongs to one of the ``callers``."""
    account = number % ACCOUNTS
    at = now_us()
    name = new_id(at)
    labels = AnswerLabels("001191330106MA27XL1P5X00000", name, _LABELLER)
    said = labels.whole("".join(answer_pieces(number)), structured=False)
    exchange = Exchange(
        account=f"{account:032x}",
        answer=Verdict(action="label"),
        at=at,
        endpoint="chat.completions",
        id=name,
        integration=callers[account % len(callers)],
        label=labels.entry(structured=False),
        lexicon="1a2b3c4d5e6f",
        model="stub-model",
        outcome=Outcome.COMPLETED,
        policy="default@1",
        prompt=_PASSED if number % 50 else _FLAGGED,
        service="example",
        timings=Timings(check_answer=80, check_prompt=60, total=1900, upstream=1200),
        tokens=Tokens(completion=80, prompt=90, total=170),
        upstream="stub-model",
    )
    return Draft(
        exchange,
        _parts("messages[0].content", "user", prompt()),
        _parts("choices[0].message.content", "assistant", said),
    )


def _parts(where: str, role: str, text: str) -> str:
    return json.dumps([{"where": where, "role": role, "text": text}], ensure_ascii=False)


def integrations(count: int = 7) -> list[str]:
    """The ids of ``count`` integrations of this process's database, made where there are fewer."""
    from guiju.store.actor import Actor
    from guiju.store.models import Integration, Service
    from guiju.store.services.integrations import create

    service = Service.objects.all()[0]
    for number in range(Integration.objects.count(), count):
        create(
            Actor.system("bench"),
            name=f"bench {number}",
            service=service,
            owner="bench",
            purpose="assistant",
            status="approved",
        )
    return list(Integration.objects.order_by("id").values_list("id", flat=True)[:count])


def open_writer() -> EvidenceWriter:
    """The gateway's own writer on this process's database, started."""
    from guiju import settings
    from guiju.store import keys
    from guiju.store.consequences import Consequences

    follow = Consequences(lambda: None)
    writer = EvidenceWriter(keys.vault(), keys.seal_key(), settings.load().evidence, follow, follow.none)
    writer.start()
    return writer


@dataclass
class Written:
    """What a crowd of waiting clients got. ``waits`` in seconds; ``cpu_s`` of this process."""

    records: int = 0
    commits: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    waits: list[float] = field(default_factory=list)

    def wait_ms(self, share: float) -> float:
        """A quantile of the time until a record was durable."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


async def crowd(
    writer: EvidenceWriter, callers: Sequence[str], clients: int, enough: Callable[[int, float], bool], first: int = 0
) -> Written:
    """``clients`` at once, each waiting for its record before it hands in the next, until ``enough(records, seconds)``."""
    loop = asyncio.get_running_loop()
    writer.attend(loop)
    result = Written()
    commits, wall, cpu = writer.commits, time.perf_counter(), time.process_time()
    numbers = iter(range(first, 1 << 60))

    async def client() -> None:
        while not enough(result.records, time.perf_counter() - wall):
            result.records += 1
            made = draft(next(numbers), callers)
            asked = time.perf_counter()
            await writer.submit(made, loop, clients)
            result.waits.append(time.perf_counter() - asked)

    await asyncio.gather(*(client() for _ in range(clients)))
    writer.dismiss()
    result.wall_s, result.cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    result.commits = writer.commits - commits
    return result
