"""No screen says a word that was not given for translation: neither a template, nor a form, nor a notice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CONSOLE = Path(__file__).parent.parent.parent / "src" / "guiju" / "console"
_MARKUP = re.compile(r"\{% blocktranslate\b.*?\{% endblocktranslate %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_CLASSES = re.compile(r"\{% block body_class %\}.*?\{% endblock %\}")
_ATTRIBUTES = re.compile(r"""\b(?:title|alt|placeholder|aria-label|data-label)=(?:"([^"]*)"|'([^']*)')""")
_UNSPOKEN = re.compile(r"<(script|style|svg|code|kbd|pre)\b.*?</\1>", re.DOTALL)
_WORD = re.compile(r"\b[A-Za-z]{2,}\b|[\u4e00-\u9fff]+")
NAMES = {
    "Guiju", "规矩", "简体中文", "English", "Cohen", "Markdown", "CSV", "JSON", "PDF", "HTML", "SHA", "URN", "HTTP", "IPTC",
    "PostgreSQL", "SQLite", "标识办法", "Art",
}  # fmt: skip
"""Words that are the same in both languages: names, formats, and the languages' own names."""
_SPOKEN = {"label", "help_text", "empty_label", "verbose_name"}
_NOTICES = {"success", "warning", "error", "info"}


def literals(template: str) -> set[str]:
    """Words that a template says in one language only."""
    text = _MARKUP.sub(" ", _CLASSES.sub(" ", template))
    said = [one or other for one, other in _ATTRIBUTES.findall(text)]
    text = re.sub(r"<[^>]*>", " ", _UNSPOKEN.sub(" ", text))
    return {word for piece in (*said, text) for word in _WORD.findall(piece)} - NAMES


def untold(source: str) -> Iterator[str]:
    """Literal labels of fields and literal notices in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        given = [keyword.value for keyword in node.keywords if keyword.arg in _SPOKEN]
        if isinstance(node.func, ast.Attribute) and node.func.attr in _NOTICES and len(node.args) > 1:
            given.append(node.args[1])
        if isinstance(node.func, ast.Attribute) and node.func.attr == "add_error" and len(node.args) > 1:
            given.append(node.args[1])
        for value in given:
            literal = isinstance(value, ast.JoinedStr) or (
                isinstance(value, ast.Constant) and isinstance(value.value, str)
            )
            if literal and _WORD.search(ast.unparse(value)):
                yield ast.unparse(value)


def test_templates_say_nothing_untranslated() -> None:
    found = {
        path.relative_to(CONSOLE).as_posix(): literals(path.read_text("utf-8")) for path in CONSOLE.rglob("*.html")
    }
    assert {path: words for path, words in found.items() if words} == {}
    assert len(found) > 50


def test_forms_and_notices_say_nothing_untranslated() -> None:
    found = {path.name: list(untold(path.read_text("utf-8"))) for path in CONSOLE.rglob("*.py")}
    assert {path: words for path, words in found.items() if words} == {}


def test_what_is_untranslated_is_seen() -> None:
    assert literals('<p title="Close">{% translate "Open" %} Save</p><b>{{ name }} 保存</b>') == {
        "Close",
        "Save",
        "保存",
    }
    assert literals("{% blocktranslate %}Page{% endblocktranslate %} <code>curl</code> CSV") == set()
    assert list(untold('forms.CharField(label="Name"); messages.success(request, f"{n} done")')) == [
        "'Name'",
        "f'{n} done'",
    ]
    assert list(untold('forms.CharField(label=_("Name")); messages.success(request, _("Done."))')) == []
