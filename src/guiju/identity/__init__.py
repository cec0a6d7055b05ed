"""Who calls and for whom: integration keys and account pseudonyms, both keyed hashes."""

from guiju.identity.keys import IssuedKey, KeyHasher
from guiju.identity.pseudonym import Pseudonymiser

__all__ = ["IssuedKey", "KeyHasher", "Pseudonymiser"]
