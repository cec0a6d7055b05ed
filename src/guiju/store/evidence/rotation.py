"""A new data key for new texts; old ones stay, wrapped under the master key in use."""

from __future__ import annotations

from django.utils import timezone

from guiju.evidence import MasterKey
from guiju.store import keys, snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import guarded
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import DataKey
from guiju.store.permissions import Permission


@guarded(Permission.ROTATE_DATA_KEYS)
def rotate_data_key(actor: Actor) -> DataKey:
    """Make a new data key; gateways take it up with their next snapshot.

    Data keys wrapped under an earlier master key are wrapped anew under the one in use, after which the earlier one is
    no longer needed. Texts stay as they are and stay readable.

    Raises:
        MasterKeyInvalid: a stored data key fits no master key at hand.
    """
    keys.vault()  # proves that every stored key opens, before anything is changed
    now, masters = timezone.now(), keys.masters()
    with one_at_a_time():
        renewed = _wrap_anew(masters)
        DataKey.objects.filter(retired_at=None).update(retired_at=now)
        row = keys.new_data_key(now)
        row.save(force_insert=True)
        append(actor, "evidence.rotate_data_key", row, detail={"wrapped_anew": renewed})
        snapshot_version.bump()
    return row


def _wrap_anew(masters: tuple[MasterKey, ...]) -> int:
    current, by_id = masters[0], {master.id: master for master in masters}
    rows = list(DataKey.objects.exclude(master=current.id))
    for row, old in zip(rows, keys.wrapped(rows), strict=True):
        row.master, row.wrapped = current.id, current.rewrap(old, by_id[old.master]).wrapped
        row.save(update_fields=["master", "wrapped"])
    return len(rows)
