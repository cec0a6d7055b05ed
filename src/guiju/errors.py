"""The one error tree.

Every error a user can meet has a stable code, a message in Chinese and English, and a remedy in both. The hundreds
group by room::

    GuijuError
    ├── SettingsError      GJ-10xx   settings, set-up, environment
    ├── RequestError       GJ-11xx   what a caller of the gateway sent
    ├── AccessError        GJ-12xx   integrations, keys, quotas, accounts
    ├── UpstreamError      GJ-13xx   the model behind the gateway
    ├── ModerationError    GJ-2xxx   text, detectors, policies, word lists
    ├── EvidenceError      GJ-3xxx   records, chains, keys, export
    ├── LawError           GJ-4xxx   instruments, obligations, checks, documents
    ├── AccountError       GJ-5xxx   handling of accounts; 51xx complaints, 52xx minors and companions
    ├── LabelError         GJ-60xx   labels and provider codes
    ├── MediaError         GJ-61xx   files: images, sound, film, documents
    └── StoreError         GJ-7xxx   database, services, console actions

Messages may hold ``{placeholders}`` filled from keyword arguments. They never hold user text or secrets.
"""

from __future__ import annotations

from typing import ClassVar


class GuijuError(Exception):
    """Base of all errors shown to a user.

    Attributes:
        code: stable identifier, ``GJ-nnnn``; documented in ``docs/errors.md``.
        status: the HTTP status where the error leaves over HTTP.
        zh, en: the message. ``remedy_zh``, ``remedy_en``: what to do next.
    """

    code: ClassVar[str] = ""
    status: int = 500
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""
    remedy_zh: ClassVar[str] = ""
    remedy_en: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(f"{self.code} {self.message('en')}")

    def message(self, language: str = "zh") -> str:
        """The message in ``zh`` or ``en`` with its placeholders filled."""
        return (self.zh if language.startswith("zh") else self.en).format_map(_Lenient(self.params))

    def remedy(self, language: str = "zh") -> str:
        """What the user can do about it, in ``zh`` or ``en``."""
        return (self.remedy_zh if language.startswith("zh") else self.remedy_en).format_map(_Lenient(self.params))


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def all_errors() -> list[type[GuijuError]]:
    """Every concrete error class (those with a code), ordered by code."""
    found: list[type[GuijuError]] = []
    queue = list(GuijuError.__subclasses__())
    while queue:
        cls = queue.pop()
        queue.extend(cls.__subclasses__())
        if "code" in cls.__dict__:
            found.append(cls)
    return sorted(found, key=lambda c: c.code)


class InternalFault(GuijuError):
    """A fault of Guiju itself; what happened is in the log, under the same record number."""

    code = "GJ-1000"
    zh = "规矩内部出错,请求未完成。"
    en = "Guiju itself failed; the exchange was not completed."
    remedy_zh = "重试;若反复出现,请管理员凭记录编号查看日志并报告。"
    remedy_en = "Try again; if it recurs, administrators: look up the record number in the log and report it."


# --- GJ-10xx settings ------------------------------------------------------------------------------------------------


class SettingsError(GuijuError):
    """Base of errors in settings and set-up."""


class SettingsInvalid(SettingsError):
    code = "GJ-1001"
    zh = "设置有误:{where}:{problem}"
    en = "Invalid setting {where}: {problem}"
    remedy_zh = "改正 guiju.toml 或 GUIJU_* 环境变量;`guiju doctor` 会列出全部设置及其来源。"
    remedy_en = (
        "Correct guiju.toml or the GUIJU_* variable; `guiju doctor` lists every setting and where it comes from."
    )


class DatabaseUnreachable(SettingsError):
    code = "GJ-1002"
    status = 503
    zh = "无法连接数据库:{problem}"
    en = "The database cannot be reached: {problem}"
    remedy_zh = "确认数据库已启动,且 GUIJU_DATABASE_URL 正确;`guiju doctor` 可复查。"
    remedy_en = "Check that the database runs and GUIJU_DATABASE_URL is right; `guiju doctor` checks it again."


class DatabaseNotMigrated(SettingsError):
    code = "GJ-1003"
    status = 503
    zh = "数据库结构不是最新版本({pending} 项未应用)。"
    en = "The database schema is not up to date ({pending} migrations pending)."
    remedy_zh = "运行 `guiju init`;它只做必要的升级,不丢数据。"
    remedy_en = "Run `guiju init`; it applies what is missing and loses nothing."


class KeyFileInvalid(SettingsError):
    code = "GJ-1004"
    zh = "密钥文件 {name} 无法使用:{problem}"
    en = "Key file {name} cannot be used: {problem}"
    remedy_zh = "从备份恢复该文件;不要重新生成:用旧密钥加密的文本将无法再读。"
    remedy_en = (
        "Restore the file from its backup; do not make a new one: text encrypted under the old key would be lost."
    )


class PortInUse(SettingsError):
    code = "GJ-1005"
    zh = "地址 {host}:{port} 已被占用。"
    en = "Address {host}:{port} is in use."
    remedy_zh = "换一个端口(--port),或停掉占用它的程序。"
    remedy_en = "Choose another port (--port) or stop the program that uses it."


class DriverMissing(SettingsError):
    code = "GJ-1006"
    zh = "database_url 指向 PostgreSQL,但未安装其驱动。"
    en = "database_url names PostgreSQL, but its driver is not installed."
    remedy_zh = "运行 `pip install 'guiju[postgres]'`,或去掉 database_url 改用内置 SQLite。"
    remedy_en = "Run `pip install 'guiju[postgres]'`, or unset database_url to use the embedded SQLite."


class HomeUnwritable(SettingsError):
    code = "GJ-1007"
    zh = "无法读写 {path}:{problem}"
    en = "{path} cannot be read or written: {problem}"
    remedy_zh = "检查 GUIJU_HOME 指向的目录是否存在、属于当前用户且磁盘未满。"
    remedy_en = "Check that the directory GUIJU_HOME names exists, belongs to this user, and that the disk is not full."


# --- GJ-11xx requests to the gateway ---------------------------------------------------------------------------------


class RequestError(GuijuError):
    """Base of errors in what a caller sent."""

    status = 400


class BodyTooLarge(RequestError):
    code = "GJ-1101"
    status = 413
    zh = "请求体超过 {limit} 字节。"
    en = "The request body exceeds {limit} bytes."
    remedy_zh = "缩小请求,或由管理员调高 gateway.max_body_bytes。"
    remedy_en = "Send less, or have the administrator raise gateway.max_body_bytes."


class BodyNotJson(RequestError):
    code = "GJ-1102"
    zh = "请求体不是有效的 UTF-8 JSON:{problem}"
    en = "The request body is not valid UTF-8 JSON: {problem}"
    remedy_zh = "检查编码与引号;Content-Type 应为 application/json。"
    remedy_en = "Check encoding and quotes; send Content-Type application/json."


class BodyTooDeep(RequestError):
    code = "GJ-1103"
    zh = "请求体的 JSON 嵌套超过 {limit} 层。"
    en = "The JSON of the request is nested deeper than {limit} levels."
    remedy_zh = "减少嵌套。"
    remedy_en = "Send a flatter body."


class FieldInvalid(RequestError):
    code = "GJ-1104"
    zh = "字段 {field} 有误:{problem}"
    en = "Field {field} is wrong: {problem}"
    remedy_zh = "按 OpenAI 接口的格式修改该字段。"
    remedy_en = "Correct the field as the OpenAI API describes it."


class TokensNotText(RequestError):
    code = "GJ-1105"
    zh = "字段 {field} 传入了词元编号,无法审核其内容。"
    en = "Field {field} holds token numbers, whose content cannot be checked."
    remedy_zh = "改为传入文本。"
    remedy_en = "Send text instead."


class NotServed(RequestError):
    code = "GJ-1106"
    status = 404
    zh = "本网关不提供 {method} {path}。"
    en = "This gateway does not serve {method} {path}."
    remedy_zh = "可用接口:/v1/chat/completions、/v1/completions、/v1/responses、/v1/embeddings、/v1/models。"
    remedy_en = "Served: /v1/chat/completions, /v1/completions, /v1/responses, /v1/embeddings, /v1/models."


class ModelUnknown(RequestError):
    code = "GJ-1107"
    status = 404
    zh = "没有名为 {model} 的模型。"
    en = "There is no model called {model}."
    remedy_zh = "GET /v1/models 列出该接入可用的模型。"
    remedy_en = "GET /v1/models lists the models this integration may use."


class PromptBlocked(RequestError):
    code = "GJ-1108"
    zh = "该请求的内容不符合使用规范,已被拦截。"
    en = "The content of this request was blocked by policy."
    remedy_zh = "修改内容后重试;如有异议,凭记录编号联系服务方。"
    remedy_en = "Change the content and try again; to object, contact the service with the record number."


class AnswerBlocked(RequestError):
    code = "GJ-1109"
    zh = "模型的回答不符合使用规范,已被拦截。"
    en = "The answer of the model was blocked by policy."
    remedy_zh = "换一种问法;如有异议,凭记录编号联系服务方。"
    remedy_en = "Ask differently; to object, contact the service with the record number."


class StoredStateRefused(RequestError):
    code = "GJ-1110"
    zh = "字段 {field} 引用了网关看不到的内容,无法审核。"
    en = "Field {field} refers to content that the gateway cannot see and check."
    remedy_zh = "在请求中直接发送完整对话。"
    remedy_en = "Send the whole conversation in the request."


class BodyIncomplete(RequestError):
    code = "GJ-1111"
    zh = "请求体在接收完之前中断。"
    en = "The request body ended before it was complete."
    remedy_zh = "检查网络后重试。"
    remedy_en = "Check the network and try again."


class LineInvalid(RequestError):
    """A line of a JSON-lines file that cannot be checked."""

    code = "GJ-1112"
    zh = "第 {line} 行无法处理:{problem}"
    en = "Line {line} cannot be used: {problem}"
    remedy_zh = '每行写一个 JSON 对象,如 {{"id": "1", "text": "…"}}。'
    remedy_en = 'Write one JSON object a line, such as {{"id": "1", "text": "…"}}.'


class BodyTooSlow(RequestError):
    code = "GJ-1113"
    status = 408
    zh = "请求体在 {seconds} 秒内没有传完。"
    en = "The request body did not arrive within {seconds} seconds."
    remedy_zh = "检查网络后重试;管理员可调整 gateway.body_timeout_s。"
    remedy_en = "Check the network and try again; administrators may adjust gateway.body_timeout_s."


class BodyTooIntricate(RequestError):
    code = "GJ-1114"
    status = 413
    zh = "请求体含有的值过多,上限为 {limit} 个。"
    en = "The request body holds too many values; at most {limit} are accepted."
    remedy_zh = "缩短对话,或把内容放进更少的字段。"
    remedy_en = "Shorten the conversation, or put its content into fewer fields."


class PieceOutOfOrder(RequestError):
    code = "GJ-1115"
    status = 409
    zh = "分片序号应为 {expected},收到 {got}。"
    en = "Piece {expected} is expected, {got} came."
    remedy_zh = "按序号逐片发送,收到应答后再发下一片;会话结束后请使用新的 session。"
    remedy_en = "Send pieces in order, the next after the reply; use a new session once one has ended."


class SessionUnknown(RequestError):
    code = "GJ-1116"
    status = 409
    zh = "没有名为 {session} 的会话。"
    en = "There is no session {session}."
    remedy_zh = "会话闲置 120 秒后结束,且只在收到首片的进程中有效:同一会话请使用同一连接,或从第 0 片重新发送。"
    remedy_en = "Sessions end after 120 idle seconds and live in the process that took piece 0: keep one connection, or start again at 0."


class SessionTooLong(RequestError):
    code = "GJ-1117"
    status = 413
    zh = "会话文本超过 {limit} 个字符。"
    en = "The session's text is longer than {limit} characters."
    remedy_zh = "将内容分为多个会话。"
    remedy_en = "Split the content into several sessions."


class SessionsFull(RequestError):
    code = "GJ-1118"
    status = 503
    zh = "同时进行的分片会话已达上限 {limit}。"
    en = "There are {limit} sessions under way, the limit."
    remedy_zh = "结束不再使用的会话(final: true),或增加网关进程。"
    remedy_en = "End sessions that are no longer used (final: true), or add gateway processes."


class FormInvalid(RequestError):
    code = "GJ-1119"
    zh = "表单有误:{problem}。"
    en = "The form is wrong: {problem}."
    remedy_zh = "以 multipart/form-data 发送,文件放在 file 字段,其余字段见接口文档。"
    remedy_en = "Send multipart/form-data with the file in the field file; the API page lists the other fields."


class FileRoomFull(RequestError):
    code = "GJ-1120"
    status = 507
    zh = "服务器上没有足够空间处理该文件。"
    en = "There is not enough room on the server for this file."
    remedy_zh = "稍后重试;管理员请清理数据目录所在的磁盘。"
    remedy_en = "Try again later; administrators: free space on the disk of the data directory."


# --- GJ-12xx access --------------------------------------------------------------------------------------------------


class AccessError(GuijuError):
    """Base of refusals: the integration or the account may not do this now."""

    status = 403


class KeyMissing(AccessError):
    code = "GJ-1201"
    status = 401
    zh = "请求没有携带接入密钥。"
    en = "The request carries no integration key."
    remedy_zh = "在 Authorization 头中发送 Bearer gj-…。"
    remedy_en = "Send Authorization: Bearer gj-…."


class KeyUnknown(AccessError):
    code = "GJ-1202"
    status = 401
    zh = "接入密钥无效或已吊销。"
    en = "The integration key is unknown or revoked."
    remedy_zh = "向服务管理员索取有效密钥;`guiju integration list` 可查。"
    remedy_en = "Ask the administrator for a valid key; see `guiju integration list`."


class IntegrationNotApproved(AccessError):
    code = "GJ-1203"
    zh = "接入 {integration} 尚未批准。"
    en = "Integration {integration} is not approved yet."
    remedy_zh = "请合规负责人在控制台批准该接入。"
    remedy_en = "Have a compliance officer approve it in the console."


class IntegrationSuspended(AccessError):
    code = "GJ-1204"
    zh = "接入 {integration} 已暂停。"
    en = "Integration {integration} is suspended."
    remedy_zh = "联系服务管理员了解原因并申请恢复。"
    remedy_en = "Contact the administrator for the reason and for reinstatement."


class IntegrationRetired(AccessError):
    code = "GJ-1205"
    zh = "接入 {integration} 已停用。"
    en = "Integration {integration} is retired."
    remedy_zh = "为新的用途申请新的接入。"
    remedy_en = "Apply for a new integration."


class IntegrationExpired(AccessError):
    code = "GJ-1206"
    zh = "接入 {integration} 的{what}已于 {date} 到期。"
    en = "The {what} of integration {integration} expired on {date}."
    remedy_zh = "更新有效期或备案信息后由合规负责人复核。"
    remedy_en = "Renew it and have a compliance officer review it."


class ModelNotAllowed(AccessError):
    code = "GJ-1207"
    zh = "接入 {integration} 无权使用模型 {model}。"
    en = "Integration {integration} may not use model {model}."
    remedy_zh = "选择已授权的模型,或申请增加授权。"
    remedy_en = "Choose an allowed model or apply for this one."


class QuotaRequests(AccessError):
    code = "GJ-1208"
    status = 429
    zh = "已达到每分钟 {limit} 次请求的配额。"
    en = "The quota of {limit} requests a minute is used up."
    remedy_zh = "稍后重试,或申请提高配额。"
    remedy_en = "Try again later or apply for a higher quota."


class QuotaTokens(AccessError):
    code = "GJ-1209"
    status = 429
    zh = "已达到每日 {limit} 词元的配额。"
    en = "The quota of {limit} tokens a day is used up."
    remedy_zh = "次日(北京时间)恢复,或申请提高配额。"
    remedy_en = "It is renewed the next day (UTC+8); or apply for a higher quota."


class QuotaConcurrent(AccessError):
    code = "GJ-1210"
    status = 429
    zh = "已达到 {limit} 个并发请求的配额。"
    en = "The quota of {limit} exchanges at once is used up."
    remedy_zh = "等待进行中的请求结束,或申请提高配额。"
    remedy_en = "Wait for exchanges under way or apply for a higher quota."


class AccountSuspended(AccessError):
    code = "GJ-1211"
    zh = "该用户已被暂停使用{until}。"
    en = "This user is suspended{until}."
    remedy_zh = "到期后自动恢复;如有异议可申诉。"
    remedy_en = "It ends by itself; the user may appeal."


class AccountClosed(AccessError):
    code = "GJ-1212"
    zh = "该用户已被停止服务。"
    en = "Service to this user was ended."
    remedy_zh = "如有异议可申诉。"
    remedy_en = "The user may appeal."


class MediaNotAllowed(AccessError):
    code = "GJ-1213"
    zh = "接入 {integration} 不得请求或返回未加标识的图像、音频或视频。"
    en = "Integration {integration} may not request or return unlabelled images, sound or film."
    remedy_zh = "只请求文本,或由合规负责人在接入设置中明确允许。"
    remedy_en = "Ask for text only, or have a compliance officer allow it explicitly."


class GatewayBusy(AccessError):
    code = "GJ-1214"
    status = 503
    zh = "网关正在处理的请求已达上限。"
    en = "The gateway is at its limit of exchanges under way."
    remedy_zh = "稍后重试;管理员可增加网关进程或调高 gateway.max_in_flight。"
    remedy_en = "Try again; administrators: add gateway processes or raise gateway.max_in_flight."


class AccountLimited(AccessError):
    code = "GJ-1215"
    status = 429
    zh = "该用户的功能已受限:每分钟最多 {limit} 次请求。"
    en = "This user is limited to {limit} requests a minute."
    remedy_zh = "稍后重试;如有异议可申诉。"
    remedy_en = "Try again later; the user may appeal."


class SignatureWrong(AccessError):
    code = "GJ-1216"
    status = 401
    zh = "请求签名有误:{problem}。"
    en = "The request's signature is wrong: {problem}."
    remedy_zh = "核对 AccessKey(`guiju integration access-key` 给出)与本机时钟(误差不超过 15 分钟)。"
    remedy_en = "Check the access key (`guiju integration access-key` shows it) and the clock (within 15 minutes)."


# --- GJ-13xx upstream ------------------------------------------------------------------------------------------------


class UpstreamError(GuijuError):
    """Base of faults of the model behind the gateway."""

    status = 502


class UpstreamUnreachable(UpstreamError):
    code = "GJ-1301"
    zh = "无法连接上游模型服务。"
    en = "The upstream model service cannot be reached."
    remedy_zh = "管理员请检查 upstream.url 与网络;`guiju doctor` 会测试连接。"
    remedy_en = "Administrators: check upstream.url and the network; `guiju doctor` tests it."


class UpstreamTimeout(UpstreamError):
    code = "GJ-1302"
    status = 504
    zh = "上游模型在限定时间内没有响应。"
    en = "The upstream model did not respond in time."
    remedy_zh = "稍后重试;管理员可调整 gateway.read_timeout_s。"
    remedy_en = "Try again; administrators may adjust gateway.read_timeout_s."


class UpstreamRefused(UpstreamError):
    """``told`` is what the upstream said about it, where that may be passed on."""

    code = "GJ-1303"
    zh = "上游模型拒绝了请求(HTTP {upstream}):{told}"
    en = "The upstream model refused the request (HTTP {upstream}): {told}"
    remedy_zh = "按上游的说明修改请求;401 或 403 表示管理员需检查上游密钥。"
    remedy_en = "Change the request as the upstream says; 401 or 403 means administrators must check its key."

    def __init__(self, *, upstream: int, told: str = "") -> None:
        super().__init__(upstream=upstream, told=told or "-")
        if upstream in (400, 404, 409, 413, 422, 429):  # the caller's to mend; anything else is the operator's
            self.status = upstream


class UpstreamBroken(UpstreamError):
    code = "GJ-1304"
    zh = "上游模型的回答中途断开。"
    en = "The answer of the upstream model broke off."
    remedy_zh = "重试;若反复出现请检查上游服务。"
    remedy_en = "Try again; if it recurs, check the upstream service."


class UpstreamMalformed(UpstreamError):
    code = "GJ-1305"
    zh = "上游模型返回了无法解析的内容:{problem}"
    en = "The upstream model returned something unreadable: {problem}"
    remedy_zh = "管理员请确认上游兼容 OpenAI 接口。"
    remedy_en = "Administrators: check that the upstream speaks the OpenAI API."


class UpstreamTooLarge(UpstreamError):
    code = "GJ-1306"
    zh = "上游模型的回答超过 {limit} 字节。"
    en = "The answer of the upstream model exceeds {limit} bytes."
    remedy_zh = "缩短回答,或由管理员调高相应限制。"
    remedy_en = "Ask for less, or have the administrator raise the limit."


class UpstreamMissing(UpstreamError):
    code = "GJ-1307"
    status = 503
    zh = "服务 {service} 没有配置上游模型。"
    en = "Service {service} has no upstream model configured."
    remedy_zh = "在 guiju.toml 中为该服务填写 upstream.url。"
    remedy_en = "Set upstream.url for this service in guiju.toml."


class MediaByLink(UpstreamError):
    code = "GJ-1308"
    zh = "上游以链接返回图片,无法为其添加标识。"
    en = "The upstream answered with links to pictures, which cannot be labelled."
    remedy_zh = "请求时设置 response_format 为 b64_json,或让上游直接返回图片内容。"
    remedy_en = "Ask with response_format b64_json, or let the upstream return the pictures themselves."


# --- GJ-2xxx moderation ----------------------------------------------------------------------------------------------


class ModerationError(GuijuError):
    """Base of errors in detectors, policies and word lists."""

    status = 422


class LexiconError(ModerationError):
    """A line of a word list that cannot be used. Parameters: ``line``, ``problem``."""

    code = "GJ-2001"
    zh = "词表第 {line} 行无法使用：{problem}"
    en = "Line {line} of the word list cannot be used: {problem}"
    remedy_zh = "改正该行后重新导入；列的含义见 docs/detectors.md"
    remedy_en = "Correct that line and import again; docs/detectors.md explains the columns"


class PolicySourceError(ModerationError):
    """A policy with mistakes. Parameters: ``name``, ``count``, ``report`` (the rendered diagnostics)."""

    code = "GJ-2002"
    zh = "策略 {name} 有 {count} 处错误：\n{report}"
    en = "Policy {name} has {count} mistake(s):\n{report}"
    remedy_zh = "按每处提示修改后重新提交"
    remedy_en = "Follow the hint at each place and submit again"


class PatternSourceError(ModerationError):
    """A pattern file with mistakes. Parameters: ``name``, ``count``, ``report`` (the rendered diagnostics)."""

    code = "GJ-2003"
    zh = "规则文件 {name} 有 {count} 处错误：\n{report}"
    en = "Pattern file {name} has {count} mistake(s):\n{report}"
    remedy_zh = "按每处提示修改后重新载入"
    remedy_en = "Follow the hint at each place and load again"


class UnknownDetector(ModerationError):
    """A detector name nobody registered. Parameters: ``name``, ``known``."""

    code = "GJ-2004"
    zh = "没有名为 {name} 的检测器；已有：{known}"
    en = "There is no detector named {name}; known: {known}"
    remedy_zh = "检查名称，或安装提供该检测器的扩展"
    remedy_en = "Check the name, or install the extension that provides it"


class ListFileUnusable(ModerationError):
    """A word-list file of an unknown kind, or one that cannot be read as what it claims. Parameters: ``name``, ``problem``."""

    code = "GJ-2050"
    zh = "词表文件 {name} 无法读取：{problem}"
    en = "The word-list file {name} cannot be read: {problem}"
    remedy_zh = "使用 .csv、.xlsx 或 .json 文件；列的含义见 docs/lexicons.md"
    remedy_en = "Use a .csv, .xlsx or .json file; docs/lexicons.md explains the columns"


class SpreadsheetsMissing(ModerationError):
    """Excel files need a library that is not installed."""

    code = "GJ-2051"
    zh = "读写 Excel 词表需要安装 openpyxl"
    en = "Reading and writing Excel word lists needs openpyxl"
    remedy_zh = "运行 `pip install 'guiju[excel]'` 后重试，或改用 CSV"
    remedy_en = "Run `pip install 'guiju[excel]'` and try again, or use CSV"


class RumourRegisterError(ModerationError):
    """A line of the register of refuted claims that cannot be used. Parameters: ``line``, ``problem``."""

    code = "GJ-2041"
    zh = "辟谣登记第 {line} 行无法使用：{problem}"
    en = "Line {line} of the register of refuted claims cannot be used: {problem}"
    remedy_zh = "改正该行后重新导入；列的含义见 docs/detectors.md"
    remedy_en = "Correct that line and import again; docs/detectors.md explains the columns"


class ModelDamaged(ModerationError):
    """A model's weights or manifest are missing or not the ones that were shipped. Parameters: ``name``."""

    code = "GJ-2040"
    status = 500
    zh = "模型文件 {name} 缺失或与清单不符"
    en = "The model file {name} is missing or is not the one its manifest names"
    remedy_zh = "重新安装 Guiju；自行训练的模型须由 python -m training 写出"
    remedy_en = "Install Guiju again; models of your own must be written by python -m training"


class DetectorFailed(ModerationError):
    """A detector broke while looking at a text. Never raised to a caller: its code stands in the ``Failure``."""

    code = "GJ-2010"
    status = 503
    zh = "检测器 {name} 运行出错，内容未完成检查"
    en = "Detector {name} broke; the content was not fully checked"
    remedy_zh = "查看日志中的原因；策略的 fail 一节决定此时放行还是拦截"
    remedy_en = "See the log for the cause; the policy's fail section decides whether such content passes"


class CheckTimedOut(ModerationError):
    """A check ran past its time budget. Never raised to a caller: its code stands in the ``Failure``."""

    code = "GJ-2011"
    status = 503
    zh = "检查超过时间预算，内容未完成检查"
    en = "The check ran past its time budget; the content was not fully checked"
    remedy_zh = "提高 budget_ms，或缩短单次请求的文本；策略的 fail 一节决定此时放行还是拦截"
    remedy_en = "Raise budget_ms or shorten the request; the policy's fail section decides whether such content passes"


class PolicyUntested(ModerationError):
    code = "GJ-2005"
    status = 422
    zh = "策略缺少测试语句:至少要有一条应放行、一条不应放行的。"
    en = "The policy has no test lines on both sides: one that must pass and one that must not."
    remedy_zh = "在策略的 tests 一节补充测试语句。"
    remedy_en = "Add such lines to the policy's tests section."


class PolicyTestsUnmet(ModerationError):
    code = "GJ-2006"
    status = 422
    zh = "策略有 {count} 条测试语句不符:{report}"
    en = "{count} test lines of the policy do not hold: {report}"
    remedy_zh = "修改策略、词表或测试语句后重试;“试一试”页面可查看每条语句的判定。"
    remedy_en = "Change the policy, the word lists or the lines; the try-it screen shows how each line is judged."


class DocumentUnread(ModerationError):
    """Stands in the record of an exchange, never alone: part of the prompt was a document that no detector reads."""

    code = "GJ-2012"
    zh = "提问附带的文件(PDF、办公文档或外部文件)未能读取,其内容未经检查。"
    en = "A document attached to the prompt (PDF, office file or a file elsewhere) was not read, its content not checked."
    remedy_zh = '以文本发送文件内容;或在策略的 fail 一节用 "*" 规定此类情况一律拦截。'
    remedy_en = 'Send the content as text; or let the policy block such prompts by "*" in its fail section.'


# --- GJ-3xxx evidence ------------------------------------------------------------------------------------------------


class EvidenceError(GuijuError):
    """Base of errors in records, chains, keys and exports."""

    status = 503


class EvidenceUnavailable(EvidenceError):
    code = "GJ-3010"
    zh = "证据暂时无法写入,请求已按失败关闭处理。"
    en = "Evidence cannot be written at the moment; the exchange was refused."
    remedy_zh = "稍后重试;管理员请检查数据库与磁盘,`guiju doctor` 会指出原因。"
    remedy_en = "Try again later; administrators: check the database and the disk, `guiju doctor` names the cause."


class EvidenceUnwritable(EvidenceError):
    code = "GJ-3011"
    status = 500
    zh = "数据库拒绝了这条记录,回答已扣留。"
    en = "The database refused this record; the answer was withheld."
    remedy_zh = "管理员请查看日志中的错误类型并报告该问题;其他请求不受影响。"
    remedy_en = "Administrators: see the error type in the log and report it; other exchanges are not affected."


class EvidenceTimeout(EvidenceError):
    code = "GJ-3012"
    zh = "在限定时间内未能确认记录已落盘,回答已扣留。"
    en = "The record was not durable within the time limit; the answer was withheld."
    remedy_zh = "稍后重试;管理员请检查数据库负载与 evidence.wait_s。"
    remedy_en = "Try again later; administrators: check the load of the database and evidence.wait_s."


class RecordUnreadable(EvidenceError):
    """A record body that is not one of Guiju's, or of a newer format than this version knows."""

    code = "GJ-3001"
    status = 422
    zh = "无法读取证据记录：{detail}"
    en = "The evidence record cannot be read: {detail}"
    remedy_zh = "运行 guiju evidence verify 找出受损的记录；如由更新版本写入，请升级 Guiju。"
    remedy_en = "Run `guiju evidence verify` to find the damaged record; if a newer version wrote it, upgrade Guiju."


class SealKeyInvalid(EvidenceError):
    """A signing or public key for seals that is not an Ed25519 key."""

    code = "GJ-3002"
    zh = "封存签名密钥无效：{detail}"
    en = "The seal key is invalid: {detail}"
    remedy_zh = "密钥应为 32 字节的 Ed25519 私钥种子；恢复原密钥文件，或另行生成新密钥并保留旧公钥。"
    remedy_en = (
        "A seal key is a 32-byte Ed25519 seed; restore the key file, or make a new key and keep the old public key."
    )


class MasterKeyInvalid(EvidenceError):
    """A master key of the wrong length, or one that does not open the data keys wrapped with it."""

    code = "GJ-3003"
    zh = "主密钥无效：{detail}"
    en = "The master key is invalid: {detail}"
    remedy_zh = "主密钥应为 32 字节；请恢复当初包裹数据密钥所用的主密钥。"
    remedy_en = "A master key has 32 bytes; restore the master key that the data keys were wrapped with."


class DataKeyMissing(EvidenceError):
    """A text was encrypted under a data key that this vault was not given."""

    code = "GJ-3004"
    zh = "缺少数据密钥 {key}，无法解密该文本。"
    en = "Data key {key} is missing; the text cannot be decrypted."
    remedy_zh = "从备份恢复该数据密钥；若已按留存期限销毁，则文本按规定不可再读。"
    remedy_en = "Restore the data key from a backup; if it was destroyed when due, the text is meant to be unreadable."


class TextTampered(EvidenceError):
    """An encrypted text that does not decrypt: changed, or moved from another record."""

    code = "GJ-3005"
    zh = "记录 {record} 的加密文本已被改动或不属于该记录。"
    en = "The encrypted text of record {record} was changed or belongs to another record."
    remedy_zh = "保留现场并运行 guiju evidence verify；记录正文中的承诺值仍可证明原文。"
    remedy_en = "Keep the state as it is and run `guiju evidence verify`; the commitment in the record still proves it."


class PackageExists(EvidenceError):
    """The place an inspector's package should be written to is taken."""

    code = "GJ-3006"
    status = 409
    zh = "导出位置已存在：{path}"
    en = "The export target already exists: {path}"
    remedy_zh = "换一个新的目录或文件名；Guiju 不会覆盖已有的证据包。"
    remedy_en = "Choose a new directory or file name; Guiju never overwrites an evidence package."


class RetentionInvalid(EvidenceError):
    """Retention rules that are malformed or shorter than the law's minimum."""

    code = "GJ-3007"
    status = 422
    zh = "留存规则无效（{kind}）：{detail}"
    en = "The retention rule is invalid ({kind}): {detail}"
    remedy_zh = "将保留期改为不短于规则所列的法定最短期限。"
    remedy_en = "Set the period to at least the statutory minimum that the rule names."


# --- GJ-4xxx law -----------------------------------------------------------------------------------------------------


class LawError(GuijuError):
    """Base of errors in instruments, obligations, checks and documents."""

    status = 422


class LawSyntaxError(LawError):
    """A rules file is no readable YAML."""

    code = "GJ-4001"
    zh = "法规数据文件无法解析：{summary}"
    en = "A rules file cannot be parsed: {summary}"
    remedy_zh = "按提示的文件与行号修正 YAML 语法。"
    remedy_en = "Correct the YAML at the file and line shown."


class LawSchemaError(LawError):
    """A rules file has an unknown field, a missing one, or a value of the wrong kind."""

    code = "GJ-4002"
    zh = "法规数据不符合格式：{summary}"
    en = "Rules data does not fit its schema: {summary}"
    remedy_zh = "对照 docs/obligations.md 中的字段说明修正。"
    remedy_en = "Correct it against the fields described in docs/obligations.md."


class DuplicateUrnError(LawError):
    """Two entries of the rules data have the same URN."""

    code = "GJ-4003"
    zh = "法规数据中编号重复：{summary}"
    en = "Two entries of the rules data share an identifier: {summary}"
    remedy_zh = "为其中一条换用新编号；已发布的编号不得改作他用。"
    remedy_en = "Give one of them a new identifier; published identifiers are never reused."


class UnknownReferenceError(LawError):
    """The rules data names an instrument, duty, check, risk or other entry that does not exist."""

    code = "GJ-4004"
    zh = "法规数据引用了不存在的条目：{summary}"
    en = "The rules data refers to something that does not exist: {summary}"
    remedy_zh = "检查拼写，或先添加被引用的条目。"
    remedy_en = "Check the spelling, or add the entry that is referred to first."


class ExpressionError(LawError):
    """An applicability expression is no valid CEL, names an unknown profile field, or is no yes/no question."""

    code = "GJ-4005"
    zh = "适用条件表达式有误：{summary}"
    en = "An applicability expression is wrong: {summary}"
    remedy_zh = "表达式须为 CEL,只能使用服务画像中的字段，结果须为真或假。"
    remedy_en = "Write CEL that uses only fields of the service profile and answers true or false."


class ProfileError(LawError):
    """A service profile has an unknown field or a value of the wrong kind."""

    code = "GJ-4006"
    zh = "服务画像有误：{reason}"
    en = "The service profile is wrong: {reason}"
    remedy_zh = "按表单中的字段与取值填写。"
    remedy_en = "Use the fields and values of the profile form."


class ThresholdError(LawError):
    """An operator tried to set a threshold that is not the operator's to set, or without owner or reason."""

    code = "GJ-4007"
    zh = "不能这样设置 {obligation} 的阈值 {name}:{reason}"
    en = "Threshold {name} of {obligation} cannot be set like this: {reason}"
    remedy_zh = "只有标为「运营者自定」的阈值可以修改，且须写明负责人、日期与理由。"
    remedy_en = "Only thresholds marked as set by the operator may be changed, with an owner, a date and a reason."


class UnknownObligationError(LawError):
    """No obligation has this identifier."""

    code = "GJ-4008"
    status = 404
    zh = "没有编号为 {obligation} 的义务。"
    en = "There is no obligation {obligation}."
    remedy_zh = "用 guiju law status 查看全部义务编号。"
    remedy_en = "List the identifiers with guiju law status."


# --- GJ-5xxx accounts ------------------------------------------------------------------------------------------------


class AccountError(GuijuError):
    """Base of errors in the handling of accounts."""

    status = 422


class AccountPolicyInvalid(AccountError):
    """An account policy with mistakes; ``detail`` lists them with line and column."""

    code = "GJ-5001"
    zh = "账号处置规则有误：\n{detail}"
    en = "The account policy has mistakes:\n{detail}"
    remedy_zh = "按行列提示修改；各字段的含义见随附的默认规则文件。"
    remedy_en = "Correct the places named; the shipped default policy explains every field."


class MinorsPolicyInvalid(AccountError):
    """A minors' policy with mistakes; ``detail`` lists them with line and column."""

    code = "GJ-5201"
    zh = "未成年人保护策略有误：\n{detail}"
    en = "The minors' policy has mistakes:\n{detail}"
    remedy_zh = "按行列提示修改；各字段的含义见随附的默认策略文件。"
    remedy_en = "Correct the places named; the shipped default policy explains every field."


class CareDenied(AccountError):
    """A minor's account may not use the service now, said as an HTTP error; ``reason`` and ``reason_en`` say why."""

    code = "GJ-5202"
    status = 403
    zh = "未成年人保护：{reason}"
    en = "Protection of minors: {reason_en}"
    remedy_zh = "到可用时间再来，或请监护人在监护人页面调整设置。"
    remedy_en = "Come back when use is possible again, or ask a guardian to change the settings on the guardian page."


class GuardianLinkInvalid(AccountError):
    """A guardian link that does not exist, was withdrawn, or has expired."""

    code = "GJ-5203"
    status = 404
    zh = "监护人链接无效或已过期。"
    en = "The guardian link is not valid, or no longer."
    remedy_zh = "请向服务提供者重新索取监护人链接。"
    remedy_en = "Ask the provider of the service for a new guardian link."


class ComplaintRulesInvalid(AccountError):
    """A file of complaint kinds, or one of notices, with mistakes."""

    code = "GJ-5101"
    zh = "投诉举报类别或通知模板文件有误：\n{detail}"
    en = "The file of complaint kinds or notices has mistakes:\n{detail}"
    remedy_zh = "按提示修改；随附的默认文件说明了各字段。"
    remedy_en = "Correct the places named; the shipped file explains every field."


class FormRefused(AccountError):
    """A public form came too fast, too late, twice, or filled by a machine."""

    code = "GJ-5102"
    zh = "表单未被接受：{problem_zh}"
    en = "The form was not accepted: {problem_en}"
    remedy_zh = "返回上一页，刷新后重新填写并提交。"
    remedy_en = "Go back, reload the page, fill it in and send it again."


class TooManyMessages(AccountError):
    """One address sends more than the public pages take."""

    code = "GJ-5103"
    status = 429
    zh = "提交过于频繁。"
    en = "Too many messages from this address."
    remedy_zh = "请在 {minutes} 分钟后再试。"
    remedy_en = "Try again in {minutes} minutes."


class ComplaintUnknown(AccountError):
    """No complaint with this receipt and secret."""

    code = "GJ-5104"
    status = 404
    zh = "没有与该回执编号和查询码相符的记录。"
    en = "No entry fits this receipt number and secret."
    remedy_zh = "核对提交成功页上的回执编号与查询码。"
    remedy_en = "Check both against the page shown after sending."


class SameDecider(AccountError):
    """Whoever decided first must not decide the appeal."""

    code = "GJ-5105"
    status = 409
    zh = "原处理人不得审理针对本人决定的申诉。"
    en = "Whoever made the first decision may not decide the appeal against it."
    remedy_zh = "请由另一名审核员或合规负责人处理。"
    remedy_en = "Ask another reviewer or the compliance officer."


class NoticeUnfilled(AccountError):
    """A notice still has placeholders without a value; it is not sent."""

    code = "GJ-5106"
    zh = "通知“{notice}”尚有未填写的内容：{missing}。通知未发送。"
    en = "The notice {notice} still lacks: {missing}. It was not sent."
    remedy_zh = "在设置 [notices] values 中补齐这些内容，或修改通知模板。"
    remedy_en = "Give these values in the setting [notices] values, or change the template."


class SecondPersonNeeded(AccountError):
    """Whoever proposed a step may not approve it."""

    code = "GJ-5107"
    status = 409
    zh = "提出人不得批准自己提出的处置。"
    en = "Whoever proposed a step may not approve it."
    remedy_zh = "请由另一名有权限的人员批准。"
    remedy_en = "Ask another person who may approve it."


class UndoTooLate(AccountError):
    """The window in which a bulk action can be undone is over."""

    code = "GJ-5108"
    status = 409
    zh = "批量处置的撤销时限（{hours} 小时）已过。"
    en = "A bulk action can be undone within {hours} hours; they are over."
    remedy_zh = "逐个账号解除处置。"
    remedy_en = "Lift the sanctions one by one."


class NothingToAppeal(AccountError):
    """An appeal names neither a known record nor a sanction in force."""

    code = "GJ-5109"
    status = 404
    zh = "没有找到可申诉的处置：{key}。"
    en = "There is nothing to appeal against under {key}."
    remedy_zh = "填写被拒绝时返回的记录编号（X-Guiju-Record）或处置编号。"
    remedy_en = "Give the record number that came with the refusal (X-Guiju-Record) or the number of the sanction."


class WebhookAddressRefused(AccountError):
    """An address that may not be called: its host is not allowed, or leads into a private network."""

    code = "GJ-5110"
    zh = "不允许向该地址发送：{problem}"
    en = "This address may not be called: {problem}"
    remedy_zh = "把主机名加入设置 [webhooks] allowed_hosts；内网地址另须开启 allow_private。"
    remedy_en = "Add the host to the setting [webhooks] allowed_hosts; private addresses also need allow_private."


# --- GJ-6xxx labels --------------------------------------------------------------------------------------------------


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


# --- GJ-61xx media ---------------------------------------------------------------------------------------------------


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


# --- GJ-7xxx store ---------------------------------------------------------------------------------------------------


class StoreError(GuijuError):
    """Base of errors in the database and in actions taken through the console."""

    status = 409


class PermissionDenied(StoreError):
    """The actor's role does not allow this."""

    code = "GJ-7001"
    status = 403
    zh = "您的角色没有“{permission_zh}”的权限。"
    en = "Your role may not do this: {permission_en}."
    remedy_zh = "请由有此权限的人员操作;各角色权限见 docs/roles.md。"
    remedy_en = "Ask somebody whose role allows it; docs/roles.md lists what each role may do."


class NotFound(StoreError):
    """What was asked for does not exist."""

    code = "GJ-7002"
    status = 404
    zh = "没有找到{what_zh} {key}。"
    en = "There is no {what_en} {key}."
    remedy_zh = "检查编号是否正确;它可能已被删除。"
    remedy_en = "Check the identifier; it may have been removed."


class LeaseLost(StoreError):
    """A case is decided or released by somebody who does not hold it now."""

    code = "GJ-7003"
    zh = "您已不再持有案件 {case}:领取已过期,或已由他人处理。"
    en = "You no longer hold case {case}: your claim expired or somebody else took it."
    remedy_zh = "重新领取该案件后再作决定。"
    remedy_en = "Claim the case again, then decide."


class InvalidTransition(StoreError):
    """A thing cannot go from the state it is in to the one asked for."""

    code = "GJ-7004"
    zh = "{what_zh}当前状态为 {state},不能变为 {target}。"
    en = "This {what_en} is {state} and cannot become {target}."
    remedy_zh = "刷新页面查看当前状态。"
    remedy_en = "Reload the page to see the present state."


class LastAdministrator(StoreError):
    """The last active system administrator would be removed."""

    code = "GJ-7005"
    zh = "{username} 是最后一名在用的系统管理员,不能停用或改换角色。"
    en = "{username} is the last active system administrator and must stay one."
    remedy_zh = "先任命另一名系统管理员。"
    remedy_en = "Appoint another system administrator first."


class InvalidField(StoreError):
    """A value given for a field cannot be accepted."""

    code = "GJ-7006"
    status = 422
    zh = "字段 {field} 的值不可用:{problem}"
    en = "The value of {field} cannot be used: {problem}"
    remedy_zh = "改正该字段后重新提交。"
    remedy_en = "Correct the field and submit again."


class ReasonMissing(StoreError):
    """An act that must state its reason was asked for without one."""

    code = "GJ-7007"
    status = 422
    zh = "此操作必须写明理由。"
    en = "This act needs a reason."
    remedy_zh = "填写理由;它会记入审计日志。"
    remedy_en = "State the reason; it is kept in the audit log."


class DocumentTooLarge(StoreError):
    """An uploaded file is larger than the setting allows."""

    code = "GJ-7008"
    status = 413
    zh = "文件超过 {limit} 字节的上限。"
    en = "The file is larger than {limit} bytes."
    remedy_zh = "拆分或压缩文件,或调大设置 console.upload_max_bytes。"
    remedy_en = "Split or compress the file, or raise the setting console.upload_max_bytes."


class DiskFull(StoreError):
    """The disk has no room for a file; nothing of it was left behind."""

    code = "GJ-7009"
    status = 507
    zh = "磁盘空间不足,文件未保存。"
    en = "The disk is full; the file was not stored."
    remedy_zh = "清理数据目录所在磁盘后重试。"
    remedy_en = "Free space on the disk of the data directory and try again."


class DocumentDamaged(StoreError):
    """A stored document is missing on disk or differs from what was uploaded."""

    code = "GJ-7010"
    status = 410
    zh = "证明文件“{title}”已丢失或与上传时不一致。"
    en = "The document {title} is missing or differs from what was uploaded."
    remedy_zh = "从备份恢复数据目录中的 documents 目录,或重新上传。"
    remedy_en = "Restore the documents directory from its backup, or upload the file again."


class OwnAccount(StoreError):
    """Somebody tried to change his or her own role, or to deactivate himself or herself."""

    code = "GJ-7011"
    zh = "不能修改本人的角色或停用本人。"
    en = "Nobody changes his or her own role or deactivates himself or herself."
    remedy_zh = "请另一名系统管理员操作。"
    remedy_en = "Ask another system administrator."


class WrongPassword(StoreError):
    """The present password given for a change is not right."""

    code = "GJ-7012"
    status = 422
    zh = "当前密码不正确。"
    en = "The present password is not right."
    remedy_zh = "重新输入;忘记密码请系统管理员重置。"
    remedy_en = "Enter it again; a system administrator can reset a forgotten one."


class WeakPassword(StoreError):
    """A new password does not meet the rules."""

    code = "GJ-7013"
    status = 422
    zh = "新密码不符合要求:{problem}"
    en = "The new password is not good enough: {problem}"
    remedy_zh = "至少 12 位,不要用常见密码、纯数字或与用户名相近的内容。"
    remedy_en = "Use at least 12 characters, nothing common, not only digits, nothing like the user name."


class AlreadyExists(StoreError):
    """The name is taken."""

    code = "GJ-7014"
    zh = "{what_zh} {key} 已存在。"
    en = "{what_en} {key} exists already."
    remedy_zh = "换一个名称。"
    remedy_en = "Choose another name."


class TextGone(StoreError):
    """The text of a record is not held: deleted when its retention ended, or never kept."""

    code = "GJ-7015"
    status = 410
    zh = "记录 {record} 的原文已不再保存。"
    en = "The text of record {record} is no longer held."
    remedy_zh = "记录本身与其哈希仍在,可在证据页查看。"
    remedy_en = "The record itself and its hashes remain; see the evidence page."


class ReportsOutstanding(StoreError):
    """An incident whose reports were not sent cannot be closed."""

    code = "GJ-7016"
    status = 409
    zh = "该安全事件尚有未报送的报告：{missing}。"
    en = "Reports of this incident have not been sent: {missing}."
    remedy_zh = "报送后以 guiju incident report --sent 记录回执；定级有误的，先更正定级。"
    remedy_en = "Send them and record it with guiju incident report --sent; correct the figures if the level is wrong."
