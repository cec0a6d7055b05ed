"""GJ-61xx: media."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


class MediaError(GuijuError):
    """Base of errors in files: all that a carrier raises, whatever the bytes."""

    status = 422


class MediaUnsupported(MediaError):
    """A file of a format for which there is no carrier."""

    code = "GJ-6101"
    status = 415
    zh = "不支持这种文件格式（{suffix}）。"
    en = "This file format is not supported ({suffix})."
    remedy_zh = "支持的格式见 docs/labels.md；不支持不等于没有标识。"
    remedy_en = "docs/labels.md lists the formats; unsupported does not mean unlabelled."


class MediaMalformed(MediaError):
    """A file that is cut short or contradicts its format."""

    code = "GJ-6102"
    zh = "文件已损坏或不完整（{what}）：{detail}"
    en = "The file is damaged or cut short ({what}): {detail}"
    remedy_zh = "用能正常打开的原始文件重试。"
    remedy_en = "Try again with an original file that opens well."


class MediaTooLarge(MediaError):
    """A structure inside a file goes over a limit; bombs end here."""

    code = "GJ-6103"
    status = 413
    zh = "文件内部结构超过上限（{what}：{limit}）。"
    en = "A structure inside the file is over its limit ({what}: {limit})."
    remedy_zh = "正常文件不会超过；若确系正常文件，请拆分或重新导出。"
    remedy_en = "Ordinary files stay below it; split the file or export it again."


class MediaEncrypted(MediaError):
    """A file whose metadata is encrypted."""

    code = "GJ-6104"
    zh = "文件已加密，无法读写其中的元数据（{what}）。"
    en = "The file is encrypted; its metadata cannot be read or written ({what})."
    remedy_zh = "先解除密码再添加标识。"
    remedy_en = "Remove the password first, then label the file."


class MediaLayoutUnsupported(MediaError):
    """A well-formed file that cannot be changed safely."""

    code = "GJ-6105"
    zh = "此文件的内部布局无法安全改写（{what}）：{detail}"
    en = "The layout of this file cannot be changed safely ({what}): {detail}"
    remedy_zh = "用常用软件另存一次后重试；原文件未被改动。"
    remedy_en = "Save it again with an ordinary program and retry; the original was not touched."


class FileUnusable(MediaError):
    """A file that cannot be opened, made or replaced: missing, forbidden, or no room on the disk."""

    code = "GJ-6106"
    zh = "无法读写文件 {path}：{problem}"
    en = "The file {path} cannot be read or written: {problem}"
    remedy_zh = "检查路径、权限和磁盘空间。"
    remedy_en = "Check the path, the permissions and the room on the disk."
