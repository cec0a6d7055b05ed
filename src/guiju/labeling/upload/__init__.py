"""What a platform makes of an upload (标识办法 Art. 6): looked at in every way there is, and sorted into a tier.

>>> from guiju.labeling import upload
>>> upload.examine(Path("upload.jpg")).judged.tier
"""

from guiju.labeling.upload.continuing import carry_on
from guiju.labeling.upload.looking import Examined, Search, examine, reasons
from guiju.labeling.upload.tiers import Judgement, Sign, Tier, judge, sign

__all__ = ["Examined", "Judgement", "Search", "Sign", "Tier", "carry_on", "examine", "judge", "reasons", "sign"]
