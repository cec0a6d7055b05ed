"""The models that ship: a manifest says what each was made from, and a model is loaded when it is first asked.

``data/manifest.json`` is written by the recipe (``python -m training``) together with the weights.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from guiju.errors import ModelDamaged
from guiju.moderation.models.network import Network
from guiju.nouns import Direction

DATA = Path(__file__).parent / "data"
MANIFEST = DATA / "manifest.json"


class Head(msgspec.Struct, frozen=True):
    """One head: its name, the risk tag of its findings, its titles, and from which probability on it is reported."""

    name: str
    risk: str
    zh: str
    report_from: float


class ModelFile(msgspec.Struct, frozen=True):
    """One weights file: the directions it judges, its digest, and how many examples it was made from."""

    file: str
    directions: tuple[Direction, ...]
    sha256: str
    examples: int


class Source(msgspec.Struct, frozen=True):
    """One data file behind the models: digest and, for public data, the licence its publishers gave."""

    file: str
    sha256: str
    licence: str


class Manifest(msgspec.Struct, frozen=True):
    """What the shipped models are.

    Attributes:
        version: goes into reports; made of date and digest. ``made``: ISO date. ``licence``: of the weights.
        recipe: the command. ``heads``: in the order of the networks' outputs; the first is ``harmful``.
        models, sources: the files.
    """

    version: str
    made: str
    licence: str
    recipe: str
    heads: tuple[Head, ...]
    models: tuple[ModelFile, ...]
    sources: tuple[Source, ...]


@cache
def manifest() -> Manifest:
    """The manifest of the shipped models.

    Raises:
        ModelDamaged: it is missing or cannot be read.
    """
    try:
        return msgspec.json.decode(MANIFEST.read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as problem:
        raise ModelDamaged(name=MANIFEST.name) from problem


@cache
def network(direction: Direction) -> Network:
    """The model that judges texts of this direction.

    Raises:
        ModelDamaged: its file is missing or is not the one the manifest names.
    """
    told = manifest()
    entry = next((model for model in told.models if direction in model.directions), None)
    if entry is None:
        raise ModelDamaged(name=MANIFEST.name)
    return Network.load(DATA / entry.file, entry.sha256, tuple(head.name for head in told.heads))
