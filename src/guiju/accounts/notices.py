"""Notices from templates: a notice with a placeholder nobody filled in is not sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import msgspec

from guiju import located
from guiju.errors import ComplaintRulesInvalid, NoticeUnfilled

_PLACE = re.compile(r"\{(\w+)\}")


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One notice in both languages, with ``{placeholders}``."""

    id: str
    zh: str
    en: str

    @property
    def places(self) -> frozenset[str]:
        """The names of its placeholders, in either language."""
        return frozenset(_PLACE.findall(self.zh + self.en))


class Notice(msgspec.Struct, frozen=True):
    """A notice ready to be sent."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """The same as a JSON object."""
        return {"zh": self.zh, "en": self.en}


class Templates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of templates. Build it with :meth:`load`."""

    version: str
    notices: tuple[Template, ...]

    @classmethod
    def load(cls, source: str | None = None) -> Templates:
        """Read templates from YAML; Guiju's own if None.

        Raises:
            ComplaintRulesInvalid: it is not such a file, or names a notice twice.
        """
        return _shipped() if source is None else located.typed(source, cls, _mistakes, ComplaintRulesInvalid)

    def fill(self, name: str, values: Mapping[str, str], english: Mapping[str, str] | None = None) -> Notice:
        """The notice ``name`` with ``values`` in its places, and those of ``english`` instead in its English words.

        Raises:
            NoticeUnfilled: there is no such template, or a place has no value or an empty one.
        """
        template = next((each for each in self.notices if each.id == name), None)
        if template is None:
            raise NoticeUnfilled(notice=name, missing=name)
        if missing := sorted(place for place in template.places if not values.get(place, "").strip()):
            raise NoticeUnfilled(notice=name, missing="、".join(missing))
        return Notice(_filled(template.zh, values), _filled(template.en, {**values, **(english or {})}))


def _filled(words: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: values[found[1]], words)


@cache
def _shipped() -> Templates:
    return Templates.load(resources.files("guiju.accounts").joinpath("data", "notices.yaml").read_text("utf-8"))


def _mistakes(templates: Templates) -> Iterator[located.Fault]:
    names = [template.id for template in templates.notices]
    if len(set(names)) != len(names):
        yield "$.notices", "编号重复 (repeated id)"
