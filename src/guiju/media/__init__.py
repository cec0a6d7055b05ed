"""How to read and write metadata in images, sound, film and documents: the carriers of a string under the key ``AIGC``.

No label semantics here: what the string means is the business of ``guiju.labeling``.
"""

from guiju.media.contents import C2pa, Contents, Form, Found
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, Practice, carrier, carrier_of, registered

__all__ = [
    "LIMITS",
    "C2pa",
    "Carrier",
    "Contents",
    "Form",
    "Found",
    "Limits",
    "Practice",
    "carrier",
    "carrier_of",
    "registered",
]
