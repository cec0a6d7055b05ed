"""The models that ship: what the manifest says is there, small, the same for everyone, and good enough to be worth it."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from guiju.errors import ModelDamaged
from guiju.moderation.models import shelf
from guiju.moderation.models.network import HARMFUL, Network
from guiju.nouns import Direction
from training import lines

MEGABYTES = 20
TEXTS = ("怎么做红烧肉", "how do I kill a process", "。", "", "长" * 5000, "𠮷" * 3, "a" * 3000)


def test_the_manifest_matches_the_files() -> None:
    told = shelf.manifest()
    assert told.heads[0].name == HARMFUL and told.licence == "Apache-2.0" and told.made and told.recipe
    assert {d for model in told.models for d in model.directions} == set(Direction)
    assert sum((shelf.DATA / model.file).stat().st_size for model in told.models) < MEGABYTES * 2**20
    assert {path.name for path in shelf.DATA.iterdir()} == {"manifest.json", *(model.file for model in told.models)}
    assert all(source.sha256 and source.licence for source in told.sources)


def test_every_head_has_its_file_of_lines_with_the_same_risk() -> None:
    heads = {(head.name, head.risk) for head in shelf.manifest().heads if head.name != HARMFUL}
    assert heads <= {(tag.name, tag.risk) for tag in lines.load()} and len(heads) > 30


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_probabilities(direction: Direction, text: str) -> None:
    found = shelf.network(direction).probabilities(text)
    assert len(found) == len(shelf.manifest().heads)
    assert all(0 <= chance <= 1 for chance in found)


def test_threads_agree() -> None:
    network = shelf.network(Direction.PROMPT)
    alone = [network.probabilities(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: [network.probabilities(text) for text in TEXTS], range(8)):
            assert all(np.array_equal(a, b) for a, b in zip(alone, found, strict=True))


def test_damage_is_told(tmp_path: Path) -> None:
    model = shelf.manifest().models[0]
    copy = tmp_path / model.file
    shutil.copy(shelf.DATA / model.file, copy)
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelDamaged):
        Network.load(copy, model.sha256, (HARMFUL,))
    with pytest.raises(ModelDamaged):
        Network.load(tmp_path / "none.npz", model.sha256, (HARMFUL,))


def test_the_manifest_is_plain_json() -> None:
    assert json.loads(shelf.MANIFEST.read_text("utf-8"))["version"] == shelf.manifest().version
