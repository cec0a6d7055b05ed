"""``guiju label`` on many files: a line for each, a summary, and going on after a stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guiju.errors import FileUnusable
from guiju.labeling import many
from tests.cli.conftest import Run
from tests.media import samples
from tests.media.test_places import STORE, png

CODE = "001191110102MACQD9K64010000"
NAMES = ["png plain", "jpeg plain", "mp4 front", "mp3 plain", "markdown"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    for number, name in enumerate(NAMES):
        suffix, data = samples.get(name)
        path = root / ("sub" if number % 2 else ".") / f"{number}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / ".hidden.png").write_bytes(b"")
    (root / "0.png.aigc.json").write_bytes(b"{}")
    return root


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_folder_is_written_judged_and_read(guiju: Run, folder: Path, processes: str) -> None:
    out = folder.parent / "out"
    options = ("--processes", processes, "--json")
    ran = guiju("label", "write", folder, "--out", out, "--producer", CODE, *options)
    rows = lines(ran.out)
    assert (ran.status, len(rows)) == (0, 5)
    assert "written 5" in ran.err
    numbers = {row["label"]["ProduceID"] for row in rows}  # type: ignore[index]
    assert len(numbers) == 5
    assert sorted(path.relative_to(out) for path in out.rglob("*.*")) == sorted(
        one.below for one in many.find([str(folder)])
    )
    ran = guiju("label", "verify", out, *options)
    assert (ran.status, {row["verdict"] for row in lines(ran.out)}) == (0, {"compliant"})
    ran = guiju("label", "read", f"{out}/**/*.p*", *options)
    assert {Path(str(row["file"])).name for row in lines(ran.out)} == {"0.png"}
    ran = guiju("label", "verify", out / "0.png", out / "sub" / "1.jpg", folder / "0.png")
    assert (ran.status, len(ran.out.splitlines())) == (1, 3)
    assert "compliant 2" in ran.err and "no implicit label found 1" in ran.err


def test_a_run_goes_on_where_the_last_one_stopped(guiju: Run, folder: Path) -> None:
    log, out = folder.parent / "log.jsonl", folder.parent / "out"
    arguments = ("label", "write", folder, "--out", out, "--producer", CODE, "--log", log, "--json")
    broken = folder / "sub" / "broken.png"
    broken.write_bytes(samples.get("png plain")[1][:60])
    ran = guiju(*arguments)
    rows = lines(ran.out)
    assert (ran.status, len(rows), next(row for row in rows if "error" in row)["error"]["code"]) == (2, 6, "GJ-6102")  # type: ignore[index]
    kept = log.read_text().splitlines()
    log.write_text("\n".join(kept[:2]) + "\n" + kept[2][:20])  # as a stop leaves it
    broken.write_bytes(samples.get("png plain")[1])
    done = {json.loads(line)["source"] for line in kept[:2] if json.loads(line)["kind"] == "written"}
    ran = guiju(*arguments)
    assert ran.status == 0 and len(lines(ran.out)) == 6 - len(done)
    assert f"{len(done)} of them in the log before" in ran.err and "written 6" in ran.err
    assert guiju(*arguments).out == ""


def test_what_a_label_costs_is_told_for_every_file(guiju: Run, folder: Path) -> None:
    (folder / "signed.png").write_bytes(png(b"caBX", STORE))
    arguments = ("label", "write", folder, "--out", folder, "--producer", CODE)
    ran = guiju(*arguments)
    assert (ran.status, "GJ-6006" in ran.out, "written 5" in ran.err) == (2, True, True)
    ran = guiju(*arguments, "--allow-breaking-c2pa")
    assert (ran.status, ran.out.count("the C2PA manifest is invalid now"), ran.out.count(f"replaced: {CODE}")) == (
        0,
        1,
        5,
    )


def test_many_files_get_numbers_of_their_own(guiju: Run, folder: Path) -> None:
    ran = guiju("label", "write", folder, "--out", folder, "--producer", CODE, "--id", "x")
    assert (ran.status, "--id" in ran.err) == (2, True)
    ran = guiju("label", "write", folder / "0.png", "--out", folder / "0.png", "--producer", CODE)
    assert (ran.status, "--id" in ran.err) == (2, True)


def test_what_names_nothing_is_an_error(guiju: Run, folder: Path) -> None:
    with pytest.raises(FileUnusable):
        list(many.find([str(folder / "none*.png")]))
    ran = guiju("label", "verify", folder / "none*.png")
    assert (ran.status, "GJ-6106" in ran.err) == (2, True)


def test_signing_and_known_keys(guiju: Run, folder: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    made, path = ec.generate_private_key(ec.SECP256R1()), folder / "0.png"
    key, known = folder.parent / "key.pem", folder.parent / "known.pem"
    key.write_bytes(
        made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    known.write_bytes(made.public_key().public_bytes(serialization.Encoding.PEM, form))
    assert guiju("label", "write", path, "--out", path, "--producer", CODE, "--id", "1").status == 0
    ran = guiju("label", "sign", path, "--out", path, "--key", key, "--bind", "--json")
    assert (ran.status, "SecurityData" in ran.json["label"]["ReservedCode1"]) == (0, True)
    ran = guiju("label", "verify", path, "--keys", known, "--json")
    checks = {check["id"]: check["ok"] for check in ran.json["checks"]}
    assert ran.status == 0 and checks["guide.signature"] and checks["policy.signer_known"]
    ran = guiju("label", "verify", path, "--json")
    assert not {check["id"]: check["ok"] for check in ran.json["checks"]}["policy.signer_known"]
