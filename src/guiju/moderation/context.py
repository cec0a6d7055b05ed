"""The circumstances a content is judged in, as far as a policy may ask about them, and the words it may use for them."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

import msgspec
import yaml

_FILE = Path(__file__).parent / "data" / "context.yaml"

#: What a policy's rules may ask of a context, in the order of the struct's fields.
CONDITIONS = ("purpose", "integration", "domain", "band", "standing", "modality")

UNKNOWN_AGE, UNNAMED, GOOD_STANDING = "unknown", "unnamed", "good"
"""The band of an account whose age is not known; the standing where no account is named, and where nothing binds it."""


class Context(msgspec.Struct, frozen=True, gc=False):
    """The circumstances of one exchange. An empty field is not known: no rule that asks about it holds.

    Attributes:
        purpose: of the integration. ``integration``: its id.
        domain: the fields of special care the conversation is about (``medicine``, ``finance`` …).
        band: the age band of the end user, ``adult`` or ``unknown``.
        standing: the strictest step the account is under (``warn``, ``limit``), ``good``, or ``unnamed`` without an account.
        modality: what the text is, asks for or was read from: ``text``, ``image``, ``audio``, ``video``, ``document``.
    """

    purpose: str = ""
    integration: str = ""
    domain: tuple[str, ...] = ()
    band: str = ""
    standing: str = ""
    modality: str = ""


#: Nothing is known.
ANYWHERE = Context()


class Circumstances(msgspec.Struct, frozen=True):
    """Conditions on a context, each a set of words; an empty one holds always."""

    purpose: frozenset[str] = frozenset()
    integration: frozenset[str] = frozenset()
    domain: frozenset[str] = frozenset()
    band: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    modality: frozenset[str] = frozenset()

    @property
    def asks(self) -> frozenset[str]:
        """Which of :data:`CONDITIONS` are asked about."""
        return frozenset(name for name in CONDITIONS if getattr(self, name))

    @property
    def words(self) -> tuple[str, ...]:
        """All words asked for, for people to read, in the order of the conditions."""
        return tuple(word for name in CONDITIONS for word in sorted(getattr(self, name)))

    def hold(self, context: Context) -> bool:
        """Whether every condition holds."""
        return (
            (not self.purpose or context.purpose in self.purpose)
            and (not self.integration or context.integration in self.integration)
            and (not self.domain or not self.domain.isdisjoint(context.domain))
            and (not self.band or context.band in self.band)
            and (not self.standing or context.standing in self.standing)
            and (not self.modality or context.modality in self.modality)
        )


#: Hold always.
ALWAYS = Circumstances()


class Vocabulary(msgspec.Struct, frozen=True):
    """The words that each condition knows; an empty set stands for any word."""

    purpose: frozenset[str] = frozenset()
    integration: frozenset[str] = frozenset()
    domain: frozenset[str] = frozenset()
    band: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    modality: frozenset[str] = frozenset()

    def known(self, condition: str) -> frozenset[str]:
        """The words of one of :data:`CONDITIONS`."""
        found: frozenset[str] = getattr(self, condition)
        return found

    def with_(self, *, bands: Collection[str] = (), integrations: Collection[str] = ()) -> Vocabulary:
        """The same with an installation's own age bands and its integrations."""
        return msgspec.structs.replace(self, band=self.band | set(bands), integration=frozenset(integrations))


#: Takes every word: for a policy that was accepted before, and must not fall because a word has gone since.
ANY_WORDS = Vocabulary()


@cache
def shipped() -> Vocabulary:
    """The words that ship; any integration will do."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text("utf-8")), Vocabulary)
