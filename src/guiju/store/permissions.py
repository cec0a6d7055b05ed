"""Role × permission: read from ``data/permissions.yaml``, asked before anything is done.

The separation of duties (三员分离) lives in that file: nobody in the console both acts and audits.
"""

from __future__ import annotations

import enum
from pathlib import Path

import msgspec

from guiju.errors import PermissionDenied
from guiju.store.actor import SYSTEM_ROLE, Actor
from guiju.store.models import Role


class Permission(enum.StrEnum):
    """One thing a role may do. Names, roles and kinds stand in ``data/permissions.yaml``."""

    SEE_OVERVIEW = "see_overview"
    SEE_OBLIGATIONS = "see_obligations"
    SEE_SERVICES = "see_services"
    SEE_INTEGRATIONS = "see_integrations"
    SEE_ACCOUNTS = "see_accounts"
    SEE_CASES = "see_cases"
    SEE_COMPLAINTS = "see_complaints"
    SEE_INCIDENTS = "see_incidents"
    SEE_POLICIES = "see_policies"
    SEE_USERS = "see_users"
    SEE_AUDIT = "see_audit"
    SEARCH_EVIDENCE = "search_evidence"
    OPEN_DOCUMENTS = "open_documents"
    TRY_CHECKS = "try_checks"
    CHANGE_OWN_PASSWORD = "change_own_password"
    MANAGE_USERS = "manage_users"
    MANAGE_KEYS = "manage_keys"
    REGISTER_INTEGRATIONS = "register_integrations"
    EDIT_INTEGRATIONS = "edit_integrations"
    SUSPEND_INTEGRATIONS = "suspend_integrations"
    APPROVE_INTEGRATIONS = "approve_integrations"
    ROTATE_DATA_KEYS = "rotate_data_keys"
    SWEEP_RETENTION = "sweep_retention"
    REVIEW_CASES = "review_cases"
    READ_CASE_TEXT = "read_case_text"
    READ_ANY_TEXT = "read_any_text"
    IMPOSE_SANCTIONS = "impose_sanctions"
    LIFT_SANCTIONS = "lift_sanctions"
    CLOSE_ACCOUNTS = "close_accounts"
    HANDLE_CARE = "handle_care"
    MANAGE_MINORS = "manage_minors"
    EXEMPT_ACCOUNTS = "exempt_accounts"
    RELEASE_COPIES = "release_copies"
    RECEIVE_COMPLAINTS = "receive_complaints"
    TELL_ACCOUNT_FACTS = "tell_account_facts"
    HANDLE_COMPLAINTS = "handle_complaints"
    READ_COMPLAINTS = "read_complaints"
    HANDLE_INCIDENTS = "handle_incidents"
    DECIDE_APPEALS = "decide_appeals"
    MANAGE_WEBHOOKS = "manage_webhooks"
    MANAGE_SERVICES = "manage_services"
    MANAGE_POLICIES = "manage_policies"
    MANAGE_WORD_LISTS = "manage_word_lists"
    MANAGE_MODELS = "manage_models"
    MANAGE_RUMOURS = "manage_rumours"
    MANAGE_DOCUMENTS = "manage_documents"
    RUN_CHECKS = "run_checks"
    SET_OPERATOR_VALUES = "set_operator_values"
    EXPORT_EVIDENCE = "export_evidence"
    EXPORT_TEXT = "export_text"
    VERIFY_EVIDENCE = "verify_evidence"


class Kind(enum.StrEnum):
    """What sort of thing a permission is about: seeing figures, acting, or auditing those who act."""

    SEE = "see"
    ACT = "act"
    AUDIT = "audit"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the matrix: a permission, its kind, its names for the screens, and the roles that have it."""

    id: Permission
    kind: Kind
    zh: str
    en: str
    roles: frozenset[str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    permissions: tuple[Rule, ...]


def _load() -> dict[Permission, Rule]:
    data = (Path(__file__).parent / "data" / "permissions.yaml").read_bytes()
    rules = msgspec.yaml.decode(data, type=_File).permissions
    found = {rule.id: rule for rule in rules}
    known = {*Role.values, SYSTEM_ROLE}
    strange = {role for rule in rules for role in rule.roles} - known
    if strange or len(found) != len(rules) or found.keys() != set(Permission):
        raise ValueError(f"permissions.yaml disagrees with the code: roles {strange}, {set(Permission) ^ found.keys()}")
    return found


RULES: dict[Permission, Rule] = _load()
"""Every permission with its names and roles, in the order of the file."""

MATRIX: dict[str, frozenset[Permission]] = {
    role: frozenset(p for p, rule in RULES.items() if role in rule.roles) for role in (*Role.values, SYSTEM_ROLE)
}
"""What each role may do."""


def allowed(actor: Actor, permission: Permission) -> bool:
    """Whether ``actor`` may do this. A deactivated user may do nothing."""
    if actor.user is not None and not actor.user.is_active:
        return False
    return permission in MATRIX.get(actor.role, frozenset())


def require(actor: Actor, permission: Permission) -> None:
    """Do nothing if ``actor`` may do this.

    Raises:
        PermissionDenied: the actor's role does not have the permission, or the user is deactivated.
    """
    if not allowed(actor, permission):
        rule = RULES[permission]
        raise PermissionDenied(permission=permission.value, permission_zh=rule.zh, permission_en=rule.en)
