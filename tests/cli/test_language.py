from __future__ import annotations

import pytest

from guiju.cli import language


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "ZH_CN.GBK"}, "zh"),
        ({"LANG": "", "LC_ALL": ""}, "en"),
    ],
)
def test_the_locale_decides(monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], expected: str) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    assert language.current() == expected
    assert language.say("中", "E") == ("中" if expected == "zh" else "E")


def test_the_option_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    language.choose("zh")
    assert language.current() == "zh"
    language.choose(None)
    assert language.current() == "en"
