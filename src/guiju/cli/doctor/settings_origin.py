"""Every setting, its value (secrets hidden) and where it comes from."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from guiju.cli.doctor.examination import Observation, well
from guiju.settings import Settings, config_file

HIDDEN = "••••••"
DEFAULT = "default"
PASSWORD = re.compile(r"(://[^:/@]*:).*@")
"""The password inside an address, which may itself hold any character."""


@dataclass(frozen=True)
class Origin:
    """One setting: its dotted name, its value as shown, and ``default``, the variable or the file it comes from."""

    name: str
    value: str
    source: str


def origins(settings: Settings) -> list[Origin]:
    """Every setting, in the order of its declaration. Lists, such as the services, are one setting each."""
    file = config_file()
    written = tomllib.loads(file.read_text("utf-8")) if file else {}
    return [
        Origin(".".join(path), _shown(value), _source(path, written, str(file))) for path, _, value in walk(settings)
    ]


def walk(model: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo, Any]]:
    """Path, field and value of every setting below ``model``."""
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from walk(value, (*path, name))
        else:
            yield (*path, name), info, value


def variable(path: tuple[str, ...]) -> str:
    """The environment variable of a setting."""
    return "GUIJU_" + "__".join(path).upper()


def summary(found: list[Origin]) -> Observation:
    """One line: the file, and how many settings are not the default."""
    file = config_file()
    changed = [o.name for o in found if o.source != DEFAULT]
    where = str(file) if file else "-"
    return well(
        "settings",
        f"设置文件 {where};非默认:{', '.join(changed) or '无'}",
        f"settings file {where}; not default: {', '.join(changed) or 'none'}",
        file=where,
        changed=changed,
    )


def _source(path: tuple[str, ...], written: Mapping[str, Any], file: str) -> str:
    names = [name for name in os.environ if name.upper() == variable(path)]
    names += [name for name in os.environ if len(path) > 1 and name.upper() == variable(path[:1])]  # a section as JSON
    if names:
        return names[0]
    place: Any = written
    for part in path:
        if not isinstance(place, Mapping) or part not in place:
            return DEFAULT
        place = place[part]
    return file


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}=({_shown(item)})" for name, item in value.items())
    if isinstance(value, BaseModel):
        return " ".join(f"{name}={_shown(getattr(value, name))}" for name in type(value).model_fields)
    return PASSWORD.sub(rf"\g<1>{HIDDEN}@", str(value))
