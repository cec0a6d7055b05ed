"""What becomes of a detector that breaks or runs out of time: a failure the policy decides about, never an exception."""

from __future__ import annotations

import logging
from typing import Protocol

from guiju.errors import CheckTimedOut, DetectorFailed
from guiju.nouns import Failure

_log = logging.getLogger(__name__)


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def risks(self) -> tuple[str, ...]: ...


def broke(detector: _Named, error: Exception) -> Failure:
    """The failure of a detector that raised; the cause goes to the log, without the text."""
    _log.error("detector %s broke: %s", detector.name, type(error).__name__, exc_info=error)
    return Failure(detector.name, detector.risks, DetectorFailed.code)


def timed_out(detector: _Named) -> Failure:
    """The failure of a detector the time budget left no time for."""
    return Failure(detector.name, detector.risks, CheckTimedOut.code)
