"""Fields of special care (duty 5): what stands beside an answer about medicine, money, law or school."""

from guiju.domains.advice import Advice, Asked, advise
from guiju.domains.figures import unsupported
from guiju.domains.packs import Pack, packs

__all__ = ["Advice", "Asked", "Pack", "advise", "packs", "unsupported"]
