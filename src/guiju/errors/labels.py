"""GJ-6xxx: labels."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


class LabelError(GuijuError):
    """Base of errors in labels and provider codes."""

    status = 422


class LabelWordsInvalid(LabelError):
    """Words for the explicit label that lack an element, deny it, or could not stand in a text."""

    code = "GJ-6001"
    zh = "显式标识文字不合要求：{detail}"
    en = "The words of the explicit label are not acceptable: {detail}"
    remedy_zh = "文字须同时含“人工智能”或“AI”、“生成”或“合成”（GB 45438-2025 5.1），单行，不超过 60 个字符。"
    remedy_en = "They need 人工智能 or AI, and 生成 or 合成 (GB 45438-2025, 5.1), on one line of at most 60 characters."


class LabelValueInvalid(LabelError):
    """A value that an implicit label must not hold."""

    code = "GJ-6002"
    zh = "隐式标识字段 {key} 的值不合要求：{detail}"
    en = "The value of {key} in an implicit label is not acceptable: {detail}"
    remedy_zh = "取值只用可见 ASCII 字符，不含空格、中文和反斜杠（GB 45438-2025 附录 E j）；服务提供者请用 27 位编码。"
    remedy_en = (
        "Use visible ASCII without spaces and backslashes (GB 45438-2025, Annex E j); name the provider by its code."
    )


class LabelMissing(LabelError):
    """An answer was about to leave without its label: it is withheld."""

    code = "GJ-6010"
    status = 500
    zh = "回答在发出前的标识核验未通过,已扣留。"
    en = "The answer failed the check of its label before it was sent, and was withheld."
    remedy_zh = "重试;若反复出现,请管理员凭记录编号报告该问题。"
    remedy_en = "Try again; if it recurs, administrators: report it with the record number."


class LabelUnreadable(LabelError):
    """Bytes that are no implicit label at all."""

    code = "GJ-6003"
    zh = "无法读取隐式标识：{detail}"
    en = "The implicit label cannot be read: {detail}"
    remedy_zh = "隐式标识应为含七个字段的 JSON 对象，可带外层 AIGC 键。"
    remedy_en = "An implicit label is a JSON object of seven keys, with or without an outer key AIGC."


class ProviderCodeInvalid(LabelError):
    """A service provider code that is not built by the rule of TC260-PG-20252A."""

    code = "GJ-6004"
    zh = "服务提供者编码无效：{detail}"
    en = "The provider code is invalid: {detail}"
    remedy_zh = "编码共 27 位：00、主体类型、绑定方式、18 位统一社会信用代码、服务类型、4 位应用码。"
    remedy_en = (
        "A code has 27 characters: 00, subject type, binding, the 18 of the USCC, service type, 4 of the application."
    )


class LabelNotKept(LabelError):
    """What was written did not read back as one label, the one asked for; nothing was kept of it."""

    code = "GJ-6005"
    status = 500
    zh = "写入后回读核对失败（{detail}），未生成文件。"
    en = "The label did not read back after writing ({detail}); no file was made."
    remedy_zh = "原文件未被改动。用常用软件另存一次后重试；若仍失败，请附文件格式报告。"
    remedy_en = (
        "The original was not touched. Save it again with an ordinary program and retry, else report the format."
    )


class ManifestWouldBreak(LabelError):
    """The file has a C2PA manifest, which covers the bytes that a label changes."""

    code = "GJ-6006"
    status = 409
    zh = "文件含 C2PA 凭证（{placement}），写入标识会使其失效。"
    en = "The file holds a C2PA manifest ({placement}); writing a label makes it invalid."
    remedy_zh = "先写标识、后签 C2PA；确需改写时加 --break-c2pa，并在之后重新签名。"
    remedy_en = (
        "Label first and sign C2PA afterwards; --break-c2pa writes all the same, and the file must be signed again."
    )


class LabelExists(LabelError):
    """The file is labelled already, and the caller asked that such files be left alone."""

    code = "GJ-6007"
    status = 409
    zh = "文件已有隐式标识（{placement}），按要求未改动。"
    en = "The file has an implicit label already ({placement}); it was left as it is, as asked."
    remedy_zh = "只传播他人内容时用 guiju label propagate；确为重新生成的内容时去掉 --keep-existing。"
    remedy_en = "To pass on other people's content use guiju label propagate; leave out --keep-existing for content of your own."


class NoLabelToContinue(LabelError):
    """There is no conforming label whose propagator could be rewritten."""

    code = "GJ-6008"
    zh = "文件没有可续写的合规隐式标识：{detail}"
    en = "The file has no conforming implicit label to continue: {detail}"
    remedy_zh = "先用 guiju label verify 查看；无标识的内容按《标识办法》第六条判定为可能或疑似后用 guiju label write。"
    remedy_en = (
        "See guiju label verify; unlabelled content is judged by Article 6 of the Measures, then guiju label write."
    )


class LabelKeyUnusable(LabelError):
    """A key for signatures of labels that is none, has a password, or is of another kind."""

    code = "GJ-6021"
    zh = "密钥无法使用：{detail}"
    en = "The key cannot be used: {detail}"
    remedy_zh = "使用无口令的 PEM 文件（SM2、RSA 或 ECDSA），例如 openssl genpkey -algorithm SM2 -out key.pem。"
    remedy_en = (
        "Use PEM without a password (SM2, RSA or ECDSA), for example openssl genpkey -algorithm SM2 -out key.pem."
    )


class ContentNotBindable(LabelError):
    """A format for which it is not laid down here which part of a file is its content."""

    code = "GJ-6022"
    zh = "{format} 格式尚不支持内容绑定。"
    en = "Binding a label to the content is not supported for {format}."
    remedy_zh = "去掉 --bind，只对标识签名；支持的格式见 docs/labels.md。"
    remedy_en = "Leave out --bind and sign the label alone; docs/labels.md lists the formats."


class ManifestFailed(LabelError):
    """A C2PA manifest that could not be made."""

    code = "GJ-6023"
    zh = "无法签署 C2PA 凭证：{detail}"
    en = "The C2PA manifest could not be signed: {detail}"
    remedy_zh = "检查格式、密钥与证书链（终端证书须含 C2PA 要求的扩展用途，算法为 ES256、PS256 或 Ed25519）。"
    remedy_en = (
        "Check the format, the key and its chain (a leaf with the usage C2PA asks for; ES256, PS256 or Ed25519)."
    )


class MarkUnplaceable(LabelError):
    """An explicit label that cannot stand where, or as, it was asked for."""

    code = "GJ-6031"
    zh = "显式标识无法这样放置：{detail}"
    en = "The explicit label cannot be placed like this: {detail}"
    remedy_zh = "用 guiju label explicit --help 查看该类文件可用的位置与形式；图片过小时缩短文字或放大图片。"
    remedy_en = (
        "guiju label explicit --help lists positions and forms; for tiny pictures shorten the words or enlarge them."
    )


class GlyphMissing(LabelError):
    """Words with a character that the font cannot draw."""

    code = "GJ-6032"
    zh = "字体缺少字符“{characters}”，无法绘制标识文字。"
    en = "The font lacks {characters}; the words of the label cannot be drawn."
    remedy_zh = "改用 GB 2312 内的汉字，或用 --font 指定含该字符的字体文件。"
    remedy_en = "Use characters of GB 2312, or name a font file that has them with --font."


class SpokenTooFast(LabelError):
    """A spoken label outside 120 to 160 characters a minute."""

    code = "GJ-6033"
    zh = "语音标识语速为每分钟 {rate} 字，不在 120 至 160 之间。"
    en = "The spoken label runs at {rate} characters a minute, outside 120 to 160."
    remedy_zh = "按正常语速重录（GB 45438-2025 5.3），并用 --spoken 写明所读文字。"
    remedy_en = "Record it at normal speed (GB 45438-2025, 5.3), and give the words spoken with --spoken."


class NothingToPropagate(LabelError):
    """Nothing speaks for AI in an upload, so no field of a propagator may be written into it."""

    code = "GJ-6009"
    status = 409
    zh = "没有依据认定该文件为AI生成合成内容,不能写入传播要素。"
    en = "Nothing says that this file is AI-generated; a propagator's fields cannot be written into it."
    remedy_zh = "用户声明后以 declared=true 重新提交;未发现标识不等于非AI生成。"
    remedy_en = "Send it with declared=true if its user declares it; finding no label proves nothing."


class PartMissing(LabelError):
    """An optional part of Guiju that this needs is not installed."""

    code = "GJ-6034"
    status = 501
    zh = "未安装可选组件 {extra}，无法{doing}。"
    en = "The optional part {extra} is not installed, which is needed to {doing_en}."
    remedy_zh = "运行 `pip install 'guiju[{extra}]'` 后重试。"
    remedy_en = "Run `pip install 'guiju[{extra}]'` and try again."


class MarkImpossible(LabelError):
    """Content that cannot bear an invisible mark, or not as strong or weak as asked for."""

    code = "GJ-6041"
    zh = "无法嵌入隐形水印：{detail}"
    en = "No invisible mark can be embedded: {detail}"
    remedy_zh = "图片短边、音频时长与文字长度的下限见 docs/watermarks.md；强度用 --strength 设定。"
    remedy_en = "docs/watermarks.md tells how large, long or lively content must be; --strength sets the strength."


class MarkNotKept(LabelError):
    """A mark that could not be read out of the file it was just written into; nothing was kept of it."""

    code = "GJ-6042"
    zh = "嵌入后未能从文件中读回水印（{medium}），未生成文件。"
    en = "The mark did not read back after writing ({medium}); no file was made."
    remedy_zh = "内容过于平坦、过短或压缩过强。提高强度（减小 --strength）、换用损失较小的格式，或只用文件隐式标识。"
    remedy_en = "Too plain, short or compressed: use more strength (a lower --strength), a gentler format, or the implicit label alone."


class MarkKeyInvalid(LabelError):
    """A key file for invisible marks that is neither a secret nor a finder's key."""

    code = "GJ-6043"
    zh = "水印密钥文件无法使用：{detail}"
    en = "The key file for invisible marks cannot be used: {detail}"
    remedy_zh = "密钥文件为一行 64 位十六进制数；查找密钥文件以 find: 开头，由 guiju label watermark share 生成。"
    remedy_en = "A secret is one line of 64 hex digits; a finder's key begins with find: and is made by guiju label watermark share."


class FilmUnknown(LabelError):
    """The name of a film that was not given out here, or to another integration."""

    code = "GJ-6050"
    status = 404
    zh = "没有这个视频任务。"
    en = "There is no such video."
    remedy_zh = "使用 POST /v1/videos 返回的 id，并用提交任务的同一接入的密钥。"
    remedy_en = "Use the id that POST /v1/videos gave, with a key of the integration that ordered the video."
