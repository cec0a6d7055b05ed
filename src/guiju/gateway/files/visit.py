"""One call with a file: admitted like a check, recorded once, its file gone afterwards."""

from __future__ import annotations

from guiju.evidence.record import Exchange, Outcome, Verdict
from guiju.gateway.files.kept import Kept
from guiju.gateway.guard.visit import Visit
from guiju.gateway.texts import stored
from guiju.store.writer import Draft, now_us


class FileVisit(Visit):
    """A :class:`Visit` whose content is a file."""

    @property
    def provider(self) -> str:
        """The provider code that this caller's labels carry."""
        return self.snapshot.services[self.caller.service].provider

    async def keep(self, number: str, kept: Kept) -> None:
        """Make the record of what was done with the file durable.

        A file that comes in is judged like an upload; one that goes out labelled is recorded like an answer.

        Raises:
            EvidenceUnavailable, EvidenceUnwritable, EvidenceTimeout.
        """
        made = bool(kept.label.implicit)
        exchange = Exchange(
            account=self.account,
            answer=kept.verdict if made else Verdict(),
            at=now_us(),
            endpoint=self.name,
            id=number,
            integration=self.caller.id,
            label=kept.label,
            lexicon=self.snapshot.lexicon_version,
            outcome=Outcome.COMPLETED,
            policy=self.snapshot.policy_version,
            prompt=Verdict() if made else kept.verdict,
            service=self.caller.service,
        )
        self.runtime.metrics.exchanges[self.caller.id, self.name, Outcome.COMPLETED.value] += 1
        texts = stored(kept.texts) if kept.lawful or self.runtime.settings.evidence.keep_text else ""
        draft = Draft(exchange, "" if made else texts, texts if made else "")
        await self.durable(self.runtime.writer.submit(draft, self.runtime.loop))
