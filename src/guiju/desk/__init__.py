"""The arithmetic of the review desk: order, deadlines, samples, agreement, likeness, exposure, staffing."""

from guiju.desk.agreement import Agreement, agreement
from guiju.desk.exposure import Exposure, Sitting, exposure
from guiju.desk.figures import Share, percentile, share, staffing
from guiju.desk.opening import Opening, Signals, opening
from guiju.desk.rules import DeskPolicy
from guiju.desk.sampling import drawn
from guiju.desk.sketch import Near, nearest, sketch

__all__ = [
    "Agreement",
    "DeskPolicy",
    "Exposure",
    "Near",
    "Opening",
    "Share",
    "Signals",
    "Sitting",
    "agreement",
    "drawn",
    "exposure",
    "nearest",
    "opening",
    "percentile",
    "share",
    "sketch",
    "staffing",
]
