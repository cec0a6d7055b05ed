"""The nouns that cross rooms: one frozen value per idea, no behaviour beyond what the value itself implies.

Everything here is plain data (msgspec structs and enumerations). Rooms pass these to each other; no room passes bare
dictionaries. A *risk* is always written as a tag: one of the 31 risks of GB/T 45654 (``A.1.a`` … ``A.5.b``), or one of
Guiju's finer tags under them, written with a slash (``A.4.f/idcard``), or a tag of its own family starting with
``guiju.`` (``guiju.disguise.zero_width``) for what is no risk by itself.
"""

from __future__ import annotations

import enum

import msgspec


class Action(enum.StrEnum):
    """What is done with a content, from the mildest to the strictest (the order of declaration is the order)."""

    PASS = "pass"
    LABEL = "label"
    ADVISE = "advise"
    REVIEW = "review"
    MASK = "mask"
    ANSWER_INSTEAD = "answer_instead"
    BLOCK = "block"
    UNCHECKED = "unchecked"

    @property
    def rank(self) -> int:
        """Strictness: 0 for ``pass`` up to 6 for ``block``; ``unchecked`` is outside the scale (-1)."""
        return _RANK[self]

    @property
    def stops(self) -> bool:
        """Whether the original content must not travel on."""
        return self in (Action.ANSWER_INSTEAD, Action.BLOCK)


_RANK = {a: i for i, a in enumerate(a for a in Action if a is not Action.UNCHECKED)} | {Action.UNCHECKED: -1}


class Direction(enum.StrEnum):
    """Which way a content travels: what the user asked, what the model answered, what was uploaded."""

    PROMPT = "prompt"
    ANSWER = "answer"
    UPLOAD = "upload"


class Part(msgspec.Struct, frozen=True):
    """One text inside an exchange.

    Attributes:
        where: its place in the request or response, a path such as ``messages[2].content[0].text``,
            ``choices[1].message.reasoning_content`` or ``tools[0].function.description``.
        text: the text as the client or the model wrote it.
        role: ``system``, ``user``, ``assistant``, ``tool`` or ``""`` where the protocol names none.
    """

    where: str
    text: str
    role: str = ""


class Finding(msgspec.Struct, frozen=True):
    """What one detector saw in one part.

    Attributes:
        risk: the risk tag (see the module docstring).
        detector: the registered name of the detector (``words``, ``patterns``, ``pii`` …).
        rule: the rule inside the detector that fired: an entry id, a pattern name. Never the user's text.
        score: confidence that the finding is right, 0 to 1.
        where: the ``where`` of the part.
        spans: half-open code-point ranges in the *original* text of that part.
        reason: one short sentence for a reviewer, free of user text.
        severity: ``low``, ``medium`` or ``high`` as the rule's owner set it.
    """

    risk: str
    detector: str
    rule: str
    score: float
    where: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    reason: str = ""
    severity: str = "medium"


class Failure(msgspec.Struct, frozen=True):
    """A check that did not run to its end: which one, for which risks, and why (an error code, no user text)."""

    detector: str
    risks: tuple[str, ...]
    error: str


class Decision(msgspec.Struct, frozen=True):
    """What the policy made of the findings of one direction of one exchange.

    ``action`` is ``unchecked`` when a check failed, nothing else stopped the content, and the policy lets it pass.
    ``failures`` lists every failed check whatever the action is. ``score`` is the probability (0 to 1) that the
    content must not pass, the highest over the findings that the policy counts.
    """

    action: Action
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    policy: str = ""
    score: float = 0.0
    risk: str = ""
