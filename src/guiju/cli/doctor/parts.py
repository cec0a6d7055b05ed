"""Everything the doctor examines, in order: whatever a later examination needs comes first."""

from __future__ import annotations

from guiju.cli.doctor import database, evidence, home, journals, minors, rules, surroundings, upstreams
from guiju.cli.doctor.examination import examinations

EXAMINATIONS = examinations((home, database, journals, rules, evidence, upstreams, minors, surroundings))
