"""Spoken labels: the shipped prompts, and prompts of one's own, which must be spoken at normal speed (5.3, note 4)."""

from __future__ import annotations

import io
import re
from functools import cache

import msgspec

from guiju.errors import MarkUnplaceable, SpokenTooFast
from guiju.labeling.atomic import opened
from guiju.labeling.explicit import shipped
from guiju.labeling.explicit.mark import Mark
from guiju.labeling.explicit.rules import data, number
from guiju.labeling.explicit.sound import wav
from guiju.labeling.explicit.sound.samples import Sound
from guiju.labeling.words import check_words


class Prompt(msgspec.Struct, frozen=True):
    """A spoken label: its id, the words spoken, the sound without silence around it, and characters a minute."""

    id: str
    spoken: str
    sound: Sound
    rate: float


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    file: str
    spoken: str


class _Voices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    prompts: tuple[_Entry, ...]


@cache
def prompts() -> tuple[Prompt, ...]:
    """The shipped prompts, the default first."""
    found = data("voice.yaml", _Voices).prompts
    return tuple(_prompt(one.id, one.spoken, io.BytesIO(shipped.raw(one.file))) for one in found)


def prompt(mark: Mark) -> Prompt:
    """The prompt a mark asks for: one's own, a shipped one by the id in ``words``, else the default.

    Raises:
        SpokenTooFast: one's own outside 120 to 160 characters a minute. LabelWordsInvalid: words that will not do.
        MarkUnplaceable: a prompt without the words spoken in it. MediaError: no WAV file of a known kind.
    """
    if mark.prompt is None:
        return next((one for one in prompts() if one.id == mark.words), prompts()[0])
    if not mark.spoken:
        raise MarkUnplaceable(detail="--spoken")
    check_words(mark.spoken)
    with opened(mark.prompt) as file:
        own = _prompt("own", mark.spoken, io.BytesIO(file.read()))
    if not number("min_voice_rate") <= own.rate <= number("max_voice_rate"):
        raise SpokenTooFast(rate=round(own.rate))
    return own


def characters(words: str) -> int:
    """How many characters a text counts as when spoken: each Chinese one, and each letter or digit."""
    return len(re.findall(r"[\u3400-\u9fffA-Za-z0-9]", words))


def _prompt(id_: str, spoken: str, file: io.BytesIO) -> Prompt:
    sound = wav.mono(file).trimmed()
    return Prompt(id_, spoken, sound, characters(spoken) * 60 / max(sound.seconds, 1e-3))
