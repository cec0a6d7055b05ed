"""Values from forms and the command line, put into rows only after they were checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from guiju.errors import InvalidField, NotFound

M = TypeVar("M", bound=models.Model)


def change(instance: models.Model, fields: Mapping[str, object], allowed: Collection[str]) -> dict[str, list[object]]:
    """Set ``fields`` on ``instance`` (not saved yet) and check the whole of it.

    Returns:
        what really changed, as ``{field: [before, after]}``.

    Raises:
        InvalidField: a field that may not be set here, or a value its column does not accept.
    """
    changed: dict[str, list[object]] = {}
    for name, value in fields.items():
        if name not in allowed:
            raise InvalidField(field=name, problem="not a field that can be set here")
        before = getattr(instance, name)
        if before != value:
            setattr(instance, name, value)
            changed[name] = [before, value]
    clean(instance)
    return changed


def clean(instance: models.Model) -> None:
    """Run the model's own validation. JSON columns are the service's to check: to Django an empty one is a missing one.

    Raises:
        InvalidField: naming the first field that is wrong.
    """
    json = {field.name for field in instance._meta.concrete_fields if isinstance(field, models.JSONField)}
    try:
        instance.full_clean(exclude=json)
    except ValidationError as error:
        field, found = next(iter(error.error_dict.items()))
        raise InvalidField(field=field, problem=_told(instance, field, found[0])) from None


def _told(instance: models.Model, field: str, error: ValidationError) -> str:
    """What is wrong; where a field takes one of a few values, which they are."""
    if error.code != "invalid_choice":
        return str(error.messages[0])
    known = instance._meta.get_field(field).flatchoices  # type: ignore[union-attr]  # only fields with choices say this
    return f"{getattr(instance, field)!r} is none of {', '.join(str(value) for value, _ in known if value != '')}"


def fresh(instance: M) -> M:
    """The row as it is now, for an act that must not work on a stale copy.

    Raises:
        NotFound: it is gone.
    """
    return find(type(instance), instance.pk)


def find(model: type[M], key: Any) -> M:
    """The row of ``model`` with this primary key.

    Raises:
        NotFound: there is none.
    """
    try:
        row: M | None = model._default_manager.filter(pk=key).first()
    except (ValueError, ValidationError):
        row = None
    if row is None:
        raise NotFound(what_zh="条目", what_en=str(model._meta.verbose_name), key=key)
    return row
