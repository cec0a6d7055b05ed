"""What must be added to an answer in a field of special care."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from guiju.domains.figures import unsupported
from guiju.domains.packs import Pack, packs

Asked = Literal["remind", "cite", "figures"]
"""What a policy may ask of a field: the reminder, a named source, figures that stand in the sources given."""

_CITED = re.compile(
    r"https?://|\[\d+\]|〔\d+〕|来源[:：]|参考(?:资料|文献)|据《|《[^》]{2,40}》(?:第[\d一二三四五六七八九十百]+条)?"
)
_MOST_FIGURES = 5


class Advice(msgspec.Struct, frozen=True):
    """One addition.

    Attributes:
        kind: ``reminder``, ``emergency``, ``uncited`` or ``figures``. ``risk``: of the pack it comes from.
        zh, en: the words to add.
    """

    kind: Literal["reminder", "emergency", "uncited", "figures"]
    pack: str
    risk: str
    zh: str
    en: str


def advise(
    asked: Mapping[str, Iterable[Asked]], question: str, answer: str, sources: Sequence[str] = ()
) -> list[Advice]:
    """What ``answer`` lacks.

    Args:
        asked: what the policy asks, by the id of a pack.
        question: what the user asked last. ``sources``: texts the answer was to rest on; without any, no figure is judged.
    """
    found: list[Advice] = []
    fields = packs()
    of = {pack.id for pack in fields.of(answer)} if asked else set()
    urgent = fields.may_be_urgent(question)
    if not of and not urgent:
        return []
    for name, wanted in asked.items():
        pack = fields.packs.get(name)
        if pack is None:
            continue
        if urgent:
            found += _emergency(pack, question, answer)
        if name in of:
            found += _lacking(pack, frozenset(wanted), answer, sources)
    return found


def _emergency(pack: Pack, question: str, answer: str) -> list[Advice]:
    cues = pack.emergency
    if cues is None or not any(cue in question for cue in cues.cues) or any(word in answer for word in cues.helped):
        return []
    return [Advice("emergency", pack.id, pack.risk, cues.zh, cues.en)]


def _lacking(pack: Pack, wanted: frozenset[Asked], answer: str, sources: Sequence[str]) -> list[Advice]:
    found: list[Advice] = []
    if "figures" in wanted and sources and (wrong := unsupported(answer, sources)):
        named = "、".join(wrong[:_MOST_FIGURES])
        zh, en = (
            f"以下数字在所附资料中未找到，请核实：{named}",
            f"Not found in the sources given, please check: {named}",
        )
        found.append(Advice("figures", pack.id, pack.risk, zh, en))
    if "cite" in wanted and not _CITED.search(answer):
        zh, en = "以上内容未注明信息来源，请核实后使用。", "No source is named for the above; check it before use."
        found.append(Advice("uncited", pack.id, pack.risk, zh, en))
    if "remind" in wanted and not any(phrase in answer for phrase in pack.reminded):
        found.append(Advice("reminder", pack.id, pack.risk, pack.reminder.zh, pack.reminder.en))
    return found
