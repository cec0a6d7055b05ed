"""The rules: law book, policy and word lists, with the word counts against the standard's minima."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from guiju.cli import rules_in_force
from guiju.cli.doctor.examination import Health, Observation, Patient, examination, ill, well
from guiju.moderation.checker import Checker


@examination("law")
def law(patient: Patient) -> Iterator[Observation]:
    """The rules data loads."""
    from guiju.law.book import rules
    from guiju.law.registry import CHECKS

    book = rules()
    yield well(
        "law", f"{len(book.obligations)} 项义务,{len(CHECKS)} 项检查", f"{len(book.obligations)} obligations, {len(CHECKS)} checks",
        obligations=len(book.obligations), checks=len(CHECKS),
    )  # fmt: skip


@examination("policy")
def policy(patient: Patient) -> Iterator[Observation]:
    """A policy and its detectors are in force."""
    checker = _checker(patient)
    names = [detector.name for detector in checker.detectors]
    yield well(
        "policy", f"策略 {checker.policy.version},检测器 {' '.join(names)}",
        f"policy {checker.policy.version}, detectors {' '.join(names)}", version=checker.policy.version, detectors=names,
    )  # fmt: skip


@examination("word_lists")
def word_lists(patient: Patient) -> Iterator[Observation]:
    """Each risk has as many words as GB/T 45654 asks, where it sets a number."""
    from guiju.law.book import rules

    lexicon = _checker(patient).lexicon
    words = {(entry.word, entry.risk.partition("/")[0]) for entry in lexicon.entries if not entry.allow}
    counted = Counter(risk for _, risk in words)
    taxonomy = rules().risks
    short: dict[str, list[int]] = {}
    for risk in taxonomy.risks:
        kind = taxonomy.class_of(risk.code)
        if kind is not None and kind.keywords is not None and counted[risk.code] < kind.keywords:
            short[risk.code] = [counted[risk.code], kind.keywords]
    if short:
        told = ", ".join(f"{risk} {have}/{need}" for risk, (have, need) in short.items())
        yield ill(
            "word_lists", f"共 {len(words)} 词,数量不足:{told}", f"{len(words)} words, too few for: {told}",
            "在控制台「词表」导入贵司词表;A.1.a–c 依设计不随附,由运营者自行提供。",
            "Import your own lists in the console; A.1.a–c ship empty by design and are the operator's to provide.",
            health=Health.WARN, words=len(words), short=short,
        )  # fmt: skip
        return
    yield well(
        "word_lists", f"共 {len(words)} 词,各类均达标", f"{len(words)} words, every minimum met", words=len(words)
    )


def _checker(patient: Patient) -> Checker:
    """What is in force; what ships where there is no database yet."""
    return rules_in_force.checker(rules_in_force.LIVE if patient.database else rules_in_force.SHIPPED)
