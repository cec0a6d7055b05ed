"""GJ-2065: the register of refuted claims as a file."""

from __future__ import annotations

from guiju.errors.moderation import ModerationError


class RumourFileUnusable(ModerationError):
    """A register file of an unknown kind, or one that is not what it claims. Parameters: ``name``, ``problem``."""

    code = "GJ-2065"
    zh = "辟谣登记文件 {name} 无法读取：{problem}"
    en = "The register file {name} cannot be read: {problem}"
    remedy_zh = "使用 .csv 或 .json 文件；列的含义见 docs/rumours.md"
    remedy_en = "Use a .csv or .json file; docs/rumours.md explains the columns"
