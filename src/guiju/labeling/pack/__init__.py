"""The evidence pack on labels: what app stores and filing ask for (标识办法 Art. 7, 12), made from files really labelled."""

from guiju.labeling.pack.facts import Facts
from guiju.labeling.pack.making import Pack, make

__all__ = ["Facts", "Pack", "make"]
