"""The reference pages: errors, settings, commands, checks, each drawn from the source so that none can be forgotten.

Every page has a hand-written head and, below :data:`MARK`, what this program writes. ``make docs`` writes the pages;
``tests/test_documented.py`` fails where one is not what this program would write.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined
from typer.main import get_command

from guiju.cli.doctor.settings_origin import variable
from guiju.cli.root import app
from guiju.errors import GuijuError, all_errors
from guiju.law.book import rules
from guiju.law.registry import CHECKS
from guiju.minors.order21 import articles
from guiju.settings import MinorsSettings, PoolSettings, ServiceSettings, Settings, UpstreamSettings

DOCS = Path(__file__).parent.parent / "docs"
MARK = "<!-- From here on written by `make docs`. -->"


def errors() -> Iterator[str]:
    """Every error code with its status, message and remedy, under the name of its room."""
    room: type | None = None
    for kind in all_errors():
        if _room(kind) is not room:
            room = _room(kind)
            yield f"\n## {room.__name__}\n\n{inspect.getdoc(room)}\n"
            yield "| Code | HTTP | 说明 | Meaning | 处理 | Remedy |"
            yield "| --- | --- | --- | --- | --- | --- |"
        texts = (kind.zh, kind.en, kind.remedy_zh, kind.remedy_en)
        yield _row(kind.code, str(kind.status), *(text.replace("{{", "{").replace("}}", "}") for text in texts))


def settings() -> Iterator[str]:
    """Every setting with its variable, default and meaning, section by section."""
    yield "\n## Top level\n"
    yield from _settings_table(Settings, ())
    for name, info in Settings.model_fields.items():
        if inspect.isclass(info.annotation) and issubclass(info.annotation, BaseModel):
            yield f"\n## `[{name}]`\n\n{inspect.getdoc(info.annotation)}\n"
            yield from _settings_table(info.annotation, (name,))
    yield f"\n## `[[service]]`\n\n{inspect.getdoc(ServiceSettings)}\n"
    yield from _settings_table(ServiceSettings, None)
    for section, model in (
        ("service.upstream", UpstreamSettings),
        ("service.minors", MinorsSettings),
        ("service.minors.pools.NAME", PoolSettings),
    ):
        yield f"\n## `[{section}]`\n\n{inspect.getdoc(model)}\n"
        yield from _settings_table(model, None)


def commands() -> Iterator[str]:
    """Every command with its help, arguments and options."""
    for name, command in every_command():
        yield f"\n## {name}\n"
        yield f"{inspect.cleandoc(command.help or '')}\n"
        shown = [parameter for parameter in command.params if parameter.name != "help"]
        if shown:
            yield "| Argument or option | Meaning | Default |"
            yield "| --- | --- | --- |"
        for parameter in shown:
            plain = parameter.default in (None, False, "") or parameter.required
            default = "" if plain else f"`{getattr(parameter.default, 'value', parameter.default)}`"
            yield _row(f"`{_name(parameter)}`", parameter.help or "", default)


def checks() -> Iterator[str]:
    """Every check with what it measures and the obligations that use it."""
    users: dict[str, list[str]] = {}
    for obligation in rules().obligations:
        for use in obligation.checks:
            users.setdefault(use.id, []).append(obligation.id)
    yield "| Check | 名称 | Name | Passes when | Thresholds it needs | Obligations |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for id_, check in sorted(CHECKS.items()):
        doc = " ".join(check.doc.split())
        needs = ", ".join(f"`{name}`" for name in check.needs)
        yield _row(f"`{id_}`", check.zh, check.en, doc, needs, ", ".join(users.get(id_, [])))


def order21() -> Iterator[str]:
    """Order 21 article by article."""
    states = {"done": "规矩 Guiju", "shared": "共同 shared", "operator": "运营者 operator"}
    yield "| 条 Art. | 要求 Duty | 规矩所做 What Guiju does | 由谁 Who | 在哪里 Where | 义务与核查 Measured by |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in articles():
        where = ", ".join(f"`{path}`" for path in one.where)
        measured = ", ".join((*one.obligations, *(f"`{check}`" for check in one.checks)))
        duty, does = f"{one.duty_zh} {one.duty_en}", f"{one.does_zh} {one.does_en}"
        yield _row(one.article, duty, does, states[one.state], where, measured)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "errors.md": errors,
    "settings.md": settings,
    "cli.md": commands,
    "checks.md": checks,
    "minors.md": order21,
}


def page(name: str) -> str:
    """A whole page: its hand-written head as it is in the file, and the rest from the source."""
    head, mark, _ = (DOCS / name).read_text("utf-8").partition(MARK)
    if not mark:
        raise ValueError(f"{name} has no line {MARK}")
    return head + MARK + "\n" + "\n".join(PAGES[name]()) + "\n"


def every_command() -> Iterator[tuple[str, Any]]:
    """Full name and command, groups left out, in the order of `guiju --help`."""

    def below(prefix: str, command: Any) -> Iterator[tuple[str, Any]]:
        for name, child in getattr(command, "commands", {}).items():
            if hasattr(child, "commands"):
                yield from below(f"{prefix} {name}", child)
            else:
                yield f"{prefix} {name}", child

    yield from below("guiju", get_command(app))


def _room(kind: type[GuijuError]) -> type:
    """The class below `GuijuError` that an error descends from."""
    line = kind.__mro__
    return line[line.index(GuijuError) - 1]


def _settings_table(model: type[BaseModel], path: tuple[str, ...] | None) -> Iterator[str]:
    """The plain fields of a section; ``path`` is None where no variable reaches them."""
    yield "| Setting | " + ("Variable | " if path is not None else "") + "Default | Meaning |"
    yield "| --- | " + ("--- | " if path is not None else "") + "--- | --- |"
    for name, info in model.model_fields.items():
        if inspect.isclass(info.annotation) and issubclass(info.annotation, BaseModel):
            continue
        by_variable = () if path is None else (f"`{variable((*path, name))}`",)
        yield _row(f"`{name}`", *by_variable, _default(info.default), info.description or "")


def _default(value: object) -> str:
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value in ("", None, ()):
        return ""
    return f"`{', '.join(value) if isinstance(value, tuple) else value}`"


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).upper()
    return ", ".join(sorted(parameter.opts, key=len, reverse=True))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def main() -> None:
    """Write every page whose text changed."""
    for name in PAGES:
        new = page(name)
        if new != (DOCS / name).read_text("utf-8"):
            (DOCS / name).write_text(new, "utf-8")
            print(f"wrote docs/{name}")


if __name__ == "__main__":
    sys.exit(main())
