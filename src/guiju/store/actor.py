"""Who acts. Every service function takes an :class:`Actor` first and writes its name into the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from guiju.store.models import User

SYSTEM_ROLE = "system"
"""The role of what runs on the server itself: the command line, scheduled jobs, the gateway's automatic measures."""


@dataclass(frozen=True)
class Actor:
    """Somebody, or the system itself, doing something.

    Attributes:
        user: the console user; ``None`` for the system.
        name: what the audit log shows; it outlives the user's row.
        role: a role of :class:`~guiju.store.models.Role`, or :data:`SYSTEM_ROLE`.
        address: the network address the request came from, where there was one.
    """

    user: User | None
    name: str
    role: str
    address: str | None = None

    @classmethod
    def of(cls, user: User, address: str | None = None) -> Actor:
        """The actor a signed-in user is, with the role the user has at this moment."""
        return cls(user=user, name=user.username, role=user.role, address=address)

    @classmethod
    def system(cls, name: str = "system") -> Actor:
        """The server itself; ``name`` says which part of it (``cli``, ``retention``, ``gateway`` …)."""
        return cls(user=None, name=name, role=SYSTEM_ROLE)
