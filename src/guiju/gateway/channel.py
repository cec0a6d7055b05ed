"""One text of a streamed answer on its way through: guarded, labelled where it is prose, and kept for the record."""

from __future__ import annotations

from typing import Protocol

from guiju.errors import UpstreamTooLarge
from guiju.gateway.texts import Unescaper
from guiju.moderation.checker import Checker
from guiju.moderation.context import Context
from guiju.moderation.masking import Restorer
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

    Attributes:
        stopped: the decision that ended it, or None.
        masked: whether anything was covered or found; what repeats the text elsewhere must then be dropped.
    """

    __slots__ = (
        "_budget",
        "_escaped",
        "_guard",
        "_label",
        "_pieces",
        "_released",
        "_restorer",
        "_unescaper",
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
    ) -> None:
        """``restorer``: puts back what tokens stood for in the prompt, once the text is checked. ``json``: the text is JSON by request, whose escapes are undone on the way; it stays the same JSON."""
        self.where = where
        self.stopped: Decision | None = None
        self.masked = False
        self._unescaper = Unescaper() if json else None
        self._guard = StreamGuard(checker, where, Direction.ANSWER, context)
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

    def finish(self) -> str:
        """The end of the text: the rest that may go to the client, and the label if it stands last."""
        out = self._last_escape()
        released = self._guard.finish()
        self.masked = self.masked or bool(released.findings)
        if released.stop is not None:
            self.stopped = released.stop
        out += released.text
        if self._restorer is not None:
            out = self._restorer.feed(out) + self._restorer.finish()
            self.masked = self.masked or self._restorer.used
        if self._label is not None:
            out = (self._label.feed(out) if out else "") + self._label.finish()
        self._released.append(out)
        return out

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
        return self.stopped or self._guard.decision()

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
