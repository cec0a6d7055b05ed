"""Writing the platform's fields into an upload (标识办法 Art. 6(2)): continued, or begun with how sure it is."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from guiju.errors import NothingToPropagate
from guiju.labeling import files
from guiju.labeling.implicit import Label, Tier
from guiju.labeling.upload.tiers import Judgement


def carry_on(
    source: Path, target: Path, platform: str, number: str, judged: Judgement, *, break_c2pa: bool = False
) -> Label:
    """Copy ``source`` to ``target`` with ``ContentPropagator`` and ``PropagateID``: in the label that is there, or in a
    new one that says how sure the judgement is.

    Raises:
        NothingToPropagate: nothing is known of the upload. LabelError, MediaError: as :mod:`guiju.labeling.files`.
    """
    if not judged.label:
        raise NothingToPropagate()
    if any(one.kind == "label" for one in judged.signs):
        return files.propagate(source, target, platform, number, break_c2pa=break_c2pa).label
    label = Label.first(platform, number, cast("Tier", judged.label))
    return files.write(source, target, label, break_c2pa=break_c2pa).label
