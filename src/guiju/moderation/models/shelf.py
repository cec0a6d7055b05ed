"""The models on the shelf: a manifest says what each was made from, and a model is loaded when it is first asked.

``data/manifest.json`` is written by the recipe (``python -m training``) together with the weights. A folder of the same
layout holds a model made from an operator's decided cases (``guiju.moderation.models.tuning``).
"""

from __future__ import annotations

from functools import cache, lru_cache
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


def manifest(folder: Path = DATA) -> Manifest:
    """The manifest of the models in a folder, by default the shipped ones.

    Raises:
        ModelDamaged: it is missing or cannot be read.
    """
    return _manifest(folder)


def network(direction: Direction, folder: Path = DATA) -> Network:
    """The model that judges texts of this direction.

    Raises:
        ModelDamaged: its file is missing or is not the one the manifest names.
    """
    told = manifest(folder)
    entry = next((model for model in told.models if direction in model.directions), None)
    if entry is None:
        raise ModelDamaged(name=MANIFEST.name)
    return _network(folder / entry.file, entry.sha256, tuple(head.name for head in told.heads))


@cache
def _manifest(folder: Path) -> Manifest:
    try:
        return msgspec.json.decode((folder / MANIFEST.name).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as problem:
        raise ModelDamaged(name=MANIFEST.name) from problem


@lru_cache(maxsize=8)  # the shipped pair, the live pair, and what a comparison loads besides
def _network(path: Path, sha256: str, heads: tuple[str, ...]) -> Network:
    return Network.load(path, sha256, heads)
