"""The inventory of integrations held against what really happens."""

from guiju.inventory.proxylog import Found, discover
from guiju.inventory.standing import Facts, Remark, remarks
from guiju.inventory.volume import stands_out

__all__ = ["Facts", "Found", "Remark", "discover", "remarks", "stands_out"]
