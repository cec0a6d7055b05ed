"""A conversation as one: the last turn in its context, and risk that adds up over turns and fades.

Three things a check of single turns does not see. A last turn without a matter of its own (继续, "go on") is judged as the
request it continues, all the more after a refusal. Several doubtful turns together say more than each: their likelihoods
add up, each worth less the older it is, so that a conversation that has moved on is free again. And only the user's turns
count: the operator's system text and earlier answers are context, never an offence of the user.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import yaml

from guiju.nouns import Part

_FILE = Path(__file__).parent / "data" / "conversation.yaml"
#: Characters of an answer in which a refusal shows.
_OPENING = 40
#: User turns further back than this are worth nothing.
_REACH = 12


class Continuing(msgspec.Struct, frozen=True):
    """Cues of a turn that continues, and how many characters may stand beside one."""

    longest: int
    cues: tuple[str, ...]


class Weighing(msgspec.Struct, frozen=True):
    """The numbers and cues of ``data/conversation.yaml``; the file explains each."""

    continuing: Continuing
    refused: tuple[str, ...]
    decay: float
    floor: float
    answered: float


class Weighed(msgspec.Struct, frozen=True):
    """What the whole comes to: the likelihood, and which user turn (counted from 0) says most; -1 for no turn at all."""

    likelihood: float
    turn: int


class Turn(msgspec.Struct, frozen=True):
    """One turn: ``user`` or ``assistant``, and its parts by their places in the exchange."""

    role: str
    parts: tuple[int, ...]


@cache
def weighing() -> Weighing:
    """How conversations are weighed here."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text("utf-8")), Weighing)


def turns(parts: Sequence[Part]) -> tuple[Turn, ...]:
    """The turns of an exchange in order: neighbouring parts of one side are one turn; system text is none.

    Text of tools counts as the user's side: it comes in from outside, and a page can carry instructions.
    """
    found: list[Turn] = []
    for place, part in enumerate(parts):
        if part.role in ("system", "developer"):
            continue
        role = "assistant" if part.role == "assistant" else "user"
        before = found[-1] if found and found[-1].role == role else None
        if before is not None and (role == "assistant" or _same_message(parts[before.parts[-1]].where, part.where)):
            found[-1] = Turn(role, (*before.parts, place))
        else:
            found.append(Turn(role, (place,)))
    return tuple(found)


def user_turns(parts: Sequence[Part]) -> tuple[Turn, ...]:
    """The user's turns in order."""
    return tuple(turn for turn in turns(parts) if turn.role == "user")


def continues(text: str, how: Weighing | None = None) -> bool:
    """Whether a turn only asks to go on."""
    rule = (how or weighing()).continuing
    said = text.strip().lower()
    return any(cue in said and len(said) - len(cue) <= rule.longest for cue in rule.cues)


def refuses(answer: str, how: Weighing | None = None) -> bool:
    """Whether an answer opens with a refusal."""
    opening = answer[:_OPENING].lower()
    return any(cue in opening for cue in (how or weighing()).refused)


def weigh(parts: Sequence[Part], likelihoods: Sequence[float], how: Weighing | None = None) -> Weighed:
    """Weigh a conversation.

    Args:
        parts: all texts of the exchange, oldest first. ``likelihoods``: of each part alone; those of parts that are not the
            user's are not looked at.
        how: the shipped weighing where ``None``.
    """
    rule = how or weighing()
    spoken = turns(parts)
    users = [index for index, turn in enumerate(spoken) if turn.role == "user"]
    if not users:
        return Weighed(0.0, -1)
    alone = [max(likelihoods[place] for place in spoken[index].parts) for index in users]
    last = len(users) - 1
    leading, value = last, alone[last]
    asked = _continued(parts, spoken, users, rule)
    if asked is not None:
        worth = 1.0 if _refused_after(parts, spoken, users[asked], rule) else rule.answered
        if alone[asked] * worth > value:
            leading, value = asked, alone[asked] * worth
    harmless, strongest, told = 1.0, 0.0, last
    for age, likelihood in enumerate(reversed(alone[-_REACH:])):
        share = max(0.0, likelihood - rule.floor) / (1 - rule.floor) * rule.decay**age
        harmless *= 1 - share
        if share > strongest:
            strongest, told = share, last - age
    together = rule.floor + (1 - rule.floor) * (1 - harmless) if harmless < 1 else 0.0
    return Weighed(together, told) if together > value else Weighed(value, leading)


def _continued(parts: Sequence[Part], spoken: Sequence[Turn], users: Sequence[int], rule: Weighing) -> int | None:
    """Which user turn the last one continues, or ``None`` where it has a matter of its own."""
    place = len(users) - 1
    while place >= 0 and all(continues(parts[p].text, rule) for p in spoken[users[place]].parts):
        place -= 1
    return place if 0 <= place < len(users) - 1 else None


def _refused_after(parts: Sequence[Part], spoken: Sequence[Turn], index: int, rule: Weighing) -> bool:
    after = spoken[index + 1] if index + 1 < len(spoken) else None
    return after is not None and after.role == "assistant" and refuses(parts[after.parts[0]].text, rule)


def _same_message(one: str, other: str) -> bool:
    """Whether two places lie in one message: ``messages[2].content[0].text`` and ``messages[2].content[1].text``."""
    return one.partition(".")[0] == other.partition(".")[0] and "." in one
