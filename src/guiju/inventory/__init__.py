"""The inventory of integrations held against what really happens."""

from guiju.inventory.checklist import Form, Point, State, look, points, still_open
from guiju.inventory.proxylog import Found, discover
from guiju.inventory.standing import Facts, Remark, remarks
from guiju.inventory.volume import stands_out

__all__ = [
    "Facts",
    "Form",
    "Found",
    "Point",
    "Remark",
    "State",
    "discover",
    "look",
    "points",
    "remarks",
    "stands_out",
    "still_open",
]
