"""``guiju label watermark``: what scripts rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.labeling.watermark.pictures import landscape

CODE = "001191110102MACQD9K64010000"


@pytest.fixture
def marked(guiju: Run, tmp_path: Path) -> Path:
    landscape().save(tmp_path / "cat.png")
    (tmp_path / "secret").write_text("5a" * 32 + "\n")
    guiju("label", "write", tmp_path / "cat.png", "--out", tmp_path / "cat.png", "--producer", CODE, "--id", "n-1")
    out = tmp_path / "marked.png"
    ran = guiju(
        "label", "watermark", "embed", tmp_path / "cat.png", "--out", out, "--secret", tmp_path / "secret", "--json"
    )
    assert (ran.status, ran.json["content_number"], ran.json["medium"]) == (0, "n-1", "image")
    assert ran.json["strength_db"] >= 40
    return out


def test_the_content_number_comes_from_the_label_and_back_from_those_issued(guiju: Run, marked: Path) -> None:
    secret, issued = marked.with_name("secret"), marked.with_name("issued")
    issued.write_text("n-0\nn-1\n")
    ran = guiju("label", "watermark", "detect", marked, "--secret", secret, "--issued", issued, "--json")
    assert (ran.status, ran.json["verdict"], ran.json["content_number"]) == (0, "read", "n-1")
    assert ran.json["false_positive_rate"] <= 1e-6 and ran.json["foreign"] == []
    other = guiju("label", "watermark", "detect", marked, "--secret", secret, "--id", "n-2", "--json")
    assert (other.status, other.json["content_number"]) == (0, None)
    assert guiju("label", "read", marked, "--json").json["label"]["ProduceID"] == "n-1"


def test_presence_and_a_finders_key_tell_no_number(guiju: Run, marked: Path) -> None:
    secret, key = marked.with_name("secret"), marked.with_name("finder")
    assert guiju("label", "watermark", "share", "--out", key, "--secret", secret).status == 0
    assert key.stat().st_mode & 0o077 == 0
    for option in (["--secret", secret, "--presence"], ["--finder", key]):
        ran = guiju("label", "watermark", "detect", marked, *option, "--json")
        assert (ran.status, ran.json["verdict"], ran.json["number"]) == (0, "present", None)
    assert guiju("label", "watermark", "share", "--out", key, "--secret", secret).status == 2


def test_unmarked_files_and_wrong_keys_end_as_documented(guiju: Run, marked: Path) -> None:
    cat, secret = marked.with_name("cat.png"), marked.with_name("secret")
    ran = guiju("label", "watermark", "detect", cat, "--secret", secret, "--json")
    assert (ran.status, ran.json["verdict"], ran.json["found"]) == (1, "not_found", False)
    secret.write_text("short\n")
    assert guiju("label", "watermark", "detect", cat, "--secret", secret).status == 2
    assert guiju("label", "watermark", "detect", cat, "--finder", secret).status == 2
