"""What events of the outbox and their facts are called, for screens and for people who read them in a chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources

import msgspec

from guiju.china import china_minute
from guiju.store import complaint_rules


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code and what it is called."""

    code: str
    zh: str
    en: str

    def both(self) -> str:
        """Chinese and English in one line; a code nobody named stands once."""
        return self.zh if self.zh == self.en else f"{self.zh} {self.en}"


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    events: tuple[Name, ...]
    facts: tuple[Name, ...]
    values: tuple[Name, ...]


@cache
def _names() -> _Names:
    source = resources.files("guiju.store").joinpath("data", "events.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=_Names)


def events() -> tuple[Name, ...]:
    """Every event there is, in the order in which screens list them."""
    return _names().events


def event(code: str) -> Name:
    """The name of an event."""
    return _found(_names().events, code)


def lines(code: str, facts: Mapping[str, object]) -> Iterator[str]:
    """An event for people: its name, then a line for each fact that says something; moments in China's time."""
    yield f"规矩 Guiju · {event(code).both()}"
    for name, value in facts.items():
        if isinstance(value, Mapping):  # a notice in both languages
            yield from (str(part) for part in value.values())
        elif value not in (None, "", []):
            said = _of_complaint(name, facts) or _told(value)
            yield f"{_found(_names().facts, name).both()}: {said}"


def _of_complaint(name: str, facts: Mapping[str, object]) -> str:
    """What the operator's kinds of complaints call a kind or a topic."""
    kind = complaint_rules.kinds().kind(str(facts.get("kind", ""))) if name in ("kind", "topic") else None
    found = kind if kind is None or name == "kind" else kind.topic(str(facts[name]))
    return f"{found.zh} {found.en}" if found is not None else ""


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, str):
        return _moment(value) or _found(_names().values, value).both()
    if isinstance(value, Sequence):
        return ", ".join(str(part) for part in value)
    return str(value)


def _moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return china_minute(at) if at.tzinfo is not None else ""


def _found(names: tuple[Name, ...], code: str) -> Name:
    return next((name for name in names if name.code == code), Name(code, code, code))
