"""Making the pack: a folder, or a ZIP of it, that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from guiju.errors import FileUnusable, LabelNotKept, MediaUnsupported
from guiju.labeling import content_number, provider_code
from guiju.labeling.atomic import replacing
from guiju.labeling.explicit.mark import DEFAULT, Mark
from guiju.labeling.pack import samples
from guiju.labeling.pack.facts import Facts
from guiju.labeling.pack.page import page
from guiju.labeling.pack.running import Outcome, run, usable

_STAMP = (1980, 1, 1, 0, 0, 0)  # making the same twice gives the same archive


class Pack(msgspec.Struct, frozen=True):
    """What was made, and from what; ``own``: from the company's files, not from examples."""

    path: Path
    outcomes: tuple[Outcome, ...]
    own: bool

    @property
    def compliant(self) -> bool:
        """Whether every sample bears both labels as it must."""
        return all(one.compliant for one in self.outcomes)


def make(
    target: Path, facts: Facts, sources: Sequence[Path] = (), mark: Mark = DEFAULT,
    number: Callable[[], str] = content_number.new,
) -> Pack:  # fmt: skip
    """Label the files (examples, if there are none), check them, and write the pack.

    Args:
        target: a folder that does not exist yet, or a file named ``*.zip``.
        mark: the explicit label as the service puts it on; its position counts where a kind of file has it.
        number: gives the content number of each sample.

    Raises:
        FileUnusable: the target exists, or two samples have one name. MediaUnsupported: a file that takes no labels.
        ProviderCodeInvalid: the producer is no code. Others as `guiju.labeling.explicit.label` and ``check``.
    """
    provider_code.parse(facts.producer)
    if target.exists():
        raise FileUnusable(path=target.name, problem="exists")
    if len({one.name for one in sources}) != len(sources):
        raise FileUnusable(path=", ".join(one.name for one in sources), problem="two files of one name")
    for one in sources:
        if not usable(one):
            raise MediaUnsupported(suffix=one.suffix or "?")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".guiju-") as held:
        folder, raw = Path(held) / "pack", Path(held) / "raw"
        for one in (folder, folder / "samples", folder / "pictures", folder / "reports", raw):
            one.mkdir()
        outcomes = [run(one, folder, mark, facts.producer, number()) for one in sources or samples.write(raw)]
        for outcome in outcomes:
            _report(folder, outcome)
        (folder / "index.html").write_text(page(facts, outcomes, mark), "utf-8")
        _finish(folder, target)
    return Pack(target, tuple(outcomes), bool(sources))


def _report(folder: Path, outcome: Outcome) -> None:
    if outcome.implicit.reading is None:
        raise LabelNotKept(detail=outcome.name)
    told = {
        "file": outcome.file, "sha256": outcome.sha256,
        "explicit": {"verdict": outcome.report.verdict, "checks": outcome.report.checks, "found": outcome.report.found},
        "implicit": {"verdict": outcome.implicit.verdict, "checks": outcome.implicit.checks, "placement": outcome.placement, "label": outcome.label},
    }  # fmt: skip
    raw = msgspec.json.format(msgspec.json.encode(told), indent=2)
    (folder / "reports" / f"{outcome.name}.json").write_bytes(raw + b"\n")


def _finish(folder: Path, target: Path) -> None:
    if target.suffix.lower() != ".zip":
        shutil.move(folder, target)
        return
    with replacing(target, folder / "index.html") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(f"{target.stem}/{path.relative_to(folder).as_posix()}", _STAMP)
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
