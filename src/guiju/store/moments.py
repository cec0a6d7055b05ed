"""Times as evidence counts them (integer microseconds, UTC) and as the database keeps them (aware datetimes)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of a time with a zone, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The time in UTC behind microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=at)
