"""What is found and what is wrongly stopped, beside what users would otherwise install: same texts, same run.

``python -m bench.peers_quality --data FOLDER`` (the public data of ``training/public.yaml``). Every text is held out of the
training of Guiju's models; their sources are not, so Guiju's own figures on sources it never saw are in docs/quality.md.
Peers live in environments of their own under ``GUIJU_BENCH_CACHE`` and are installed once; one that cannot be installed is
left out, and said to be. Each is told to stop all it knows as harmful, in every language it has.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.servers import CACHE, PeerMissing, litellm_environment
from guiju.moderation.checker import Checker
from guiju.nouns import Action, Direction, Part
from training import lines
from training.examples import OWN, PROMPT, Example, held_out, own, public
from training.measures import share

_MOST = 100
_PACKAGES = ("better-profanity", "alt-profanity-check", "glin-profanity", "safetext", "structlog", "regex")
#: LLM Guard wants PyTorch for the scanners that are not asked here.
_ALONE = ("llm-guard",)
_PEERS = ("litellm", "llm_guard", "better_profanity", "profanity_check", "glin", "safetext")


@dataclass(frozen=True)
class Texts:
    """One row of the table: its title, whether the texts must not pass, and the texts."""

    title: str
    harmful: bool
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """What one product stopped: its name and version, how it was set up, and one answer for each text of all rows."""

    name: str
    how: str
    stopped: tuple[bool, ...]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers_quality", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data (text/*.jsonl)")
    print("\n".join(page(parser.parse_args().data)))


def page(data: Path) -> list[str]:
    """The section with the table, in Markdown."""
    rows = sets(data)
    texts = [text for row in rows for text in row.texts]
    judged, missing = _guiju(texts), []
    for name in _PEERS:
        try:
            judged.append(_peer(name, texts))
        except PeerMissing as problem:
            missing.append(f"{name}: {problem}")
    told = [
        "## Beside other filters",
        "",
        "Share stopped by each, same texts, same run (`python -m bench.peers_quality`). Texts held out of training, of sources",
        "Guiju's models know. Stopped by Guiju: `answer_instead` or `block`.",
        "",
        f"| Texts | | Number | {' | '.join(one.name for one in judged)} |",
        f"| --- | --- | ---: | {' | '.join('---' for _ in judged)} |",
        *_table(rows, judged),
        "",
        *(f"- {one.name}: {one.how}" for one in judged),
        *(f"- left out, {reason}" for reason in missing),
        "",
    ]
    return told


def _table(rows: Sequence[Texts], judged: Sequence[Judged]) -> list[str]:
    written, begin = [], 0
    for row in rows:
        end = begin + len(row.texts)
        cells = [str(share(sum(one.stopped[begin:end]), end - begin)) for one in judged]
        written.append(
            f"| {row.title} | {'must not pass' if row.harmful else 'must pass'} | {end - begin} | {' | '.join(cells)} |"
        )
        begin = end
    return written


def sets(data: Path) -> list[Texts]:
    """The rows: at most 100 texts each, chosen by lot."""
    tags = lines.load()
    heads = tuple(tag.name for tag in tags)
    held = [e for e in [*public(data, heads), *own(tags)] if held_out(e) and e.direction == PROMPT]

    def some(title: str, harmful: bool, wanted: Callable[[Example], bool]) -> Texts:
        found = sorted({e.text for e in held if e.harmful is harmful and wanted(e)})
        return Texts(title, harmful, tuple(random.Random(7).sample(found, min(_MOST, len(found)))))

    asked = some("harmful prompts, Chinese", True, lambda e: e.kind == "harmful")
    return [
        asked,
        Texts("the same in Base64", True, tuple(base64.b64encode(t.encode()).decode() for t in asked.texts)),
        Texts("the same with zero-width spaces", True, tuple("\u200b".join(t) for t in asked.texts)),
        some("jailbreaks, Chinese", True, lambda e: e.kind == "jailbreak" and not e.text.isascii()),
        some("jailbreaks, English", True, lambda e: e.kind.startswith("jailbreak") and e.text.isascii()),
        some("offensive comments", True, lambda e: e.kind == "offensive"),
        some("the project's harmful lines", True, lambda e: e.source == OWN),
        some("questions that sound dangerous", False, lambda e: e.kind == "ok_but_sensitive"),
        some("ordinary instructions", False, lambda e: e.source == "hiyouga/LLaMA-Factory"),
        some("medical and financial questions", False, lambda e: e.source.startswith(("Toyhom", "FudanDISC"))),
        some("headlines", False, lambda e: e.source.startswith("649453932")),
        some("comments that are in order", False, lambda e: e.source == "thu-coai/COLDataset"),
        some("the project's harmless twins", False, lambda e: e.source == OWN),
    ]


def _guiju(texts: Sequence[str]) -> list[Judged]:
    """What Guiju stops, and that together with what it passes on to a person."""
    checker = Checker.default()
    decided = [checker.check([Part("text", text)], Direction.PROMPT).action for text in texts]
    stopped = tuple(action.stops for action in decided)
    seen = tuple(action.stops or action is Action.REVIEW for action in decided)
    how = f"policy {checker.policy.version}, word lists and models"
    return [Judged("Guiju", how, stopped), Judged("Guiju, or seen by a person", "the same, with `review`", seen)]


def _peer(name: str, texts: Sequence[str]) -> Judged:
    python = litellm_environment() if name == "litellm" else _environment()
    command = [str(python), str(Path(__file__).with_name("quality_peers.py")), name]
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "CRITICAL"}
    done = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, env=environment, check=False, timeout=1800
    )
    if done.returncode:
        raise PeerMissing((done.stderr.strip().splitlines() or ["it failed"])[-1])
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return Judged(f"{name.replace('_', ' ')} {told['version']}", told["how"], tuple(told["stopped"]))


def _environment() -> Path:
    """The Python of an environment with the smaller peers; made when it is not there yet."""
    folder = CACHE / "quality"
    python, done = folder / "bin" / "python", folder / ".installed"
    if done.exists():
        return python
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for command in ([sys.executable, "-m", "venv", str(folder)], [*pip, *_PACKAGES], [*pip, "--no-deps", *_ALONE]):
            subprocess.run(command, check=True, capture_output=True, timeout=600)
    except (subprocess.SubprocessError, OSError) as error:
        raise PeerMissing(f"cannot be installed: {error}") from error
    done.touch()
    return python


if __name__ == "__main__":
    main()
