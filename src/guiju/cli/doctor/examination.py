"""What an examination is: a function that looks at one part of the installation and answers with observations.

Examinations run module by module in the order of `parts`, within a module from top to bottom. One that needs
the database is left out, without a word, where an earlier one found it unusable.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from guiju.cli.faults import trace
from guiju.cli.language import say
from guiju.errors import GuijuError

if TYPE_CHECKING:
    from guiju.settings import Settings


class Health(enum.StrEnum):
    """How a part is. ``warn``: it works, and somebody should look at it."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Observation:
    """One line of the report.

    Attributes:
        subject: short stable name, such as ``database`` or ``upstream.example``.
        remedy: how to mend it; empty when it is well.
        facts: the numbers behind it, for ``--json``.
    """

    subject: str
    health: Health
    message: str
    remedy: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Patient:
    """What examinations know of each other: the settings, how far the installation can be used, the address asked about."""

    settings: Settings
    host: str
    port: int
    database: bool = False


Examine = Callable[[Patient], Iterator[Observation]]
Need = Callable[[Patient], bool]


@dataclass(frozen=True)
class Examination:
    """An examination: what it looks at, how, and what must hold for it to run."""

    subject: str
    run: Examine
    needed: Need


def examination(subject: str, needs: Need = lambda patient: True) -> Callable[[Examine], Examination]:
    """Make a function an examination of what ``subject`` names; it runs where ``needs(patient)`` holds."""
    return lambda run: Examination(subject, run, needs)


def examinations(parts: Iterable[ModuleType]) -> list[Examination]:
    """The examinations that these modules define, in order."""
    return [each for part in parts for each in vars(part).values() if isinstance(each, Examination)]


def with_database(patient: Patient) -> bool:
    """The need of examinations that read the database."""
    return patient.database


def well(subject: str, zh: str, en: str, **facts: object) -> Observation:
    """Nothing to mend."""
    return Observation(subject, Health.OK, say(zh, en), facts=facts)


def ill(
    subject: str, zh: str, en: str, remedy_zh: str, remedy_en: str, *, health: Health = Health.FAIL, **facts: object
) -> Observation:
    """Something to mend, and how."""
    return Observation(subject, health, say(zh, en), say(remedy_zh, remedy_en), facts)


def caught(subject: str, error: GuijuError, health: Health = Health.FAIL) -> Observation:
    """An error of the tree as an observation."""
    language = say("zh", "en")
    return Observation(subject, health, f"{error.code} {error.message(language)}", error.remedy(language))


def examine(patient: Patient, chosen: Iterable[Examination]) -> Iterator[Observation]:
    """Run the chosen examinations. One that breaks is reported and does not keep the others from running."""
    for each in chosen:
        if not each.needed(patient):
            continue
        try:
            yield from each.run(patient)
        except GuijuError as error:
            yield caught(each.subject, error)
        except Exception as error:  # the report must come to its end
            trace()
            yield ill(
                each.subject,
                f"检查中断:{type(error).__name__}:{error}",
                f"The examination broke: {type(error).__name__}: {error}",
                "按错误内容处理;GUIJU_DEBUG=1 可得到完整信息。",
                "Mend what the error names; GUIJU_DEBUG=1 gives the traceback.",
            )
