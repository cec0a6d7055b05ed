"""The number gateways watch: it moves whenever something they decide by has changed."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from guiju.store.models import SnapshotVersion


def bump() -> None:
    """Move the number on, inside the caller's transaction: gateways see the change exactly when it is committed.

    Raises:
        TransactionManagementError: there is no transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("snapshot_version.bump() needs the transaction of the change")
    if not SnapshotVersion.objects.filter(id=1).update(number=F("number") + 1):
        SnapshotVersion.objects.create(id=1, number=2)


def current() -> int:
    """The number now; 1 before anything was changed."""
    return SnapshotVersion.objects.filter(id=1).values_list("number", flat=True).first() or 1
