"""Word lists: entries, and the automaton they compile into.

An entry is one word with its risk; an *allow* entry is a longer, harmless expression that contains a listed word (路口交通)
and silences it there. Words are read the way texts are read (``guiju.text``), so an entry in traditional characters or
full width meets every form of the word. Compiling is the expensive step; the result is immutable and shared by threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

import daachorse
import msgspec

from guiju.errors import LexiconError
from guiju.text.ciphers import TURNS
from guiju.text.components import splits
from guiju.text.disguises import BY_SOUND
from guiju.text.homophones import writings
from guiju.text.reading import read
from guiju.text.rewriting import once
from guiju.text.squeeze import is_latin, is_word, positions, squeeze

#: Longest entry, in letters and digits; bounds what a stream may have to hold back.
MAX_WORD = 32
DENY, ALLOW = 1, 2
SEVERITIES = ("low", "medium", "high")
#: Shortest word that is also looked for backwards, in Chinese and in Latin letters; shorter ones turn up by chance.
_REVERSED_FROM, _LATIN_FROM = 3, 6
#: Words of two characters that are listened for; with more of them every text would sound like one.
_MOST_HEARD = 200
#: Words of Latin letters that are also looked for shifted and mirrored in the alphabet: 25 forms each.
_MOST_TURNED = 500


class Entry(msgspec.Struct, frozen=True):
    """One line of a word list.

    Attributes:
        word: the word as its owner writes it.
        risk: risk tag; empty for an allow entry.
        severity: ``low``, ``medium`` or ``high``.
        allow: an expression that silences the words inside it.
        list: the list it belongs to, lower-case ASCII.
        reason: one sentence for the reviewer.
        source: where the word was taken from, by what right. ``owner``: who answers for it.
        added, expires: ISO dates or empty; expiry is applied by whoever selects the entries, since this room has no clock.
        hit, miss: test lines, one that must and one that must not meet the entry; may be empty.
    """

    word: str
    risk: str = ""
    severity: str = "medium"
    allow: bool = False
    list: str = "custom"
    reason: str = ""
    source: str = ""
    owner: str = ""
    added: str = ""
    expires: str = ""
    hit: str = ""
    miss: str = ""

    @property
    def id(self) -> str:
        """Stable identifier, free of the word itself: ``<list>-<8 hex digits>``."""
        return f"{self.list}-{_digits(self.word, self.risk, self.allow)}"


@lru_cache(maxsize=4096)
def _digits(word: str, risk: str, allow: bool) -> str:
    return hashlib.sha256(f"{word}|{risk}|{allow}".encode()).hexdigest()[:8]


class Word(msgspec.Struct, frozen=True):
    """One squeezed word of the automaton.

    Attributes:
        text: its letters and digits, normalised.
        deny: the deny entries that read like this. ``allow``: whether an allow entry does.
        gaps: indices before which the entry itself has a space or a punctuation mark.
        latin_left, latin_right: whether that edge needs a word boundary.
        disguise: how the word is disguised in this form of it (``reversed``, ``rot13``, ``caesar``, ``atbash``, ``repeat``; ``homophone`` and ``pinyin``
            for words of two characters), or empty.
        doubled: how many letters of the word itself are repeats (1 in 时时彩), where ``text`` has them once.
    """

    text: str
    deny: tuple[Entry, ...]
    allow: bool
    gaps: frozenset[int]
    latin_left: bool
    latin_right: bool
    disguise: str = ""
    doubled: int = 0

    @property
    def heard(self) -> bool:
        """Whether this form is the word by its sound: a guess, which never blocks by itself."""
        return self.disguise in BY_SOUND


class Lexicon:
    """A compiled set of entries.

    Attributes:
        entries: what it was compiled from, in order. ``words``: the distinct squeezed words, by automaton value.
        automaton: finds ``words`` in squeezed text, and after them ``pairs``; ``None`` where there are no words.
        pairs: two components → a character of a word that is split into them.
        prefixes: every proper beginning of a word → ``DENY``, ``ALLOW`` or both. Nothing is held back for what is known by its
            sound alone: such a form begins like an allow entry.
        bigrams: every two letters that follow one another in a word.
        longest: length of the longest squeezed word.
        version: hash over the entries; the same entries give the same version in any order.
    """

    def __init__(self, entries: tuple[Entry, ...], words: tuple[Word, ...]) -> None:
        self.entries = entries
        self.words = words
        self.pairs = _pairs(words)
        self.automaton = _automaton(words, self.pairs)
        self.prefixes = _prefixes(words)
        self.bigrams = frozenset(word.text[i : i + 2] for word in words for i in range(len(word.text) - 1))
        self.longest = max((len(w.text) for w in words), default=0)
        self.risks = tuple(sorted({e.risk for e in entries if not e.allow}))
        self.version = _version(entries)
        self._by_id = {e.id: e for e in entries}

    @classmethod
    def compile(cls, entries: Iterable[Entry]) -> Lexicon:
        """Compile entries.

        Raises:
            LexiconError: an entry that is empty, a single Chinese character, too long, or has an unknown severity;
                ``line`` is its place among the entries, counted from 1.
        """
        kept = tuple(entries)
        grouped: dict[str, list[tuple[Entry, frozenset[int]]]] = {}
        for line, entry in enumerate(kept, start=1):
            text, gaps = _letters(entry, line)
            grouped.setdefault(text, []).append((entry, gaps))
        plain = [_word(text, members) for text, members in grouped.items()]
        written = [*plain, *_disguised(plain)]
        return cls(kept, (*written, *_heard(plain, {word.text for word in written})))

    def entry(self, rule: str) -> Entry | None:
        """The entry behind a finding's ``rule``, for a reviewer's screen."""
        return self._by_id.get(rule)

    def __len__(self) -> int:
        return len(self.entries)


def _letters(entry: Entry, line: int) -> tuple[str, frozenset[int]]:
    if entry.severity not in SEVERITIES:
        raise LexiconError(line=line, problem=f"severity {entry.severity!r}")
    if not entry.allow and not entry.risk:
        raise LexiconError(line=line, problem="no risk tag")
    normal = read(entry.word).text.strip()
    text = squeeze(normal)
    places = positions(normal)
    if len(text) > MAX_WORD or not all(is_word(c) for c in text):
        raise LexiconError(line=line, problem=f"longer than {MAX_WORD} letters, or a gap of more than 4")
    if not text or (len(text) == 1 and not is_latin(text)):
        raise LexiconError(line=line, problem="fewer than two letters")
    return text, frozenset(i for i in range(1, len(places)) if places[i] - places[i - 1] > 1)


def _word(text: str, members: list[tuple[Entry, frozenset[int]]]) -> Word:
    return Word(
        text=text,
        deny=tuple(entry for entry, _ in members if not entry.allow),
        allow=any(entry.allow for entry, _ in members),
        gaps=frozenset().union(*(gaps for _, gaps in members)),
        latin_left=is_latin(text[0]),
        latin_right=is_latin(text[-1]),
    )


def _disguised(words: list[Word]) -> list[Word]:
    """The words backwards, Latin ones shifted or mirrored in the alphabet, and those with double letters as they look when all are.

    A form that spells a listed word is left out.
    """
    known = {word.text for word in words}
    found: list[Word] = []
    turned = 0
    for word in words:
        text = word.text
        latin = all(is_latin(c) for c in text)
        if not word.deny or len(text) < (_LATIN_FROM if latin else _REVERSED_FROM):
            continue
        forms = [(text[::-1], "reversed", frozenset(len(text) - gap for gap in word.gaps))]
        if latin and turned < _MOST_TURNED:
            turned += 1
            forms += ((text.translate(turn.table), turn.kind, word.gaps) for turn in TURNS)
        collapsed = once(text)
        if collapsed is not text and len(collapsed) >= _REVERSED_FROM:
            forms.append((collapsed, "repeat", frozenset(len(once(text[:gap])) for gap in word.gaps)))
        for form, kind, gaps in forms:
            if form not in known:
                known.add(form)
                doubled = len(text) - len(form)
                found.append(Word(form, word.deny, False, gaps, is_latin(form[0]), is_latin(form[-1]), kind, doubled))
    return found


def _heard(words: list[Word], known: set[str]) -> list[Word]:
    """The words of two characters as they may be written by sound, severe ones first where there are very many.

    Longer ones have an automaton of their own.
    """
    short = sorted(
        (w for w in words if w.deny and len(w.text) == 2), key=lambda w: all(e.severity != "high" for e in w.deny)
    )
    return [
        Word(form, word.deny, False, frozenset(), is_latin(form[0]), is_latin(form[-1]), kind)
        for word in short[:_MOST_HEARD]
        for form, kind in writings(word.text)
        if form not in known and not known.add(form)  # type: ignore[func-returns-value]
    ]


def _pairs(words: tuple[Word, ...]) -> dict[str, str]:
    letters = {letter for word in words if word.deny and not word.disguise for letter in word.text}
    return {pair: character for pair, character in splits().items() if character in letters}


def _automaton(words: tuple[Word, ...], pairs: dict[str, str]) -> daachorse.CharwiseDoubleArrayAhoCorasick | None:
    if not words:
        return None
    known = {word.text for word in words}
    return daachorse.CharwiseDoubleArrayAhoCorasick([*(w.text for w in words), *(p for p in pairs if p not in known)])


def _prefixes(words: tuple[Word, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        bits = (DENY if word.deny and not word.heard else 0) | (ALLOW if word.allow or word.heard else 0)
        for end in range(1, len(word.text)):
            beginning = word.text[:end]
            found[beginning] = found.get(beginning, 0) | bits
    return found


def _version(entries: tuple[Entry, ...]) -> str:
    digest = hashlib.sha256()
    for line in sorted(msgspec.json.encode(entry) for entry in entries):
        digest.update(line + b"\n")
    return digest.hexdigest()[:12]
