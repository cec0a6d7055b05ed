"""Handling of violating accounts: the policy, the ladder, and what an account may do now."""

from guiju.accounts.ladder import (
    AccountHistory,
    Proposal,
    Sanction,
    Standing,
    advise,
    judge,
    rehearse,
    standing,
    streak,
)
from guiju.accounts.policy import AccountPolicy, Limit, Rule, Step, Use
from guiju.accounts.strikes import Strike, points, strikes
from guiju.accounts.violation import Violation

__all__ = [
    "AccountHistory",
    "AccountPolicy",
    "Limit",
    "Proposal",
    "Rule",
    "Sanction",
    "Standing",
    "Step",
    "Strike",
    "Use",
    "Violation",
    "advise",
    "judge",
    "points",
    "rehearse",
    "standing",
    "streak",
    "strikes",
]
