"""Documents made from templates of fields, as Markdown and as a page to print. Nothing is blank: what is missing says so.

A template is data (sections of fields with Chinese and English names); the values come by field id. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

import msgspec

_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a document."""

    id: str
    zh: str
    en: str


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields under one heading."""

    zh: str
    en: str
    fields: tuple[Field, ...]


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of document."""

    id: str
    zh: str
    en: str
    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in the order of the page."""
        return tuple(one for section in self.sections for one in section.fields)


@dataclass(frozen=True)
class Paper:
    """A document to be read before it is sent. ``missing``: fields that are not filled, in the order of the page."""

    markdown: str
    html: str
    missing: tuple[Field, ...]


def write(template: Template, values: Mapping[str, str], remark: str, banner: str = "") -> Paper:
    """The document of ``template`` with ``values`` in its fields.

    Args:
        values: by field id; one that is absent or blank is marked in its place and listed at the top.
        remark: what stands at the end, such as where the arrangement comes from. ``banner``: before the title.
    """
    missing = tuple(one for one in template.fields if not values.get(one.id, "").strip())
    title = f"{banner}{template.zh} / {template.en}"
    markdown = "\n".join(_markdown(template, title, values, missing, remark)) + "\n"
    return Paper(markdown, _html(template, title, values, missing, remark), missing)


def _gap(one: Field) -> str:
    return f"【待填：{one.zh} / to be filled: {one.en}】"


def _value(one: Field, values: Mapping[str, str]) -> str:
    return values.get(one.id, "").strip() or _gap(one)


def _markdown(
    template: Template, title: str, values: Mapping[str, str], missing: tuple[Field, ...], remark: str
) -> Iterator[str]:
    yield f"# {title}"
    if missing:
        yield from ("", f"**待填 {len(missing)} 项 / {len(missing)} fields to be filled**", "")
        yield from (f"- {one.zh} / {one.en} (`{one.id}`)" for one in missing)
    for section in template.sections:
        yield from ("", f"## {section.zh} / {section.en}", "")
        for one in section.fields:
            lines = (_MARKS.sub(r"\\\1", line) for line in _value(one, values).splitlines())
            yield f"- **{one.zh} / {one.en}**：" + "  \n  ".join(lines)
    yield from ("", f"*{remark}*")


def _html(template: Template, title: str, values: Mapping[str, str], missing: tuple[Field, ...], remark: str) -> str:
    parts = [f"<h1>{escape(title)}</h1>"]
    if missing:
        items = "".join(f"<li>{escape(one.zh)} / {escape(one.en)}</li>" for one in missing)
        parts.append(f"<p>待填 {len(missing)} 项 / {len(missing)} fields to be filled</p><ul>{items}</ul>")
    for section in template.sections:
        parts.append(f"<h2>{escape(section.zh)} / {escape(section.en)}</h2><dl>")
        for one in section.fields:
            value = escape(_value(one, values)).replace("\n", "<br>")
            parts.append(f"<dt>{escape(one.zh)} / {escape(one.en)}</dt><dd>{value}</dd>")
        parts.append("</dl>")
    body = "\n".join([*parts, f"<p><em>{escape(remark)}</em></p>"])
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    return f'<!doctype html>\n<html lang="zh-Hans">{head}\n<main>\n{body}\n</main>\n</html>\n'
