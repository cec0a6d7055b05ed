"""The operator's own models: folders under the data directory, of which at most one is live."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
from django.conf import settings

from guiju.errors import CandidateDamaged, ModelDamaged
from guiju.moderation import starter
from guiju.moderation.checker import Checker
from guiju.moderation.detectors import Materials, build
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.models import shelf
from guiju.moderation.models.network import Weights
from guiju.moderation.models.shelf import Manifest
from guiju.moderation.policy import Policy
from guiju.moderation.rumours import Refuted
from guiju.store.models import ModelCandidate


def live() -> ModelCandidate | None:
    """The operator's model that is live; ``None`` where the shipped one is."""
    return ModelCandidate.objects.filter(state=ModelCandidate.State.LIVE).first()


def folder_of(row: ModelCandidate | None) -> Path | None:
    """The folder of a model, its manifest compared with what the database keeps; ``None`` stands for the shipped one.

    Raises:
        CandidateDamaged: the folder is not on this machine, or its manifest is another.
    """
    if row is None:
        return None
    folder = home() / row.name
    try:
        digest = hashlib.sha256((folder / shelf.MANIFEST.name).read_bytes()).hexdigest()
    except OSError:
        digest = ""
    if digest != row.sha256:
        raise CandidateDamaged(name=row.name)
    return folder


def checker(
    lexicon: Lexicon, policy: Policy, refuted: tuple[Refuted, ...], row: ModelCandidate | None, budget: float
) -> Checker:
    """A checker that judges by this model.

    Raises:
        CandidateDamaged: its files are missing here or are not those it was made with.
    """
    materials = Materials(lexicon, starter.patterns(), refuted, folder_of(row))
    try:
        return Checker(lexicon, policy, build(materials), budget)
    except ModelDamaged:
        raise CandidateDamaged(name=row.name if row is not None else "") from None


def weights(file: str) -> Weights:
    """The shipped arrays of one file.

    Raises:
        ModelDamaged: they cannot be read.
    """
    try:
        with np.load(shelf.DATA / file, allow_pickle=False) as arrays:
            return Weights(**{field: arrays[field] for field in Weights.__struct_fields__})
    except (OSError, KeyError, ValueError) as problem:
        raise ModelDamaged(name=file) from problem


def write(name: str, manifest: Manifest, made: Mapping[str, Weights]) -> str:
    """Write a model whole or not at all; the digest of its manifest. Files nothing was learnt for are copied.

    Args:
        made: new arrays by file name.
    """
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = home() / f".{name}.{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    try:
        files = tuple(_written(entry, draft, made) for entry in manifest.models)
        body = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(manifest, models=files)), indent=2)
        (draft / shelf.MANIFEST.name).write_bytes(body)
        os.rename(draft, home() / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return hashlib.sha256(body).hexdigest()


def home() -> Path:
    """Where the operator's models lie."""
    folder: Path = settings.GUIJU.home / "models"
    return folder


def _written(entry: shelf.ModelFile, folder: Path, made: Mapping[str, Weights]) -> shelf.ModelFile:
    path, arrays = folder / entry.file, made.get(entry.file)
    if arrays is None:
        shutil.copyfile(shelf.DATA / entry.file, path)
        return entry
    np.savez(path, **{field: getattr(arrays, field) for field in Weights.__struct_fields__})
    return msgspec.structs.replace(entry, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
