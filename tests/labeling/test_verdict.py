"""Verdicts: what breaks the standard, what only deviates from a guide, and what cannot be told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guiju.errors import FileUnusable
from guiju.labeling import files, verdict
from guiju.labeling.implicit import KEYS, Label
from guiju.labeling.verdict import Report, Verdict
from tests.labeling.real import real
from tests.media import samples
from tests.media.test_places import APP1, exif, jpeg, packet, png

CODE = "001191110102MACQD9K64010000"
LABEL = Label.first(CODE, "7f3a9c")
GOOD = LABEL.to_json()


def changed(**values: object) -> str:
    return json.dumps(
        {k: v for k, v in (LABEL.keys() | values).items() if v is not ...}, ensure_ascii=False, separators=(",", ":")
    )


def xmp_jpeg(value: str) -> bytes:
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return jpeg(0xE1, APP1 + packet(f"><TC260:AIGC>{escaped}</TC260:AIGC></rdf:Description>"))


def comment(value: str) -> bytes:
    return jpeg(0xE1, exif(0x9286, b"ASCII\0\0\0" + value.encode()))


def judged(folder: Path, suffix: str, data: bytes) -> Report:
    path = folder / f"file{suffix}"
    path.write_bytes(data)
    return verdict.verify(path)


def failed(report: Report) -> set[str]:
    return {check.id for check in report.checks if not check.ok}


WRAPPED = LABEL.to_json(wrapped=True)
CASES = [
    ("good", ".jpg", xmp_jpeg(GOOD), Verdict.COMPLIANT, set()),
    ("wrapped where the guide has it so", ".jpg", comment(WRAPPED), Verdict.COMPLIANT, set()),
    ("tEXt, wrapped", ".png", png(b"tEXt", b"AIGC\0" + WRAPPED.encode()), Verdict.COMPLIANT, set()),
    ("tEXt, bare", ".png", png(b"tEXt", b"AIGC\0" + GOOD.encode()), Verdict.COMPLIANT, {"guide.form"}),
    ("wrapped in XMP", ".jpg", xmp_jpeg(WRAPPED), Verdict.COMPLIANT, {"guide.form"}),
    ("glued into a segment", ".jpg", jpeg(0xEB, f"AIGC{GOOD}".encode()), Verdict.COMPLIANT, {"guide.placement"}),
    ("no word AIGC", ".jpg", comment(GOOD), Verdict.NONCOMPLIANT, {"std.keyword", "guide.form"}),
    ("Label: AIGC", ".jpg", xmp_jpeg(changed(Label="AIGC")), Verdict.NONCOMPLIANT, {"std.label"}),
    ("null", ".jpg", xmp_jpeg(changed(ReservedCode1=None)), Verdict.NONCOMPLIANT, {"std.keys"}),
    ("a number", ".jpg", xmp_jpeg(changed(Label=1)), Verdict.NONCOMPLIANT, {"std.keys"}),
    ("a key missing", ".jpg", xmp_jpeg(changed(ReservedCode2=...)), Verdict.NONCOMPLIANT, {"std.keys"}),
    ("a key too many", ".jpg", xmp_jpeg(changed(ServiceUser="x")), Verdict.NONCOMPLIANT, {"std.keys"}),
    ("no producer", ".jpg", xmp_jpeg(changed(ContentProducer="")), Verdict.NONCOMPLIANT, {"std.producer", "policy.coded"}),
    ("no number", ".jpg", xmp_jpeg(changed(ProduceID="")), Verdict.NONCOMPLIANT, {"std.number"}),
    ("no propagator", ".jpg", xmp_jpeg(changed(ContentPropagator="", PropagateID="")), Verdict.COMPLIANT, {"policy.propagator", "policy.propagate_id"}),
    ("a name", ".jpg", xmp_jpeg(changed(ContentProducer="kling")), Verdict.COMPLIANT, {"policy.coded"}),
    ("Chinese", ".jpg", xmp_jpeg(changed(ProduceID="文件/1")), Verdict.COMPLIANT, {"policy.charset", "policy.number_private"}),
    ("a path", ".jpg", xmp_jpeg(changed(ProduceID="/home/wang/1.png")), Verdict.COMPLIANT, {"policy.number_private"}),
    ("a wrong code", ".jpg", xmp_jpeg(changed(ContentProducer=CODE[:9] + "5" + CODE[10:])), Verdict.COMPLIANT, {"guide.producer_code"}),
    ("a propagator as producer", ".jpg", xmp_jpeg(changed(ContentProducer="00119144030008867405X220001")), Verdict.COMPLIANT, {"guide.producer_code"}),
    ("encoded twice", ".jpg", xmp_jpeg(json.dumps(GOOD)), Verdict.COMPLIANT, {"policy.encoded_once"}),
    ("no JSON", ".jpg", xmp_jpeg("yes"), Verdict.NONCOMPLIANT, {"std.json", "policy.coded"}),
    ("none", ".jpg", samples.get("jpeg plain")[1], Verdict.NOT_FOUND, {"label.present"}),
    ("none that can be read", ".jpg", jpeg(0xE1, APP1 + b"<x:xmpmeta"), Verdict.CANNOT_TELL, {"label.present", "places.readable"}),
    ("cut short", ".jpg", samples.get("jpeg plain")[1][:40], Verdict.CANNOT_TELL, {"file.readable"}),
    ("unknown", ".exe", b"MZ", Verdict.CANNOT_TELL, {"file.readable"}),
    ("own practice", ".html", f"<meta name=AIGC content='{GOOD}'>".encode(), Verdict.COMPLIANT, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("suffix", "data", "expected", "failing"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_verdicts(tmp_path: Path, suffix: str, data: bytes, expected: Verdict, failing: set[str]) -> None:
    report = judged(tmp_path, suffix, data)
    assert (report.verdict, failed(report)) == (expected, failing)
    broken = [check for check in report.checks if check.kind == "standard" and not check.ok]
    assert (report.verdict is Verdict.NONCOMPLIANT) == bool(broken)
    for check in report.checks:
        assert check.message("zh") != check.message("en") and check.zh and check.en
        assert bool(check.detail) != check.ok


def test_two_labels_break_6_1_c_even_when_they_agree(tmp_path: Path) -> None:
    both = jpeg(0xE1, exif(0x9286, b"ASCII\0\0\0" + WRAPPED.encode()))
    both = both[:2] + xmp_jpeg(GOOD)[2 : 2 + 4 + len(xmp_jpeg(GOOD)) - len(samples.get("jpeg plain")[1]) - 4] + both[2:]
    report = judged(tmp_path, ".jpg", both)
    assert (report.verdict, failed(report)) == (Verdict.NONCOMPLIANT, {"std.single"})
    assert "jpeg/xmp, jpeg/exif.UserComment" in report.checks[3].detail


def test_a_sidecar_of_other_content_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    files.write(path, path, LABEL)
    assert verdict.verify(path).verdict is Verdict.COMPLIANT
    path.write_text("two")
    assert verdict.verify(path).verdict is Verdict.CANNOT_TELL
    (tmp_path / "a.txt.aigc.json").write_text("{")
    assert verdict.verify(path).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize("name", samples.names())
def test_what_guiju_writes_passes_every_check(tmp_path: Path, name: str) -> None:
    path = tmp_path / ("file" + samples.get(name)[0])
    path.write_bytes(samples.get(name)[1])
    files.write(path, path, LABEL)
    report = verdict.verify(path)
    assert (report.verdict, failed(report)) == (Verdict.COMPLIANT, set())


def test_real_labels(tmp_path: Path) -> None:
    doubao, jimeng = verdict.verify(real("doubao_labelled.png")), verdict.verify(real("jimeng_labelled.png"))
    assert (doubao.verdict, failed(doubao)) == (Verdict.COMPLIANT, {"policy.propagator", "policy.propagate_id"})
    assert (jimeng.verdict, failed(jimeng)) == (Verdict.COMPLIANT, set())


def test_a_missing_file_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable):
        verdict.verify(tmp_path / "none.png")


def test_the_ids_are_stable() -> None:
    assert list(verdict.rules()) == [
        "file.readable", "label.present", "places.readable", "std.single", "std.keyword", "std.json", "std.keys",
        "std.label", "std.producer", "std.number", "guide.placement", "guide.form", "guide.namespace",
        "guide.producer_code", "guide.propagator_code", "policy.propagator", "policy.propagate_id", "policy.charset",
        "policy.encoded_once", "policy.coded", "policy.number_private", "policy.bound",
        "guide.signature", "guide.signed_once", "policy.signer_known", "policy.content_bound",
    ]  # fmt: skip
    assert set(KEYS) == set(LABEL.keys())
