"""``python -m tools.screenshots``: every screen of the console in both languages, taken anew into ``docs/screenshots/``.

Needs Chromium and a font with Chinese (``apt-get install chromium fonts-noto-cjk``) and the development dependencies. The
installation in the pictures is made by the program itself and gone afterwards; nothing of ``var/`` is shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "screenshots"
MOST_MB = 12
"""What all pictures together may weigh in the repository."""
HEAD = """# Screens 界面截图

Every screen of the console, taken by `make screenshots`; the data in them is made up by the program.
控制台的全部界面，由 `make screenshots` 生成；图中数据均为程序虚构。

| Screen 界面 | 中文 | English |
|---|---|---|
"""


def main() -> int:
    """Take the pictures, write the page that lists them; the exit status is that of the taking."""
    for old in FOLDER.glob("*/*.png"):
        old.unlink()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/journeys/screens/pictures.py"]
    status = subprocess.call(command, cwd=ROOT, env={**os.environ, "GUIJU_TEST_SCREENSHOTS": str(FOLDER)})
    (FOLDER / "README.md").write_text(HEAD + "".join(lines()), "utf-8")
    weight = sum(picture.stat().st_size for picture in FOLDER.glob("*/*.png")) / 1e6
    print(f"{len(list(FOLDER.glob('*/*.png')))} pictures, {weight:.1f} MB")
    return status or int(weight > MOST_MB)


def lines() -> list[str]:
    """A row of the page for each screen."""
    names = sorted(picture.stem for picture in (FOLDER / "zh").glob("*.png"))
    return [f"| {name} | ![{name}](zh/{name}.png) | ![{name}](en/{name}.png) |\n" for name in names]


if __name__ == "__main__":
    sys.exit(main())
