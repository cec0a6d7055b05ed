"""The small parts screens are made of: icons, fields, badges, moments, names of risks."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guiju.accounts import Strike
from guiju.complaints import Limit
from guiju.console import phrases, states, words
from guiju.console.language import pick, short
from guiju.desk import Share
from guiju.labeling.explicit.mark import in_chinese
from guiju.minors import ADULT, MinorsPolicy
from guiju.store import event_names
from guiju.store.complaint_rules import kinds
from guiju.store.models import ProposedStep, Sanction
from guiju.store.notices import reason_in_english

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """A drawing from the sprite; decoration only, the words beside it say the same."""
    address = static("console/icons.svg")
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', css, address, name
    )


@register.simple_tag
def field(bound: BoundField, wide: bool = False) -> SafeString:
    """A form field with its label, errors and hint."""
    return SafeString(render_to_string("console/parts/field.html", {"field": bound, "wide": wide}))


@register.simple_tag
def badge(kind: str, value: object) -> SafeString:
    """A coloured word. ``kind`` says what sort of state ``value`` is (see `guiju.console.words`)."""
    state = states.state(kind, "" if value == "" else str(value))
    return format_html('<span class="badge {}">{}</span>', state.tone, state.label)


@register.filter
def risk_name(tag: str) -> str:
    """The name of a risk in the language of the screen."""
    return words.risk_name(tag)


@register.simple_tag
def risk(tag: str) -> SafeString:
    """A risk as its tag and its name."""
    name = words.risk_name(tag)
    if not tag:
        return SafeString("—")
    return format_html('<span class="risk"><code>{}</code>{}</span>', tag, f" {name}" if name != tag else "")


@register.simple_tag
def moment(value: datetime | None, otherwise: str = "—") -> SafeString:
    """A moment in the installation's time zone, to the second, with the exact instant for machines."""
    if value is None:
        return SafeString(otherwise)
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M:%S")
    )


@register.simple_tag
def day(value: date | None, otherwise: str = "—") -> SafeString:
    """A day."""
    return SafeString(otherwise) if value is None else format_html('<time datetime="{0}">{0}</time>', value.isoformat())


@register.simple_tag
def ago(value: datetime | None, otherwise: str = "—") -> SafeString:
    """How long since (or until) a moment, in the largest unit that fits, with the moment itself as a hint."""
    if value is None:
        return SafeString(otherwise)
    seconds = int((timezone.now() - value).total_seconds())
    spoken = _ago(seconds) if seconds >= 0 else _ahead(-seconds)
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        spoken,
    )


def _ago(seconds: int) -> str:
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", seconds // 60) % {"n": seconds // 60}
    if seconds < 86_400:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d day ago", "%(n)d days ago", seconds // 86_400) % {"n": seconds // 86_400}


def _ahead(seconds: int) -> str:
    if seconds < 3600:
        n = max(1, seconds // 60)
        return ngettext("in %(n)d minute", "in %(n)d minutes", n) % {"n": n}
    if seconds < 86_400:
        return ngettext("in %(n)d hour", "in %(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("in %(n)d day", "in %(n)d days", seconds // 86_400) % {"n": seconds // 86_400}


@register.filter
def hexed(value: object) -> str:
    """Bytes from the database as hexadecimal."""
    return bytes(value).hex() if value is not None else ""  # type: ignore[call-overload]


@register.filter
def thousands(value: object) -> str:
    """A whole number with separators."""
    return f"{int(str(value)):,}" if str(value).lstrip("-").isdigit() else str(value)


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """A value of a mapping by a key known only to the template's variables."""
    return mapping.get(key)


@register.simple_tag
def local_name(value: object, name: str = "") -> str:
    """A name of a value of the core in the language of the screen: ``zh``/``en``, or ``name_zh``/``name_en``."""
    return pick(value, name)


@register.simple_tag
def band_name(policy: MinorsPolicy, band: str) -> str:
    """An age band in words; what it is called where the policy no longer has it."""
    if band == ADULT:
        return _("18 and older")
    found = policy.band(band)
    return band if found is None else pick(found)


@register.simple_tag
def role_name(role: str) -> str:
    """A role in words; the system's own too."""
    return str(words.role_name(role))


@register.simple_tag
def act_name(act: str) -> str:
    """What an audit entry did, in words."""
    return str(phrases.ACTS.get(act, act))


@register.simple_tag
def value_words(value: object) -> str:
    """A value of an audit entry's detail; ``[before, after]`` as an arrow."""
    if isinstance(value, list) and len(value) == 2:
        return f"{_plain(value[0])} → {_plain(value[1])}"
    return _plain(value)


def _plain(value: object) -> str:
    if value in (None, "", [], {}):
        return "∅"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.simple_tag
def error_words(code: str) -> str:
    """The message of an error code, without what its placeholders would add."""
    return words.error_words(code)


@register.simple_tag
def badge_words(kind: str, value: object) -> str:
    """The words of a state without its colour."""
    return str(states.state(kind, str(value or "")).label)


@register.simple_tag
def label_reason(reason: str) -> str:
    """Why a label is not where the integration's setting puts it."""
    return str(phrases.LABEL_REASONS.get(reason, reason))


@register.filter
def positions(detail: str) -> str:
    """Figures of a check, the positions in them in the language of the screen."""
    return in_chinese(detail) if short() == "zh" else detail


@register.simple_tag
def labelled_by(endpoint: str) -> SafeString:
    """What gave a label out: in words, the endpoint behind them."""
    words_of = phrases.LABELLED_BY.get(endpoint)
    name = format_html("<code>{}</code>", endpoint)
    return name if words_of is None else format_html('{} <span class="soft">{}</span>', words_of, name)


@register.filter
def per_mille(value: int) -> str:
    """A score of 0 to 1000 as 0.000 to 1.000."""
    return f"{value / 1000:.2f}"


@register.filter
def prefixed(value: object, prefix: str) -> str:
    """``prefix`` and the value, for ids inside a page."""
    return f"{prefix}{value}"


@register.simple_tag
def tone(kind: str, value: object) -> str:
    """The tone of a state, for dots and bars."""
    return states.state(kind, str(value or "")).tone


@register.simple_tag
def proof_words(value: str) -> str:
    """What proves an obligation, in words."""
    return str(phrases.PROOFS.get(value, value))


@register.simple_tag
def set_by_words(value: str) -> str:
    """Who fixed a threshold, in words."""
    return str(phrases.SET_BY.get(value, value))


@register.simple_tag
def percent(score: float) -> str:
    """A score of 0 to 1 as a width in per cent."""
    return f"{max(0.0, min(1.0, score)) * 100:.1f}"


@register.simple_tag
def score_tone(score: float) -> str:
    """How worrying a score is."""
    return "bad" if score >= 0.8 else "warn" if score >= 0.4 else "good"


@register.simple_tag
def direction_words(value: object) -> str:
    """Which way a content travels, in words."""
    return str(phrases.DIRECTIONS.get(str(value), value))


@register.simple_tag
def object_name(kind: str) -> str:
    """What sort of thing an audit entry is about, in words."""
    return str(phrases.OBJECTS.get(kind, kind))


@register.simple_tag
def limit_words(limit: Limit) -> str:
    """A declared time limit in words."""
    if limit.hours is not None:
        return ngettext("%(n)d hour", "%(n)d hours", limit.hours) % {"n": limit.hours}
    days = limit.working_days or 0
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


@register.filter
def by_steps(where: str) -> SafeString:
    """A place in a body, such as ``choices[0].message.content``, that a narrow column breaks after its dots."""
    steps = where.split(".")
    return format_html_join("", "{}.<wbr>", ((step,) for step in steps[:-1])) + format_html("{}", steps[-1])


@register.filter
def in_points(strike: Strike) -> str:
    """What a violation weighs, in points with no needless zeros."""
    return f"{strike.hundredths / 100:g}"


@register.filter
def why(step: Sanction | ProposedStep) -> str:
    """The reason of a step: what a rule gives as one in the active language, a person's in his or her own words."""
    return step.reason if short() == "zh" else reason_in_english(step)


@register.filter
def event_name(code: str) -> str:
    """What an event of the outbox is called."""
    return pick(event_names.event(code))


@register.simple_tag
def kind_words(kind: str, topic: str) -> str:
    """A kind of complaint and its topic in words; their ids where the file no longer has them."""
    found = kinds().kind(kind)
    if found is None:
        return f"{kind} {topic}".strip()
    about = found.topic(topic)
    return f"{pick(found)} · {pick(about)}" if about is not None else pick(found)


@register.simple_tag
def seconds(value: float | None) -> str:
    """A duration in the unit that suits it; a dash where it is not known."""
    if value is None:
        return "—"
    if value < 90:
        return _("%(n)d s") % {"n": round(value)}
    if value < 5400:
        return _("%(n)d min") % {"n": round(value / 60)}
    if value < 48 * 3600:
        return _("%(n)s h") % {"n": f"{value / 3600:.1f}"}
    return _("%(n)s days") % {"n": f"{value / 86400:.1f}"}


@register.simple_tag
def share(found: Share) -> SafeString:
    """A share with its interval."""
    if found.value is None:
        return SafeString("—")
    low, high = 100 * found.low, 100 * found.high
    return format_html(
        '{} % <span class="soft">({} … {})</span>', f"{100 * found.value:.1f}", f"{low:.1f}", f"{high:.1f}"
    )
