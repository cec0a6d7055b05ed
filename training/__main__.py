"""``python -m training --data FOLDER``: make the models that ship, with their manifest.

Takes about ten minutes of one core. Without ``--data`` the models are made of the project's own lines alone.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path

import torch

from guiju.moderation.models import shelf
from guiju.moderation.models.network import Network
from guiju.moderation.models.shelf import Head, Manifest, ModelFile, Source
from guiju.nouns import Direction
from training import export, folds, lines, making, recipe, redteam
from training.calibration import Group
from training.examples import ANSWER, PROMPT, held_out, licences

_DIRECTIONS = {PROMPT: (Direction.PROMPT, Direction.UPLOAD), ANSWER: (Direction.ANSWER,)}
#: From this probability on a tag is named in a finding. What is then done is the policy's matter.
_REPORT_FROM = 0.5


def main() -> None:
    """Read the examples, learn, calibrate, write."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public data (text/*.jsonl)")
    parser.add_argument("--out", type=Path, default=shelf.DATA, help="where weights and manifest go")
    parser.add_argument("--cache", type=Path, help="file that keeps the encoder's vectors between runs")
    parser.add_argument(
        "--folds", type=Path, help="folder of folds (see training.folds): calibrate on sources left out"
    )
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    tags = lines.load()
    plan = recipe.plan(tags, given.data)
    given.out.mkdir(parents=True, exist_ok=True)
    kept = folds.kept(plan, given.folds, given.cache) if given.folds is not None and given.data is not None else ()
    unseen = {PROMPT: [group for left_out, scored in kept for group in folds.groups(left_out, scored)], ANSWER: []}
    models = [_model(plan, direction, given.out, given.cache, unseen[direction]) for direction in (PROMPT, ANSWER)]
    heads = [Head("harmful", "A.1.h", "应予拦截", _REPORT_FROM)]
    heads += [Head(tag.name, tag.risk, tag.zh, _REPORT_FROM) for tag in tags]
    made = datetime.date.today().isoformat()
    manifest = Manifest(
        version=f"{made}-{models[0].sha256[:8]}",
        made=made,
        licence="Apache-2.0",
        recipe="python -m training --data <text folder of the public data>",
        heads=tuple(heads),
        models=tuple(models),
        sources=tuple(_sources(given.data)),
    )
    export.write_manifest(manifest, given.out / shelf.MANIFEST.name)


def _model(plan: recipe.Plan, direction: str, out: Path, cache: Path | None, unseen: Sequence[Group]) -> ModelFile:
    examples = plan.of(direction)
    learnt = [example for example in examples if not held_out(example)]
    held = [example for example in examples if held_out(example)]
    shape = recipe.SHAPES[direction]
    first = recipe.meanings(learnt, shape, recipe.MOST_NGRAMS, cache)
    model = recipe.learn(learnt, plan.heads, shape, recipe.COURSES[direction], first)
    path = out / f"{direction}.npz"
    arrays = export.weights(model)
    more = recipe.longer(held) if direction == PROMPT else []
    calibrated = export.calibrated(arrays, *recipe.calibrate(Network(arrays, plan.heads), [*held, *more], unseen))
    sha256 = export.write(calibrated, path)
    return ModelFile(path.name, _DIRECTIONS[direction], sha256, len(learnt))


def _sources(data: Path | None) -> list[Source]:
    own = [
        Source(f"training/text/{path.name}", export.digest(path), "Apache-2.0")
        for path in sorted(lines.TEXT.glob("*.txt"))
    ]
    own += [Source(f"training/{name}", export.digest(making.HERE / name), "Apache-2.0") for name, _ in making.PLAIN]
    if data is None:
        return own
    shipped = redteam.folder()
    return [
        *own,
        *(Source(name, export.digest(data / name), licence) for name, licence in licences().items()),
        *(
            Source(f"{redteam.PACKAGE}/{name}", export.digest(shipped / name), licence)
            for name, (_, _, licence) in redteam.FILES.items()
        ),
    ]


if __name__ == "__main__":
    main()
