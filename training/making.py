"""Made examples: short advertisements, encoded instructions, and requests buried in longer texts.

Lines are written by hand (``lines``); what is made here only multiplies what has no public data and follows a form:
advertisements (``adverts.yaml``), encodings and ciphers (``hidden.yaml``), and length.
"""

from __future__ import annotations

import base64
import codecs
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import yaml

from guiju.moderation.models.network import HARMFUL
from training.examples import ANSWER, OWN, PROMPT, Example

HERE = Path(__file__).parent
ADVERTS, HIDDEN, BURIED, ORDINARY = "adverts", "hidden", "buried", "ordinary"
MADE = "guiju, made"
#: Files of texts that must pass, and what they are.
PLAIN = (
    ("ordinary.txt", PROMPT),
    ("ordinary_english.txt", PROMPT),
    ("knowledge.txt", PROMPT),
    ("ordinary_answers.txt", ANSWER),
)
_FEW = 0.5
COMMENTS, HEADLINES = "thu-coai/COLDataset", "649453932/Chinese-Text-Classification-Pytorch"
_SENTENCE = re.compile(r"[^。！？!?\n]{4,60}[。！？!?\n]")


def ordinary(heads: Sequence[str]) -> Iterator[Example]:
    """Texts that must pass and belong to no tag: everyday ones, and questions of knowledge about risky subjects."""
    labels = dict.fromkeys(heads, False)
    for name, direction in (
        ("ordinary.txt", PROMPT),
        ("knowledge.txt", PROMPT),
        ("ordinary_english.txt", PROMPT),
        ("ordinary_answers.txt", ANSWER),
    ):
        for line in (HERE / name).read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield Example(line, direction, labels, OWN, ORDINARY, 4.0)


def said(examples: Sequence[Example], count: int) -> Iterator[Example]:
    """Comments and headlines as if a model had said them, about ``count`` of a kind: short answers that insult, and short ones
    that do not."""
    for source, harmful in ((COMMENTS, True), (COMMENTS, False), (HEADLINES, False)):
        kind = [e for e in examples if e.source == source and e.harmful is harmful and not e.kept_apart]
        for example in sorted(kind, key=lambda e: e.part)[:: max(1, len(kind) // count)]:
            yield replace(example, direction=ANSWER, weight=2 * example.weight)


def openings(examples: Iterable[Example]) -> Iterator[Example]:
    """First sentences of harmless answers: a stream is judged from its first sentence on, and many answers have but one."""
    for example in examples:
        opening = _SENTENCE.match(example.text)
        if not example.harmful and opening is not None and len(opening[0]) < len(example.text):
            yield replace(example, text=opening[0], weight=example.weight * _FEW)


def adverts(heads: Sequence[str], each: int, seed: int = 3) -> Iterator[Example]:
    """Short advertisements: ``each`` per unlawful offer and three times as many per lawful one."""
    choose = random.Random(seed)
    parts = yaml.safe_load((HERE / "adverts.yaml").read_text("utf-8"))
    for tag, offers in parts["harmful"].items():
        labels = {head: True for head in (HARMFUL, tag, "spam") if head in heads}
        for offer in offers:
            for _ in range(each):
                yield Example(_advert(parts, offer, choose), PROMPT, labels, MADE, ADVERTS, _FEW, tag)
    none = dict.fromkeys(heads, False)
    for offer in parts["harmless"]:
        for _ in range(3 * each):
            yield Example(_advert(parts, offer, choose), PROMPT, none, MADE, ADVERTS, _FEW)


def _advert(parts: dict[str, list[str]], offer: str, choose: random.Random) -> str:
    contact = "".join(choose.choices("abcdefghkmnpqrstuvwxyz0123456789", k=choose.randint(5, 9)))
    hook, boast, call = (choose.choice(parts[kind]) for kind in ("hooks", "boasts", "calls"))
    return f"{hook}{offer}{boast}{call.format(id=contact)}"


def hidden(examples: Sequence[Example], heads: Sequence[str], count: int, seed: int = 4) -> Iterator[Example]:
    """Encoded and enciphered texts with what is asked of the reader.

    Whoever is told to obey a cipher that nobody can check is told to break the rules. Of a code that the check undoes itself
    that is not said: it judges what stands there, and a harmless order in such a code is harmless.
    """
    choose = random.Random(seed)
    frames = yaml.safe_load((HERE / "hidden.yaml").read_text("utf-8"))
    short = [example for example in examples if len(example.text) < 60]
    sides = {side: [example for example in short if example.harmful is side] for side in (True, False)}
    none = dict.fromkeys(heads, False)
    for _ in range(count):
        for codes, side, labels in (
            (CIPHERS, choose.random() < 0.5, {HARMFUL: True, "jailbreak": True}),
            (CODES, True, {HARMFUL: True, "jailbreak": True}),
            (CODES, False, none),
        ):
            text = choose.choice(frames["harmful"]).replace(
                "{x}", choose.choice(codes)(choose.choice(sides[side]).text, choose)
            )
            yield Example(text, PROMPT, labels, MADE, HIDDEN, _FEW)
        text = choose.choice(frames["harmless"]).replace(
            "{x}", choose.choice((*CIPHERS, *CODES))(choose.choice(sides[False]).text[:16], choose)
        )
        yield Example(text, PROMPT, none, MADE, HIDDEN, _FEW)


def _letters(text: str) -> str:
    """ASCII letters to encipher: the text itself where it is English, otherwise its code points in letters."""
    return (
        text
        if text.isascii()
        else " ".join(f"{ord(c):x}".translate(str.maketrans("0123456789", "ghijklmnop")) for c in text[:24])
    )


def _caesar(text: str, choose: random.Random) -> str:
    by = choose.randint(1, 25)
    return "".join(chr((ord(c) - 97 + by) % 26 + 97) if "a" <= c <= "z" else c for c in _letters(text).lower())


def _morse(text: str, choose: random.Random) -> str:
    return " ".join("".join(choose.choices(".-", k=choose.randint(1, 4))) for _ in text[:40])


Code: TypeAlias = Callable[[str, random.Random], str]

#: What a check leaves as it stands, or cannot always undo.
CIPHERS: tuple[Code, ...] = (
    _caesar,
    _morse,
    lambda text, choose: codecs.encode(_letters(text), "rot13"),
    lambda text, choose: base64.b32encode(text.encode()).decode(),
    lambda text, choose: " ".join(str(ord(c)) for c in text[:40]),
    lambda text, choose: str([{w: i} for i, w in enumerate(text.split() if text.isascii() else list(text))][::-1]),
)
#: What it undoes: see ``guiju.text.payloads`` and ``guiju.text.backwards``.
CODES: tuple[Code, ...] = (
    lambda text, choose: base64.b64encode(text.encode()).decode(),
    lambda text, choose: text.encode().hex(),
    lambda text, choose: text.encode().hex(" "),
    lambda text, choose: quote(text),
    lambda text, choose: text.encode("unicode_escape").decode(),
    lambda text, choose: " ".join(f"{b:08b}" for b in text.encode()[:30]),
    lambda text, choose: text[::-1],
    lambda text, choose: "".join(f"&#{ord(c)};" for c in text),
)


def buried(examples: Iterable[Example], count: int, seed: int = 5) -> Iterator[Example]:
    """Prompts with harmless texts before and behind them; the side is that of the prompt."""
    choose = random.Random(seed)
    prompts = [e for e in examples if e.direction == PROMPT]
    fine = [e.text for e in prompts if not e.harmful and 15 < len(e.text) < 200]
    cores = {side: [e for e in prompts if e.harmful is side and 8 < len(e.text) < 120] for side in (True, False)}
    for _ in range(count):
        for side in (True, False):
            core = choose.choice(cores[side])
            around = choose.sample(fine, choose.randint(1, 3))
            around.insert(choose.randint(0, len(around)), core.text)
            yield Example(
                choose.choice(("", "\n", " ")).join(around), PROMPT, core.labels, MADE, BURIED, _FEW, core.topic
            )
