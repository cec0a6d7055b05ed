"""One text of a streamed answer on its way through: guarded, labelled where it is prose, and kept for the record."""

from __future__ import annotations

from typing import Protocol

from guiju.errors import UpstreamTooLarge
from guiju.gateway.texts import Unescaper
from guiju.moderation.checker import Checker
from guiju.moderation.context import Context
from guiju.moderation.masking import Restorer
from guiju.moderation.second_opinion import GreyZone
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Decision, Direction, Part


class StreamLabel(Protocol):
    """Puts the explicit label into a stream of prose, once."""

    def feed(self, text: str) -> str:
        """``text`` with the label before it when this is where it belongs."""

    def finish(self) -> str:
        """What is still to be said at the end: the label, or nothing."""


class Budget:
    """Characters one exchange may still receive."""

    __slots__ = ("_left", "_limit")

    def __init__(self, limit: int) -> None:
        self._left = self._limit = limit

    def spend(self, amount: int) -> None:
        """Raises UpstreamTooLarge when nothing is left."""
        self._left -= amount
        if self._left < 0:
            raise UpstreamTooLarge(limit=self._limit)


class Channel:
    """A text that arrives in pieces under one ``where``.

    Where a guard is asked about the grey zone, its opinion on the whole text is due between ``close`` and ``finish``; in the
    strict mode also on passages before, which are held meanwhile (``doubt``, ``heard``).

    Attributes:
        stopped: the decision that ended it, or None.
        masked: whether anything was covered or found; what repeats the text elsewhere must then be dropped.
    """

    __slots__ = (
        "_budget",
        "_escaped",
        "_guard",
        "_label",
        "_opinion",
        "_pieces",
        "_released",
        "_rest",
        "_restorer",
        "_unescaper",
        "_zone",
        "masked",
        "stopped",
        "where",
    )

    def __init__(
        self,
        checker: Checker,
        where: str,
        context: Context,
        budget: Budget,
        label: StreamLabel | None = None,
        restorer: Restorer | None = None,
        *,
        json: bool = False,
        zone: GreyZone | None = None,
    ) -> None:
        """``restorer``: puts back what tokens stood for in the prompt, once the text is checked. ``json``: the text is JSON by request, whose escapes are undone on the way; it stays the same JSON. ``zone``: what a guard is asked about, if one is."""
        self.where = where
        self.stopped: Decision | None = None
        self.masked = False
        self._unescaper = Unescaper() if json else None
        self._guard = StreamGuard(checker, where, Direction.ANSWER, context, zone)
        self._zone = zone
        self._opinion: Decision | None = None
        self._rest: str | None = None
        self._label = label
        self._restorer = restorer
        self._budget = budget
        self._pieces: list[str] = []
        self._escaped: list[str] = []
        self._released: list[str] = []

    def feed(self, text: str) -> str:
        """Take a piece, return what may go to the client now."""
        self._budget.spend(len(text))
        if self._unescaper is not None:
            self._escaped.append(text)
            text = self._unescaper.feed(text)
        self._pieces.append(text)
        released = self._guard.feed(text)
        if released.findings or released.stop is not None:
            self.masked = True
            self.stopped = released.stop
        out = released.text
        if self._restorer is not None:
            out = self._restorer.feed(out)
            self.masked = self.masked or self._restorer.used
        if self._label is not None and out:
            out = self._label.feed(out)
        self._released.append(out)
        return out

    def close(self) -> None:
        """The text has ended: everything is judged; what was held back stays until :meth:`finish`."""
        if self._rest is not None:
            return
        before = self._last_escape()
        released = self._guard.finish()
        self.masked = self.masked or bool(released.findings)
        if released.stop is not None:
            self.stopped = released.stop
        self._rest = before + released.text

    def finish(self) -> str:
        """The end of the text: the rest that may go to the client, and the label if it stands last."""
        self.close()
        out, self._rest = self._rest or "", ""
        if self._restorer is not None:
            out = self._restorer.feed(out) + self._restorer.finish()
            self.masked = self.masked or self._restorer.used
        if self._label is not None:
            out = (self._label.feed(out) if out else "") + self._label.finish()
        self._released.append(out)
        return out

    @property
    def doubt(self) -> Decision | None:
        """The decision a guard is to be asked about now: on the closed text, or on a passage that is held; else None."""
        if self._zone is None or self.stopped is not None or self._opinion is not None:
            return None
        if self._rest is not None and self._zone.holds(decision := self._guard.decision()):
            return decision
        return self._guard.doubt

    def heard(self, decision: Decision) -> None:
        """What came of the opinion: it stops the text, of which nothing more goes out, or lets it go on."""
        self._guard.heard(decision)
        if decision.action.stops:
            self.stopped, self._rest = decision, ""
        elif self._rest is not None:
            self._opinion = decision

    def _last_escape(self) -> str:
        """What an escape that never became whole lets out."""
        left = self._unescaper.finish() if self._unescaper is not None else ""
        if not left:
            return ""
        self._pieces.append(left)
        released = self._guard.feed(left)
        self.masked = self.masked or bool(released.findings)
        self.stopped = self.stopped or released.stop
        return released.text

    def close_label(self) -> str:
        """The label still owed to a text that policy cut short; what went out of it stays labelled."""
        return self._label.finish() if self._label is not None and any(self._released) else ""

    @property
    def held(self) -> int:
        """Characters held back now."""
        return self._guard.held + (self._restorer.held if self._restorer is not None else 0)

    def decision(self) -> Decision:
        """The decision over everything seen so far."""
        return self.stopped or self._opinion or self._guard.decision()

    @property
    def released(self) -> str:
        """Everything that went to the client."""
        return "".join(self._released)

    @property
    def part(self) -> Part:
        """Everything the model said here, as it was checked: as the model said it, escapes of JSON by request undone."""
        return Part(self.where, "".join(self._pieces), "assistant")

    @property
    def written(self) -> str:
        """Everything the model said here, letter by letter."""
        return "".join(self._escaped or self._pieces)
