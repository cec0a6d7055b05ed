"""What the record of one file says."""

from __future__ import annotations

import msgspec

from guiju.evidence.record import LabelEntry, Verdict
from guiju.nouns import Part


class Kept(msgspec.Struct, frozen=True):
    """What is recorded of one file.

    Attributes:
        verdict: about the file that came. ``texts``: what is kept encrypted: its name, its hash, who gets it.
    """

    verdict: Verdict = Verdict(action="pass")
    texts: tuple[Part, ...] = ()
    label: LabelEntry = LabelEntry()
