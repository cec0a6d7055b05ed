"""Minors and companion services: who may do what and when, how use is counted, and what must be heard. Pure."""

from guiju.minors.decision import PLAIN, Allow, Deny, Remind, Use, Verdict, decide
from guiju.minors.policy import ADULT, Band, MinorsPolicy
from guiju.minors.profile import Basis, GuardianRule, Profile, RuleKind
from guiju.minors.reasons import Reason
from guiju.minors.usage import Ledger, Purchase, Span, Usage, report, touch

__all__ = [
    "ADULT",
    "PLAIN",
    "Allow",
    "Band",
    "Basis",
    "Deny",
    "GuardianRule",
    "Ledger",
    "MinorsPolicy",
    "Profile",
    "Purchase",
    "Reason",
    "Remind",
    "RuleKind",
    "Span",
    "Usage",
    "Use",
    "Verdict",
    "decide",
    "report",
    "touch",
]
