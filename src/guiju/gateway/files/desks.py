"""The endpoints for files, by path. Adding one is one class and one line here."""

from guiju.gateway.files.desk import Desk
from guiju.gateway.files.examining import CheckUpload, LabelUpload, ReadFile
from guiju.gateway.files.labelling import CopyWithout, LabelFile

DESKS: dict[str, Desk] = {
    desk.path: desk for desk in (LabelFile(), CopyWithout(), ReadFile(), CheckUpload(), LabelUpload())
}

__all__ = ["DESKS"]
