"""Conformance vectors: small files with the verdict a verifier of GB 45438-2025 should reach, for anybody to run.

``python -m tests.labeling.vectors`` makes ``tests/labeling/vectors/`` again; docs/conformance.md says how to use it. The
files are made by Guiju's own writers and by ffmpeg and Pillow; what is expected of them is written down here and not what
the verifier happened to say: making them again fails where the two differ.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from guiju.labeling import files, keys, security, shapes, sm2, verdict
from guiju.labeling.keys import PrivateKey
from guiju.media import carrier_of, comments, id3, riff
from guiju.media.boxes import box
from guiju.media.limits import LIMITS
from tests.labeling.test_verdict import CASES, LABEL, WRAPPED, changed
from tests.media import samples

FOLDER: Final = Path(__file__).parent / "vectors"
OTHER = "00119144030008867405X220001"
GOOD = LABEL.to_json()


class Vector(msgspec.Struct, frozen=True):
    """A file, why it is there, and what a verifier should say: the verdict, and the checks of Guiju that fail."""

    name: str
    about: str
    data: bytes
    verdict: str
    failed: frozenset[str] = frozenset()
    beside: bytes | None = None


def vectors() -> Iterator[Vector]:
    """All of them."""
    for number, (about, suffix, data, expected, failing) in enumerate(CASES):
        yield Vector(f"clauses/{number:02}-{_slug(about)}{suffix}", about, data, expected.value, frozenset(failing))
    for name in samples.names():
        yield from _of_format(name)
    yield from _wild()
    yield from _signed()
    yield Vector(
        "sidecar/same.txt", "a label beside the file, made for it", b"one", "compliant", beside=_beside(b"one")
    )
    yield Vector(
        "sidecar/other.txt", "a label beside the file, made for another", b"two", "cannot_tell",
        frozenset({"policy.bound"}), _beside(b"one"),
    )  # fmt: skip


def _of_format(name: str) -> Iterator[Vector]:
    suffix, data = samples.get(name)
    slug = name.replace(" ", "-")
    if len(data) < 5000 or name.endswith(("plain", "front")):
        yield Vector(
            f"formats/{slug}{suffix}", f"{name}, labelled where the guide says", _with(suffix, data, GOOD), "compliant"
        )


def _wild() -> Iterator[Vector]:
    """Places outside images that files in the wild use, and what breaks the standard in them."""
    film = samples.get("mp4 front")[1]
    item = box(b"----", box(b"mean", bytes(4) + b"x") + box(b"name", bytes(4) + b"AIGC") + _data(GOOD))
    yield _film("freeform", "an iTunes item ---- named AIGC", film, item, "compliant", {"guide.placement"})
    item = box(b"\xa9cmt", _data(f"AIGC{GOOD}"))
    yield _film("glued", "inside the comment of an iTunes list", film, item, "compliant", {"guide.placement"})
    twice = _with(".mp4", film, GOOD)
    yield _film(
        "twice", "in keys, and in an iTunes list", twice, box(b"----", box(b"name", bytes(4) + b"AIGC") + _data(GOOD)),
        "noncompliant", {"std.single", "guide.placement"},
    )  # fmt: skip
    sounds: list[tuple[str, str, str, set[str]]] = [
        ("wrapped", WRAPPED, "compliant", {"guide.form"}),
        ("null", changed(ReservedCode1=None), "noncompliant", {"std.keys"}),
        ("text", "yes", "noncompliant", {"std.json", "policy.coded"}),
    ]
    for name in (
        "mp3 plain",
        "wav plain",
        "flac plain",
        "ogg plain",
        "opus labelled",
        "mkv plain",
        "flv plain",
        "avi plain",
    ):
        suffix, data = samples.get(name)
        for kind, value, expected, failing in sounds:
            if len(data) < 7000:
                path = f"wild/{name.split()[0]}-{kind}{suffix}"
                yield Vector(
                    path, f"{name.split()[0]}: {kind}", _with(suffix, data, value), expected, frozenset(failing)
                )
    wav = samples.get("wav plain")[1]
    yield Vector(
        "wild/wav-info.wav", "LIST/INFO of a WAV", _appended(wav, riff.packed(b"LIST", riff.write_info(b"INFO", GOOD, LIMITS))),
        "compliant", frozenset({"guide.placement"}),
    )  # fmt: skip
    mp3 = samples.get("mp3 untagged")[1]
    both = id3.write(None, GOOD, LIMITS) + id3.write(None, GOOD, LIMITS) + mp3
    yield Vector("wild/mp3-twice.mp3", "two ID3 tags, a label in each", both, "noncompliant", frozenset({"std.single"}))
    flac = samples.get("flac plain")[1]
    yield Vector(
        "wild/flac-cut.flac", "cut short before its frames", flac[:60], "cannot_tell", frozenset({"file.readable"})
    )
    held = comments.write(comments.parse(b"\1\0\0\0x\0\0\0\0", LIMITS), GOOD, LIMITS)
    double = flac[:42] + b"\4" + struct.pack(">I", len(held))[1:] + held + flac[42:]
    yield Vector("wild/flac-plain-twice.flac", "a comment block before the one of the encoder", double, "compliant")


def _signed() -> Iterator[Vector]:
    """Security data: signed by SM2, over the hash as MiniMax does, moved to other content, and changed afterwards."""
    key, png = _key(), samples.get("png plain")[1]
    unknown = {"policy.signer_known"}
    bound = security.sign(LABEL, key, binding=_binding(png))
    yield Vector(
        "signed/sm2.png",
        "signed by SM2 and bound to the content",
        _with(".png", png, bound.to_json()),
        "compliant",
        frozenset(unknown),
    )
    moved = samples.saved(samples.picture().rotate(90), "PNG")
    yield Vector(
        "signed/moved.png", "the same label on other pixels", _with(".png", moved, bound.to_json()), "compliant",
        frozenset({*unknown, "policy.content_bound"}),
    )  # fmt: skip
    altered = msgspec.structs.replace(security.sign(LABEL, key), ProduceID="another")
    yield Vector(
        "signed/altered.png", "the number changed after signing", _with(".png", png, altered.to_json()), "compliant",
        frozenset({"guide.signature"}),
    )  # fmt: skip
    code = json.loads(security.sign(LABEL, key).ReservedCode1)
    code["SecurityData"]["PubSD"][0]["Signature"] = key.sign(sm2.sm3(security.message(LABEL))).hex()
    hashed = msgspec.structs.replace(LABEL, ReservedCode1=json.dumps(code, separators=(",", ":")))
    yield Vector(
        "signed/prehashed.png", "signed over the hash of the message", _with(".png", png, hashed.to_json()), "compliant",
        frozenset({*unknown, "guide.signed_once"}),
    )  # fmt: skip


def write(folder: Path) -> list[dict[str, object]]:
    """Write the files and what is expected of them; every one is verified first.

    Raises:
        AssertionError: the verifier says something else.
    """
    rows: list[dict[str, object]] = []
    for vector in vectors():
        path = folder / vector.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(vector.data)
        if vector.beside is not None:
            path.with_name(path.name + ".aigc.json").write_bytes(vector.beside)
        report = verdict.verify(path)
        failed = {check.id for check in report.checks if not check.ok}
        assert (report.verdict.value, failed) == (vector.verdict, vector.failed), (vector.name, report.verdict, failed)
        rows.append(_row(vector, report))
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "expected.jsonl").write_text(text + "\n", "utf-8")
    for name in GOLDEN:
        report_of(folder / name, folder / "reports" / f"{name.replace('/', '_')}.json")
    return rows


GOLDEN: Final = (
    "clauses/00-good.jpg", "clauses/07-label-aigc.jpg", "wild/mp4-twice.mp4", "signed/sm2.png", "signed/moved.png",
    "sidecar/other.txt", "wild/flac-cut.flac",
)  # fmt: skip
"""Files whose whole report is kept, too."""


def report_of(path: Path, target: Path) -> None:
    """Write the report on a file, in Chinese and English."""
    target.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps(shapes.report(verdict.verify(path)), ensure_ascii=False, indent=1)
    target.write_text(told + "\n", "utf-8")


def _row(vector: Vector, report: verdict.Report) -> dict[str, object]:
    reading = report.reading
    label = None if reading is None or reading.label is None else reading.label.keys()
    return {
        "file": vector.name,
        "about": vector.about,
        "sha256": hashlib.sha256(vector.data).hexdigest(),
        "verdict": vector.verdict,
        "failed": sorted(vector.failed),
        "breaches": [check.clause for check in report.checks if check.kind == "standard" and not check.ok],
        "label": label,
        "placements": [] if reading is None else [place.found.placement for place in reading.places],
    }


def _with(suffix: str, data: bytes, value: str) -> bytes:
    out = io.BytesIO()
    carrier_of(io.BytesIO(data), suffix).write(io.BytesIO(data), out, value)
    return out.getvalue()


def _beside(data: bytes) -> bytes:
    return _with(".txt", data, GOOD)


def _film(name: str, about: str, film: bytes, item: bytes, expected: str, failing: set[str]) -> Vector:
    """A film with an item more in its iTunes list; nothing behind ``moov`` moves, so it goes to the end of the file."""
    at = film.index(b"moov") - 4
    size = struct.unpack_from(">I", film, at)[0]
    moov = film[at + 8 : at + size]
    handler = box(b"hdlr", bytes(8) + b"mdir" + bytes(13))
    meta = box(b"udta", box(b"meta", bytes(4) + handler + box(b"ilst", item)))
    moved = film[:at] + box(b"free", moov) + film[at + size :] + box(b"moov", moov + meta)
    return Vector(f"wild/mp4-{name}.mp4", about, moved, expected, frozenset(failing))


def _data(text: str) -> bytes:
    return box(b"data", struct.pack(">II", 1, 0) + text.encode())


def _appended(wav: bytes, chunk: bytes) -> bytes:
    return wav[:4] + struct.pack("<I", len(wav) + len(chunk) - 8) + wav[8:] + chunk


def _key() -> PrivateKey:
    """The private key of the vector in GB/T 32918.5-2017: known to all, and good for nothing else."""
    number = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
    point = b"\4" + b"".join(part.to_bytes(32, "big") for part in sm2.public_of(number))
    spki = bytes.fromhex("3059301306072A8648CE3D020106082A811CCF5501822D034200") + point
    return PrivateKey(keys.public(spki), number)


def _binding(data: bytes) -> security.Binding:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.png"
        path.write_bytes(data)
        return files.bound_to(path)


def _slug(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower()).strip("-").replace("--", "-")


def main(make: Callable[[Path], list[dict[str, object]]] = write) -> int:
    """Make the folder again; prints how many files and bytes."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if folder == FOLDER and folder.exists():
        shutil.rmtree(folder)
    rows = make(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{len(rows)} files, {size} bytes in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
