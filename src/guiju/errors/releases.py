"""GJ-428x, GJ-429x: copies without the explicit label (标识办法 Art. 9), and what is kept for them."""

from __future__ import annotations

from guiju.errors.labels import LabelError


class ContentUnknown(LabelError):
    """A content number that no label given out here carries, or one of another application."""

    code = "GJ-4280"
    status = 404
    zh = "没有由本系统出具内容编号 {number} 的记录。"
    en = "No content was given out here under the number {number}."
    remedy_zh = "核对隐式标识中的 ProduceID；不是本系统出具的内容，请上传文件并选择接入应用。"
    remedy_en = (
        "Compare it with ProduceID in the implicit label; for content of elsewhere give the file and its application."
    )


class ApplicationMissing(LabelError):
    """A file whose label does not tell which application it came from, and nobody said."""

    code = "GJ-4281"
    zh = "无法从文件得知它来自哪个接入应用。"
    en = "The file does not tell which application it came from."
    remedy_zh = "请选择提出请求的用户所属的接入应用。"
    remedy_en = "Choose the application whose user asks."


class ContentOfAnother(LabelError):
    """The user who asks is not the one for whom the content was made."""

    code = "GJ-4282"
    status = 409
    zh = "内容 {number} 不是为提出请求的用户生成的。"
    en = "The content {number} was not made for the user who asks."
    remedy_zh = "按应用发送的用户标识填写；只有生成该内容的用户可以申请（标识办法第九条）。"
    remedy_en = "Give the user's name as the application sends it; only who had it made may ask (标识办法 Art. 9)."


class OriginalNotKept(LabelError):
    """Neither the original of a content nor its text is held any more."""

    code = "GJ-4283"
    status = 410
    zh = "没有保存内容 {number} 的原件或原文。"
    en = "Neither the original nor the text of content {number} is held here."
    remedy_zh = "原件只在出具它的网关上保存 gateway.originals_days 天；请上传未加显式标识的原件。"
    remedy_en = "Originals stay for gateway.originals_days days, at the gateway that made them; give the file without the explicit label."


class StillLabelled(LabelError):
    """A file that still shows an explicit label; labels are never removed here."""

    code = "GJ-4284"
    status = 409
    zh = "文件上仍有显式标识，且没有保存它的原件。规矩不去除标识（标识办法第十条）。"
    en = "The file still shows an explicit label, and its original is not held. Guiju removes no labels (标识办法 Art. 10)."
    remedy_zh = "请上传未加显式标识的原件。"
    remedy_en = "Give the original, as it was before the explicit label."


class AnswerChanged(LabelError):
    """An answer that was masked or replaced when it went out: what is held is not what the user got."""

    code = "GJ-4285"
    status = 409
    zh = "内容 {number} 送出时经过遮盖或替换，原文不能提供。"
    en = "The content {number} was masked or replaced when it went out; what is held cannot be given."
    remedy_zh = "请上传用户收到的文件。"
    remedy_en = "Give the file that the user received."


class KeptFileDamaged(LabelError):
    """An encrypted file on a shelf that was changed or cut short, or that lies under another file's name."""

    code = "GJ-4288"
    status = 500
    zh = "保存的文件 {name} 被改动、截断或调换，无法解密，不予提供。"
    en = "The kept file {name} was changed, cut short or exchanged; it does not decrypt and is not given out."
    remedy_zh = "检查数据目录的磁盘与访问权限，从备份恢复；该内容的副本请凭未加显式标识的原件申请。"
    remedy_en = (
        "Check disk and permissions of the data directory and restore from a backup; for a copy give the original, as it was "
        "before the explicit label."
    )


class FileWorkStopped(LabelError):
    """Work on a file that was given up because the process is about to end; nothing of it is left."""

    code = "GJ-4286"
    status = 503
    zh = "服务正在停止，文件未处理完，没有留下任何内容。"
    en = "The service is stopping; the file was not finished, and nothing of it is left."
    remedy_zh = "稍后重新发送文件。"
    remedy_en = "Send the file again in a while."


class NoPlaceForWords(LabelError):
    """A file of a format that holds an implicit label, and has no place for words that people see or hear."""

    code = "GJ-4289"
    status = 415
    zh = "{format} 文件没有可放置显式标识的位置，文件未处理。"
    en = "A file of the kind {format} has no place for an explicit label; nothing was done with it."
    remedy_zh = "以 explicit=false 只写入隐式标识，并在下载或展示该文件的界面上持续显示显式标识（GB 45438-2025 5.6）。"
    remedy_en = (
        "Write the implicit label alone with explicit=false, and show the explicit one where the file is offered "
        "(GB 45438-2025, 5.6)."
    )


class CallerLeft(LabelError):
    """A caller that closed its connection before its file was done; the work on it ended, nothing went out."""

    code = "GJ-4287"
    status = 499
    zh = "文件处理完之前，调用方已断开连接；处理已中止。"
    en = "The caller closed its connection before its file was done; the work on it was given up."
    remedy_zh = "调用方应等待足够长的时间；视频重新编码可能需要数分钟。只需隐式标识时用 explicit=false，不重新编码。"
    remedy_en = (
        "Callers should wait long enough: coding a film again may take minutes. With explicit=false only the implicit label "
        "is written, and nothing is coded."
    )
