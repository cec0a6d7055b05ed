"""The one error tree.

Every error a user can meet has a stable code, a message in Chinese and English, and a remedy in both. The hundreds
group by room::

    GuijuError
    ├── SettingsError      GJ-10xx   settings, set-up, environment
    ├── RequestError       GJ-11xx   what a caller of the gateway sent
    ├── AccessError        GJ-12xx   integrations, keys, quotas, accounts
    ├── UpstreamError      GJ-13xx   the model behind the gateway
    ├── ModerationError    GJ-2xxx   text, detectors, policies, word lists
    ├── EvidenceError      GJ-3xxx   records, chains, keys, export
    ├── LawError           GJ-4xxx   instruments, obligations, checks, documents
    ├── LabelError         GJ-6xxx   labels and provider codes
    └── StoreError         GJ-7xxx   database, services, console actions

Messages may hold ``{placeholders}`` filled from keyword arguments. They never hold user text or secrets.
"""

from __future__ import annotations

from typing import ClassVar


class GuijuError(Exception):
    """Base of all errors shown to a user.

    Attributes:
        code: stable identifier, ``GJ-nnnn``; documented in ``docs/errors.md``.
        status: the HTTP status where the error leaves over HTTP.
        zh, en: the message. ``remedy_zh``, ``remedy_en``: what to do next.
    """

    code: ClassVar[str] = ""
    status: ClassVar[int] = 500
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""
    remedy_zh: ClassVar[str] = ""
    remedy_en: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(f"{self.code} {self.message('en')}")

    def message(self, language: str = "zh") -> str:
        """The message in ``zh`` or ``en`` with its placeholders filled."""
        return (self.zh if language.startswith("zh") else self.en).format_map(_Lenient(self.params))

    def remedy(self, language: str = "zh") -> str:
        """What the user can do about it, in ``zh`` or ``en``."""
        return (self.remedy_zh if language.startswith("zh") else self.remedy_en).format_map(_Lenient(self.params))


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def all_errors() -> list[type[GuijuError]]:
    """Every concrete error class (those with a code), ordered by code."""
    found: list[type[GuijuError]] = []
    queue = list(GuijuError.__subclasses__())
    while queue:
        cls = queue.pop()
        queue.extend(cls.__subclasses__())
        if "code" in cls.__dict__:
            found.append(cls)
    return sorted(found, key=lambda c: c.code)


# --- GJ-10xx settings ------------------------------------------------------------------------------------------------


class SettingsError(GuijuError):
    """Base of errors in settings and set-up."""


# --- GJ-11xx requests to the gateway ---------------------------------------------------------------------------------


class RequestError(GuijuError):
    """Base of errors in what a caller sent."""

    status = 400


# --- GJ-12xx access --------------------------------------------------------------------------------------------------


class AccessError(GuijuError):
    """Base of refusals: the integration or the account may not do this now."""

    status = 403


# --- GJ-13xx upstream ------------------------------------------------------------------------------------------------


class UpstreamError(GuijuError):
    """Base of faults of the model behind the gateway."""

    status = 502


# --- GJ-2xxx moderation ----------------------------------------------------------------------------------------------


class ModerationError(GuijuError):
    """Base of errors in detectors, policies and word lists."""

    status = 422


# --- GJ-3xxx evidence ------------------------------------------------------------------------------------------------


class EvidenceError(GuijuError):
    """Base of errors in records, chains, keys and exports."""

    status = 503


# --- GJ-4xxx law -----------------------------------------------------------------------------------------------------


class LawError(GuijuError):
    """Base of errors in instruments, obligations, checks and documents."""

    status = 422


# --- GJ-6xxx labels --------------------------------------------------------------------------------------------------


class LabelError(GuijuError):
    """Base of errors in labels and provider codes."""

    status = 422


# --- GJ-7xxx store ---------------------------------------------------------------------------------------------------


class StoreError(GuijuError):
    """Base of errors in the database and in actions taken through the console."""

    status = 409
