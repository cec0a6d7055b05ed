"""The words a policy's conditions may use in this installation: those that ship, its own age bands, its integrations."""

from __future__ import annotations

from guiju.moderation import policy_source
from guiju.moderation.context import ANY_WORDS, Vocabulary, shipped
from guiju.moderation.policy import Policy
from guiju.store import care
from guiju.store.models import Integration


def vocabulary() -> Vocabulary:
    """The words now. Without a single integration any id will do."""
    bands = [band.id for band in care.policy_in_force().bands]
    return shipped().with_(bands=bands, integrations=list(Integration.objects.values_list("pk", flat=True)))


def read(source: str, name: str = "policy.yaml") -> Policy:
    """A policy somebody wrote, held to the words of this installation.

    Raises:
        PolicySourceError: with every mistake in the text, its line, column and hint.
    """
    return policy_source.load(source, name, vocabulary())


def accepted(source: str) -> Policy:
    """A policy that was accepted before: it stays readable when a word it uses has gone since.

    Raises:
        PolicySourceError: it no longer fits this version of Guiju.
    """
    return policy_source.load(source, words=ANY_WORDS)
