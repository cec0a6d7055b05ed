"""The frame of every service function: first the permission, then one transaction, inside it the audit entry.

``@act(Permission.X)`` is for functions whose whole body belongs in the transaction. ``@guarded(Permission.X)`` only asks
the permission; the function opens :func:`guiju.store.audit.one_at_a_time` itself around the part that writes (an upload
must not hold the database while a file arrives). Both leave the permission on the function, where a test reads it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from guiju.errors import ReasonMissing
from guiju.store.actor import Actor
from guiju.store.audit import one_at_a_time
from guiju.store.permissions import Permission, require

P = ParamSpec("P")
R = TypeVar("R")
Service = Callable[Concatenate[Actor, P], R]


def guarded(permission: Permission) -> Callable[[Service[P, R]], Service[P, R]]:
    """Refuse actors without ``permission`` (`PermissionDenied`) before anything else happens."""

    def wrap(function: Service[P, R]) -> Service[P, R]:
        @functools.wraps(function)
        def guarded_function(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(actor, permission)
            return function(actor, *args, **kwargs)

        guarded_function.permission = permission  # type: ignore[attr-defined]
        return guarded_function

    return wrap


def act(permission: Permission) -> Callable[[Service[P, R]], Service[P, R]]:
    """`guarded`, and the whole function is one transaction that no other act runs beside."""

    def wrap(function: Service[P, R]) -> Service[P, R]:
        @functools.wraps(function)
        def in_transaction(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            with one_at_a_time():
                return function(actor, *args, **kwargs)

        return guarded(permission)(in_transaction)

    return wrap


def reasoned(reason: str) -> str:
    """The reason without surrounding space.

    Raises:
        ReasonMissing: nothing is left of it.
    """
    if not (stripped := reason.strip()):
        raise ReasonMissing
    return stripped
