"""The labels of one provider's answers, which differ in nothing but the number: written once, and numbered for each answer."""

from __future__ import annotations

from functools import lru_cache

from guiju.labeling.implicit import Label

_PLACE = "0"


class Numbered:
    """Immutable, shared. What it gives is, letter by letter, what :class:`Label` gives."""

    __slots__ = ("_after", "_before", "_between", "_keys", "_producer")

    def __init__(self, producer: str) -> None:
        """Raises LabelValueInvalid for a producer that no label can name."""
        label = Label.first(producer, _PLACE)
        self._producer = producer
        self._keys = label.keys()
        self._before, rest = label.to_json().split(
            f'"ProduceID":"{_PLACE}"'
        )  # no value holds a quote that is not escaped
        self._between, self._after = rest.split(f'"PropagateID":"{_PLACE}"')

    def label(self, number: str) -> tuple[str, dict[str, str]]:
        """The label of the content with this number, as compact JSON and as keys and values.

        Raises:
            LabelValueInvalid: a number outside the standard's characters, or an empty one.
        """
        if not (number.isascii() and number.isalnum()):
            label = Label.first(self._producer, number)
            return label.to_json(), label.keys()
        written = f'{self._before}"ProduceID":"{number}"{self._between}"PropagateID":"{number}"{self._after}'
        return written, {**self._keys, "ProduceID": number, "PropagateID": number}


@lru_cache(maxsize=64)
def numbered(producer: str) -> Numbered:
    """The labels of this provider. Raises LabelValueInvalid."""
    return Numbered(producer)
