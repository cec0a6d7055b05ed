"""The profile of a service: what its operator states about it, and what applicability is computed from.

Every field may be left unfilled (``None``). Unfilled is not "no": an obligation that depends on an unfilled field is
*unknown*, and the console asks for the field. The words for each field (Chinese and English name, hint, choices) are in
``data/profile.yaml``, from which the console renders its form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from guiju.errors import ProfileError


class Filing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A filing or registration the service has.

    Attributes:
        kind: ``algorithm`` (算法备案), ``model_filing`` (大模型备案) or ``model_registration`` (大模型登记).
        number: as published.
        issued_on, expires_on: dates; ``expires_on`` is ``None`` for a number without end.
        notice_url: the public notice that lists it.
        verified_on: the day somebody last compared number, entity and product with that notice.
    """

    kind: str
    number: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    notice_url: str = ""
    verified_on: date | None = None


class Surface(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where users meet the service: a site, an app, a mini-program, API documentation.

    ``filing_seen_on``: the day somebody last saw the filing number and the link to the public notice there.
    """

    name: str
    url: str = ""
    filing_seen_on: date | None = None


class BaseModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model the service rests on: the name it is called by upstream, who provides it, its filing number, the contract."""

    name: str
    provider: str = ""
    filing_number: str = ""
    contract: str = ""


class Algorithm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One algorithm in service and its category of Art. 2 of the algorithm-recommendation provisions."""

    name: str
    category: str = ""


class Disclosure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is published about the service, as published (TC260-003 7 b; algorithm-recommendation provisions 16–17).

    Empty text means not published. ``url`` is where it can be read; ``confirmed_on`` the day somebody last saw it there.
    """

    audience: str = ""
    occasion: str = ""
    purpose: str = ""
    limits: str = ""
    model_summary: str = ""
    personal_information: str = ""
    algorithm_principle: str = ""
    algorithm_mechanism: str = ""
    non_personal_option: str = ""
    close_option: str = ""
    url: str = ""
    confirmed_on: date | None = None


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One service as its operator describes it. See ``data/profile.yaml`` for the meaning of every field."""

    # who and what
    entity_name: str | None = None
    provider_code: str | None = None
    roles: tuple[str, ...] | None = None
    functions: tuple[str, ...] | None = None
    domains: tuple[str, ...] | None = None
    public_in_china: bool | None = None
    opinion_attributes: bool | None = None
    minors_served: bool | None = None
    collects_user_data_for_training: bool | None = None
    # data
    important_data: bool | None = None
    critical_infrastructure: bool | None = None
    sensitive_processing: bool | None = None
    # numbers
    registered_users: int | None = None
    monthly_active_users: int | None = None
    people_processed: int | None = None
    faces_stored: int | None = None
    # dates
    launched_on: date | None = None
    ended_on: date | None = None
    # registers
    filings: tuple[Filing, ...] | None = None
    surfaces: tuple[Surface, ...] | None = None
    base_models: tuple[BaseModel, ...] | None = None
    algorithms: tuple[Algorithm, ...] | None = None
    disclosure: Disclosure | None = None

    def has_role(self, role: str) -> bool:
        """Whether the operator stated this role."""
        return role in (self.roles or ())

    def filings_of(self, *kinds: str) -> tuple[Filing, ...]:
        """The stated filings of these kinds that have a number."""
        return tuple(f for f in self.filings or () if f.kind in kinds and f.number)

    def facts(self) -> dict[str, bool | int | list[str]]:
        """The filled-in fields an applicability expression may name; unfilled ones are absent."""
        found: dict[str, bool | int | list[str]] = {}
        for name in FACTS:
            value = getattr(self, name)
            if value is not None:
                found[name] = list(value) if isinstance(value, tuple) else value
        return found


FACTS: dict[str, bool | int | list[str]] = {
    "roles": [""],
    "functions": [""],
    "domains": [""],
    "public_in_china": True,
    "opinion_attributes": True,
    "minors_served": True,
    "collects_user_data_for_training": True,
    "important_data": True,
    "critical_infrastructure": True,
    "sensitive_processing": True,
    "registered_users": 0,
    "monthly_active_users": 0,
    "people_processed": 0,
    "faces_stored": 0,
}
"""The fields expressions may name, each with a value of its type (used to type-check expressions when they are loaded)."""


def read_profile(data: bytes | str | Mapping[str, object]) -> Profile:
    """A profile from JSON text or from already decoded JSON.

    Raises:
        ProfileError: an unknown field, a value of the wrong type, or text that is no JSON.
    """
    try:
        if isinstance(data, (bytes, str)):
            return msgspec.json.decode(data, type=Profile)
        return msgspec.convert(data, Profile)
    except msgspec.MsgspecError as error:
        raise ProfileError(reason=str(error)) from None
