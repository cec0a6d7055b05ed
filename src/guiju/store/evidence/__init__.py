"""Evidence as the control plane uses it: finding records, reading texts (each look recorded), proof, retention, keys.

Nothing here changes a record. Texts are deleted when their retention ends; records and their hashes stay.
"""

from guiju.store.evidence.proof import export, verify
from guiju.store.evidence.queries import Page, Query, find_record, search
from guiju.store.evidence.retention import Sweep, sweep_retention
from guiju.store.evidence.rotation import rotate_data_key
from guiju.store.evidence.stories import Story, story
from guiju.store.evidence.texts import Texts, read_text

__all__ = [
    "Page",
    "Query",
    "Story",
    "Sweep",
    "Texts",
    "export",
    "find_record",
    "read_text",
    "rotate_data_key",
    "search",
    "story",
    "sweep_retention",
    "verify",
]
