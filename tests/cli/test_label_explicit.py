"""``guiju label explicit``: what scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from guiju.cli import label_explicit
from guiju.labeling import explicit
from tests.cli.conftest import Run
from tests.labeling.explicit.grounds import ground

CODE = "001191110102MACQD9K64010000"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    ground("photo").save(path)
    return path


def test_make_and_check(guiju: Run, picture: Path) -> None:
    out = picture.with_name("out.png")
    assert guiju("label", "write", picture, "--out", picture, "--producer", CODE, "--id", "n-1").status == 0
    ran = guiju("label", "explicit", picture, "--out", out, "--check", "--json")
    assert ran.status == 0
    told = ran.json
    assert (told["verdict"], told["implicit"], told["medium"]) == ("compliant", "kept", "picture")
    assert all({"id", "clause", "ok", "kind", "message", "measured"} <= check.keys() for check in told["checks"])
    assert guiju("label", "read", out, "--json").json["label"]["ProduceID"] == "n-1"
    ran = guiju("label", "explicit", picture, "--out", out)
    assert (ran.status, "the implicit label stands as it was" in ran.err) == (0, True)


def test_what_is_missing_is_told_and_marked(guiju: Run, picture: Path) -> None:
    shown = picture.with_name("shown.png")
    ran = guiju("label", "explicit", picture, "--check", "--picture", shown)
    assert (ran.status, "no proof of human origin" in ran.out) == (1, True)
    with Image.open(shown) as image:
        assert image.height > 320, "the checks stand below the picture"


def test_a_preset_moves_the_words(guiju: Run, picture: Path) -> None:
    out = picture.with_name("out.png")
    ran = guiju("label", "explicit", picture, "--out", out, "--preset", "weibo", "--words", "豆包AI生成", "--json")
    assert (ran.status, ran.json["words"]) == (0, "custom:豆包AI生成")
    assert guiju("label", "explicit", out, "--check", "--json").json["found"][0]["where"] == "top-right"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--words", "可灵AI"), "GJ-6001"), (("--words", "𰻝AI生成"), "GJ-6032"), (("--position", "start"), "GJ-6031"),
        (("--preset", "nowhere"), "GJ-6031"), (("--font", "missing.ttf"), "GJ-6106"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_names_its_error(guiju: Run, picture: Path, arguments: tuple[str, ...], code: str) -> None:
    ran = guiju("label", "explicit", picture, "--out", picture.with_name("out.png"), *arguments)
    assert (ran.status, code in ran.err) == (2, True)
    assert not picture.with_name("out.png").exists()


def test_arguments_that_say_nothing(guiju: Run, picture: Path) -> None:
    assert guiju("label", "explicit", picture).status == 2
    assert guiju("label", "explicit", picture, "--out", picture, "--picture", picture).status == 2


@pytest.mark.parametrize("name", ["scene", "interface"])
def test_guides(guiju: Run, name: str) -> None:
    ran = guiju("label", "explicit", "--guide", name, "--json")
    assert ran.status == 0 and len(ran.json["items"]) >= 6
    assert all(item["clause"] and item["how_zh"] for item in ran.json["items"])
    assert "5.5" in guiju("label", "explicit", "--guide", "scene").out


def test_choices_are_those_of_the_library() -> None:
    assert [one.value for one in label_explicit.Form] == [one.value for one in explicit.Form]
    assert [one.value for one in label_explicit.Span] == [one.value for one in explicit.Span]
    assert set(label_explicit.VERDICTS) == {one.value for one in explicit.Verdict}
    assert set(label_explicit.KEPT) == {one.value for one in explicit.Kept}


def test_a_pack_is_made_from_the_companys_own_outputs(guiju: Run, picture: Path) -> None:
    out = picture.with_name("pack.zip")
    facts = ("--company", "某某公司", "--service", "绘画", "--producer", CODE)
    ran = guiju("label", "pack", out, *facts, "--sample", picture, "--json")
    assert (ran.status, ran.json["compliant"], ran.json["own_samples"]) == (0, True, True)
    assert ran.json["samples"][0]["explicit"] == "compliant" and out.exists()
    ran = guiju("label", "pack", out, *facts, "--sample", picture)
    assert (ran.status, "GJ-6106" in ran.err) == (2, True)


def test_many_files(guiju: Run, picture: Path) -> None:
    folder = picture.with_name("in")
    (folder / "deep").mkdir(parents=True)
    for name in ("a.png", "deep/b.jpg"):
        ground("photo").save(folder / name)
    (folder / "c.csv").write_text("1,2")
    out = picture.with_name("out")
    ran = guiju("label", "explicit", folder, "--out", out, "--check", "--json", "--processes", "1")
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.status == 1 and [row.get("verdict") for row in rows].count("compliant") == 2
    assert [row["error"]["code"] for row in rows if "error" in row] == ["GJ-6101"]
    assert (out / "a.png").exists() and (out / "deep" / "b.jpg").exists() and not (out / "c.csv").exists()
    (folder / "c.csv").unlink()
    ran = guiju("label", "explicit", folder, "--out", out)
    assert (ran.status, "files: 2" in ran.err, ran.out.count("picture")) == (0, True, 2)
    ran = guiju("label", "explicit", folder, "--check")
    assert (ran.status, ran.out.count("no proof of human origin")) == (1, 2)
