"""The only functions that write the control plane's rows.

Every one takes an :class:`~guiju.store.actor.Actor` first, asks the permission, works in one transaction, writes its
audit entry there, and bumps the snapshot version where gateways must see the change.
"""
