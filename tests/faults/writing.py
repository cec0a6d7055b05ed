"""An evidence writer in this process, with a clock of its own."""

from __future__ import annotations

import asyncio
from typing import Any

from guiju.evidence.record import Exchange, Outcome, Verdict, new_id
from guiju.settings import EvidenceSettings
from guiju.store import keys
from guiju.store.consequences import Consequences
from guiju.store.writer import Draft, Durable, EvidenceWriter

NOON = 1_790_000_000_000_000


class Clock:
    """A clock that goes on by a second each time it is read, and can be put back."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


class Writing:
    """An evidence writer of this process with a clock of its own."""

    def __init__(self, clock: Clock, sanctions: list[int], *, short: bool = False) -> None:
        """``short``: plain records take the short way, where the database has one."""
        self.clock = clock
        settings = EvidenceSettings(seal_every_records=4)
        follow = Consequences(on_sanction=lambda: sanctions.append(1))
        self.writer = EvidenceWriter(keys.vault(), keys.seal_key(), settings, follow, follow.none, clock=clock)
        self.loop = asyncio.new_event_loop()
        self.writer.start()
        if short:
            self.writer.attend(self.loop)

    def draft(self, *, violation: bool = False, **fields: Any) -> Draft:
        """One exchange; ``fields`` are those of `Exchange`."""
        at = self.clock()
        prompt = Verdict(action="block", risk="A.1.d", score=900) if violation else Verdict(action="pass")
        given = {"account": "acc-1", "model": "m", "prompt": prompt, **fields}
        exchange = Exchange(
            at=at, endpoint="chat.completions", id=new_id(at), integration="in-1", outcome=Outcome.COMPLETED, service="chat", **given
        )  # fmt: skip
        return Draft(exchange, '[{"text":"问"}]', '[{"text":"答"}]', violation=violation)

    def write(self, *, violation: bool = False) -> None:
        """Write one exchange and wait until it is durable."""
        [result] = self.together([self.draft(violation=violation)])
        assert isinstance(result, Durable), result

    def together(self, drafts: list[Draft]) -> list[Durable | BaseException]:
        """Write several at once; what became of each."""

        async def all_of_them() -> list[Durable | BaseException]:
            futures = [self.writer.submit(draft, self.loop, len(drafts)) for draft in drafts]
            return await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 30)

        return self.loop.run_until_complete(all_of_them())

    def stop(self) -> None:
        self.writer.dismiss()
        self.writer.stop()
        self.loop.close()
