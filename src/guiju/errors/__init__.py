"""The one error tree.

Every error a user can meet has a stable code, a message in Chinese and English, and a remedy in both. The hundreds
group by room::

    GuijuError
    ├── SettingsError      GJ-10xx   settings, set-up, environment
    ├── RequestError       GJ-11xx   what a caller of the gateway sent
    ├── AccessError        GJ-12xx   integrations, keys, quotas, accounts
    ├── UpstreamError      GJ-13xx   the model behind the gateway; 538x the pools that answer minors
    ├── ModerationError    GJ-2xxx   text, detectors, policies, word lists
    ├── EvidenceError      GJ-3xxx   records, chains, keys, export
    ├── LawError           GJ-4xxx   instruments, obligations, checks, documents
    ├── AccountError       GJ-5xxx   handling of accounts; 51xx complaints, 52xx minors and companions
    ├── LabelError         GJ-60xx   labels and provider codes; GJ-428x copies without the explicit label
    ├── MediaError         GJ-61xx   files: images, sound, film, documents
    └── StoreError         GJ-7xxx   database, services, console actions

One module per room; users of errors import from here. Messages may hold ``{placeholders}`` filled from keyword
arguments. They never hold user text or secrets.
"""

from __future__ import annotations

from guiju.errors.access import *  # noqa: F403
from guiju.errors.accounts import *  # noqa: F403
from guiju.errors.candidates import *  # noqa: F403
from guiju.errors.desk import *  # noqa: F403
from guiju.errors.evidence import *  # noqa: F403
from guiju.errors.labels import *  # noqa: F403
from guiju.errors.law import *  # noqa: F403
from guiju.errors.media import *  # noqa: F403
from guiju.errors.minors import *  # noqa: F403
from guiju.errors.moderation import *  # noqa: F403
from guiju.errors.releases import *  # noqa: F403
from guiju.errors.requests import *  # noqa: F403
from guiju.errors.rumours import *  # noqa: F403
from guiju.errors.second_opinion import *  # noqa: F403
from guiju.errors.settings import *  # noqa: F403
from guiju.errors.store import *  # noqa: F403
from guiju.errors.tree import *  # noqa: F403
from guiju.errors.upstream import *  # noqa: F403
from guiju.errors.word_lists import *  # noqa: F403
