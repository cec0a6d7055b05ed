"""The explicit label in a text answer: which words, where, exactly once, never inside code.

Where the words go (GB 45438-2025, 5.1 a: start, end or a suitable middle):

* ``start``: before the first visible character, as a paragraph of its own; an answer that begins with a code block has
  them before the block.
* ``end``: after the last character, as a paragraph of its own. An answer that ends inside a fenced code block (the model
  ran out of tokens, say) gets the fence closed first. A renderer closes it there anyway, so what is shown does not
  change, and the words stay out of the code.
* ``interface``: nowhere in the text; the integration has declared that its interface shows them (5.6).

Answers that are JSON by request, and answers without any text, get no words: there only the interface can show them.
A model that imitates earlier labels of the conversation is not labelled twice. Streams and whole answers go the same
way: the pieces of a stream joined are the labelled whole.
"""

from __future__ import annotations

import enum

import msgspec

from guiju.errors import LabelWordsInvalid
from guiju.labeling.fence import FenceTracker
from guiju.labeling.words import Words, find_words, wording


class Position(enum.StrEnum):
    """Where an integration wants the explicit label."""

    START = "start"
    END = "end"
    INTERFACE = "interface"


class Placement(msgspec.Struct, frozen=True):
    """Where the label ended up.

    Attributes:
        position: ``start``, ``end``, ``interface`` (relied on), or ``""`` (nowhere: no text, or no declared interface).
        words: id of the words, ``""`` unless they stand in the text.
        reason: ``""`` as set; ``structured`` (JSON by request), ``empty`` (no text), ``imitated`` (the model had
            written the same label there already), ``closed_fence`` (a code block was closed before the words).
    """

    position: str = ""
    words: str = ""
    reason: str = ""


class TextLabeller(msgspec.Struct, frozen=True):
    """How one integration's answers are labelled. Build it with :meth:`build`; it is immutable and shared.

    Attributes:
        mark: the words in their style, without line breaks around.
        declared: whether the integration has declared an interface label (5.6).
    """

    words: Words
    mark: str
    position: Position = Position.START
    declared: bool = False

    @classmethod
    def build(
        cls, words: str = "", position: str = "start", style: str = "bracket", declared: bool = False
    ) -> TextLabeller:
        """A labeller from an integration's settings.

        Args:
            words: id or text of shipped words, custom words, or ``""`` for the default.
            position: a :class:`Position`.
            style: ``bracket``, ``plain`` or ``quote``.
            declared: see the class.

        Raises:
            LabelWordsInvalid: words or style that will not do.
        """
        chosen, template = find_words(words), wording().styles.get(style)
        if template is None:
            raise LabelWordsInvalid(detail=f"style {style}")
        return cls(chosen, template.format(words=chosen.text), Position(position), declared)

    @property
    def id(self) -> str:
        """The id of the words, for the record."""
        return self.words.id

    def apply(self, text: str, *, structured: bool = False) -> tuple[str, Placement]:
        """Label a whole answer; ``structured`` says that it is JSON by request. Returns the text and the placement."""
        stream = self.stream(structured=structured)
        labelled = stream.feed(text) + stream.finish()
        return labelled, stream.placement

    def stream(self, *, structured: bool = False) -> LabelStream:
        """The labelling of one answer that arrives in pieces."""
        if structured or self.position is Position.INTERFACE:
            return LabelStream(self, "structured" if structured else "")
        return _AtStart(self) if self.position is Position.START else _AtEnd(self)

    def _elsewhere(self, reason: str) -> Placement:
        relied = self.declared or self.position is Position.INTERFACE
        return Placement(Position.INTERFACE.value if relied else "", "", reason)


class LabelStream:
    """Lets a text through unlabelled, and is the interface of the streams that label.

    ``placement`` is final after :meth:`finish`; before, it says what has been done so far.
    """

    __slots__ = ("_labeller", "placement")

    def __init__(self, labeller: TextLabeller, reason: str = "empty") -> None:
        self._labeller = labeller
        self.placement = labeller._elsewhere(reason)

    def feed(self, text: str) -> str:
        """Take the next piece, return what may go out now."""
        return text

    def finish(self) -> str:
        """The answer is complete: what is still to go out."""
        return ""

    def _placed(self, reason: str = "") -> None:
        labeller = self._labeller
        self.placement = Placement(labeller.position.value, labeller.words.id, reason)


class _AtStart(LabelStream):
    """Holds the text back until it shows a first visible character that is not the beginning of the same label."""

    __slots__ = ("_held", "_open")

    def __init__(self, labeller: TextLabeller) -> None:
        super().__init__(labeller)
        self._held = ""
        self._open = True

    def feed(self, text: str) -> str:
        if not self._open:
            return text
        self._held += text
        mark, visible = self._labeller.mark, self._held.lstrip()
        if mark.startswith(visible) and len(visible) < len(mark):
            return ""  # blank so far, or what might become the label itself
        return self._release(visible.startswith(mark))

    def finish(self) -> str:
        if self._open and self._held.strip():
            return self._release(False)
        return self._held if self._open else ""

    def _release(self, imitated: bool) -> str:
        self._open = False
        self._placed("imitated" if imitated else "")
        return self._held if imitated else f"{self._labeller.mark}\n\n{self._held}"


class _AtEnd(LabelStream):
    """Lets the text through, watching for open code blocks and for the label at its end."""

    __slots__ = ("_fence", "_tail")

    def __init__(self, labeller: TextLabeller) -> None:
        super().__init__(labeller)
        self._fence = FenceTracker()
        self._tail = ""

    def feed(self, text: str) -> str:
        self._fence.feed(text)
        self._tail = _ending(self._tail + text, len(self._labeller.mark))
        return text

    def finish(self) -> str:
        if not self._tail.strip():
            return ""
        closing = self._fence.closing()
        if not closing and self._tail.rstrip().endswith(self._labeller.mark):
            self._placed("imitated")
            return ""
        self._placed("closed_fence" if closing else "")
        return f"{closing}\n\n{self._labeller.mark}"


def _ending(text: str, length: int) -> str:
    """The last ``length`` characters up to the last visible one, and as many of the blanks after it."""
    visible = len(text.rstrip())
    return text[max(0, visible - length) : visible + length]
