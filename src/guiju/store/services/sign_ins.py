"""Signing in and out, as the audit log keeps it, and the language a user chose."""

from __future__ import annotations

from guiju.store.actor import Actor
from guiju.store.acts import act, guarded
from guiju.store.audit import append
from guiju.store.models import User
from guiju.store.permissions import Permission


@act(Permission.CHANGE_OWN_PASSWORD)
def signed_in(actor: Actor) -> None:
    """The actor has signed in."""
    append(actor, "user.sign_in", actor.user)


@act(Permission.CHANGE_OWN_PASSWORD)
def signed_out(actor: Actor) -> None:
    """The actor has signed out."""
    append(actor, "user.sign_out", actor.user)


@guarded(Permission.CHANGE_OWN_PASSWORD)
def set_language(actor: Actor, language: str) -> None:
    """Remember the actor's own choice of language. A preference, not an act: no audit entry."""
    if actor.user is not None:
        User.objects.filter(pk=actor.user.pk).update(language=language)
