"""An independent program opens what was written: LibreOffice turns every labelled document into text and pages, in one run."""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

import pytest

from guiju.labeling import explicit, files
from guiju.labeling.explicit import Mark
from guiju.labeling.implicit import Label
from tests.labeling.explicit.test_office import presentation, workbook
from tests.labeling.explicit.test_writing import document

LABEL = Label.first("001191110102MACQD9K64010000", "n-1")
WORDS = "本内容由AI生成"
SOFFICE, PDFTOTEXT = shutil.which("soffice"), shutil.which("pdftotext")
PLACES = {
    "docx-start": Mark(), "docx-header": Mark(position="header"), "docx-footer": Mark(position="footer"),
    "xlsx-start": Mark(), "xlsx-end": Mark(position="end"), "pptx-every": Mark(), "pptx-start": Mark(position="start"),
}  # fmt: skip
MAKE = {"docx": document, "xlsx": workbook, "pptx": presentation}

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (SOFFICE and PDFTOTEXT),
        reason="needs soffice and pdftotext: apt-get install --no-install-recommends libreoffice-writer-nogui "
        "libreoffice-calc-nogui libreoffice-impress-nogui poppler-utils",
    ),
]


def _convert(folder: Path, kind: str, sources: list[Path]) -> None:
    """One run of LibreOffice over all ``sources``, with a profile of its own."""
    command = [SOFFICE or "", "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"]
    command += ["--convert-to", kind, "--outdir", str(folder / kind), *map(str, sources)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with every labelled document, and what LibreOffice made of them."""
    folder = tmp_path_factory.mktemp("office")
    for name, mark in PLACES.items():
        kind = name.partition("-")[0]
        made = MAKE[kind](folder).rename(folder / f"{name}.{kind}")
        explicit.label(made, made, mark)
        files.write(made, made, LABEL)
    _convert(folder, "pdf", sorted(folder.glob("*-*")))
    _convert(folder, "fodt", [folder / "docx-start.docx"])
    return folder


@pytest.mark.parametrize("name", PLACES)
def test_the_words_stand_on_its_pages(name: str, opened: Path) -> None:
    page = opened / "pdf" / f"{name}.pdf"
    assert page.exists(), "LibreOffice did not open it"
    text = subprocess.run(
        [PDFTOTEXT or "", "-layout", str(page), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert WORDS in text.replace(" ", "")
    kind = name.partition("-")[0]
    assert {"docx": "第0节第0段", "xlsx": "说明文字", "pptx": "第0页标题"}[kind] in text.replace(" ", "")


def test_the_label_is_a_property_that_it_knows(opened: Path) -> None:
    flat = html.unescape((opened / "fodt" / "docx-start.fodt").read_text("utf-8"))
    assert f'meta:name="AIGC">{LABEL.to_json()}<' in flat
