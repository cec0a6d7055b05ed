"""``guiju label``: what scripts rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.media import samples
from tests.media.test_places import STORE, png

CODE = "001191110102MACQD9K64010000"
KEYS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    path.write_bytes(samples.get("png plain")[1])
    return path


def test_write_read_verify_propagate(guiju: Run, picture: Path) -> None:
    out = picture.with_name("out.png")
    ran = guiju("label", "write", picture, "--out", out, "--producer", CODE, "--id", "n-1", "--label", "2")
    assert (ran.status, "png/xmp" in ran.out) == (0, True)
    told = guiju("label", "read", out, "--json").json
    assert told["found"] is True and list(told["label"]) == KEYS
    assert told["label"] | {"Label": "2", "ContentProducer": CODE, "ProduceID": "n-1"} == told["label"]
    assert [place["placement"] for place in told["placements"]] == ["png/xmp"]
    assert (told["c2pa"], told["iptc"]) == (None, None)
    ran = guiju("label", "verify", out, "--json")
    assert (ran.status, ran.json["verdict"]) == (0, "compliant")
    assert all({"id", "clause", "ok", "kind", "message"} <= check.keys() for check in ran.json["checks"])
    ran = guiju(
        "label", "propagate", out, "--out", out, "--propagator", "00119144030008867405X220001", "--id", "p", "--json"
    )
    assert (ran.status, ran.json["label"]["PropagateID"], ran.json["label"]["ProduceID"]) == (0, "p", "n-1")


def test_no_label_is_told_as_such(guiju: Run, picture: Path) -> None:
    ran = guiju("label", "read", picture, "--json")
    assert (ran.status, ran.json["found"], ran.json["label"]) == (0, False, None)
    ran = guiju("label", "verify", picture, "--json")
    assert (ran.status, ran.json["verdict"]) == (1, "not_found")
    assert "no proof" in guiju("label", "read", picture).out


def test_unsupported_is_not_called_unlabelled(guiju: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"\x7fELF")
    ran = guiju("label", "verify", path, "--json")
    assert (ran.status, ran.json["verdict"]) == (1, "cannot_tell")
    ran = guiju("label", "read", path)
    assert (ran.status, "GJ-6101" in ran.err) == (2, True)


def test_a_replaced_label_is_told_or_kept(guiju: Run, picture: Path) -> None:
    arguments = ("label", "write", picture, "--out", picture, "--producer", CODE)
    assert guiju(*arguments, "--id", "1").status == 0
    ran = guiju(*arguments, "--id", "2")
    assert (ran.status, "replaced" in ran.err) == (0, True)
    ran = guiju(*arguments, "--id", "3", "--keep-existing")
    assert (ran.status, "GJ-6007" in ran.err) == (2, True)
    assert guiju("label", "read", picture, "--json").json["label"]["ProduceID"] == "2"


def test_a_manifest_is_broken_only_when_asked(guiju: Run, picture: Path) -> None:
    picture.write_bytes(png(b"caBX", STORE))
    arguments = ("label", "write", picture, "--out", picture, "--producer", CODE, "--id", "1")
    ran = guiju(*arguments)
    assert (ran.status, "GJ-6006" in ran.err) == (2, True)
    ran = guiju(*arguments, "--break-c2pa", "--json")
    assert (ran.status, ran.json["broken_c2pa"]) == (0, "png/caBX")
    assert guiju("label", "read", picture, "--json").json["c2pa"]["manifests"] == ["urn:c2pa:one", "urn:c2pa:two"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"--producer": "demo"}, "GJ-6004"), ({"--id": "a b"}, "GJ-6002"), ({"--label": "4"}, "--label")],
)
def test_wrong_values_are_not_written(guiju: Run, picture: Path, changed: dict[str, str], code: str) -> None:
    options = {"--producer": CODE, "--id": "1", "--label": "1", "--out": str(picture.with_name("out.png"))} | changed
    ran = guiju("label", "write", picture, *(word for pair in options.items() for word in pair))
    assert (ran.status, code in ran.err) == (2, True)
    assert list(picture.parent.iterdir()) == [picture]


def test_a_name_is_accepted_when_asked_for(guiju: Run, picture: Path) -> None:
    ran = guiju("label", "write", picture, "--out", picture, "--producer", "demo", "--id", "1", "--any-producer")
    assert ran.status == 0


def test_codes_are_explained(guiju: Run) -> None:
    assert "91110102MACQD9K640" in guiju("label", "code", CODE).out
    assert guiju("label", "code", CODE, "--json").json["uscc"] == "91110102MACQD9K640"
    made = guiju("label", "code", "91110102MACQD9K640", "--propagation", "--application", "A001", "--json").json["code"]
    assert made == "001191110102MACQD9K6402A001"
    assert guiju("label", "code", "91110102MACQD9K641").status == 2, "a wrong check character"
    ran = guiju("label", "code", CODE[:-1])
    assert (ran.status, "GJ-6004" in ran.err) == (2, True)
