"""What the record of one file says."""

from __future__ import annotations

import msgspec

from guiju.evidence.record import LabelEntry, Verdict
from guiju.nouns import Part


class Kept(msgspec.Struct, frozen=True):
    """What is recorded of one file.

    Attributes:
        verdict: about the file that came. ``texts``: what is kept encrypted: its name, its hash, who gets it.
        lawful: the law asks for the texts (标识办法 Art. 9), so they are kept whatever the settings say.
    """

    verdict: Verdict = Verdict(action="pass")
    texts: tuple[Part, ...] = ()
    label: LabelEntry = LabelEntry()
    lawful: bool = False
