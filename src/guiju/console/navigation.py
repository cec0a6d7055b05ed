"""The menu: what stands in it, and what of it a role sees."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guiju.store.actor import Actor
from guiju.store.permissions import Permission, allowed


@dataclass(frozen=True)
class Entry:
    """One line of the menu. ``noun`` is the first part of its address, by which the current line is known."""

    noun: str
    label: str | Promise
    icon: str
    permission: Permission

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(f"console:{self.noun}")


@dataclass(frozen=True)
class Group:
    """A heading of the menu and its lines."""

    label: str | Promise
    entries: tuple[Entry, ...]


MENU: tuple[Group, ...] = (
    Group(
        _("Compliance"),
        (
            Entry("overview", _("Overview"), "overview", Permission.SEE_OVERVIEW),
            Entry("obligations", _("Obligations"), "obligations", Permission.SEE_OBLIGATIONS),
            Entry("services", _("Services and profiles"), "services", Permission.SEE_SERVICES),
        ),
    ),
    Group(
        _("Evidence"),
        (
            Entry("records", _("Exchange records"), "records", Permission.SEARCH_EVIDENCE),
            Entry("labels", _("Labels of files"), "seal", Permission.TRY_CHECKS),
            Entry("proof", _("Verify and export"), "proof", Permission.EXPORT_EVIDENCE),
        ),
    ),
    Group(
        _("Moderation"),
        (
            Entry("cases", _("Review queue"), "cases", Permission.SEE_CASES),
            Entry("desk", _("Review desk in figures"), "overview", Permission.SEE_CASES),
            Entry("accounts", _("Accounts"), "accounts", Permission.SEE_ACCOUNTS),
            Entry("complaints", _("Complaints and appeals"), "file", Permission.SEE_COMPLAINTS),
            Entry("minors", _("Minors and companions"), "accounts", Permission.SEE_ACCOUNTS),
            Entry("incidents", _("Security incidents"), "warn", Permission.SEE_INCIDENTS),
            Entry("try", _("Try it"), "try", Permission.TRY_CHECKS),
        ),
    ),
    Group(
        _("Rules"),
        (
            Entry("integrations", _("Integrations"), "integrations", Permission.SEE_INTEGRATIONS),
            Entry("policies", _("Policies"), "policies", Permission.SEE_POLICIES),
            Entry("words", _("Word lists"), "words", Permission.SEE_POLICIES),
            Entry("rumours", _("Refuted claims"), "words", Permission.SEE_POLICIES),
        ),
    ),
    Group(
        _("Administration"),
        (
            Entry("users", _("Users"), "users", Permission.SEE_USERS),
            Entry("audit", _("Audit log"), "audit", Permission.SEE_AUDIT),
            Entry("webhooks", _("Webhooks"), "link", Permission.MANAGE_WEBHOOKS),
            Entry("health", _("System health"), "health", Permission.MANAGE_USERS),
        ),
    ),
)


def menu_of(actor: Actor) -> list[Group]:
    """The menu as this actor sees it; groups without a line are left out."""
    groups = (Group(g.label, tuple(e for e in g.entries if allowed(actor, e.permission))) for g in MENU)
    return [g for g in groups if g.entries]
