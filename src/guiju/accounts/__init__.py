"""Handling of violating accounts: the policy, the ladder, and what an account may do now."""

from guiju.accounts.ladder import (
    AccountHistory,
    Proposal,
    Sanction,
    Standing,
    Violation,
    advise,
    judge,
    standing,
    streak,
)
from guiju.accounts.policy import AccountPolicy, Limit, Rule, Step, Use

__all__ = [
    "AccountHistory",
    "AccountPolicy",
    "Limit",
    "Proposal",
    "Rule",
    "Sanction",
    "Standing",
    "Step",
    "Use",
    "Violation",
    "advise",
    "judge",
    "standing",
    "streak",
]
