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
    ├── LabelError         GJ-6xxx   labels and provider codes
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
    status: ClassVar[int] = 500
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


# --- GJ-10xx settings ------------------------------------------------------------------------------------------------


class SettingsError(GuijuError):
    """Base of errors in settings and set-up."""


class SettingsInvalid(SettingsError):
    code = "GJ-1001"
    zh = "设置有误:{where}:{problem}"
    en = "Invalid setting {where}: {problem}"
    remedy_zh = "改正 guiju.toml 或 GUIJU_* 环境变量;`guiju doctor` 会列出全部设置及其来源。"
    remedy_en = "Correct guiju.toml or the GUIJU_* variable; `guiju doctor` lists every setting and where it comes from."


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
    remedy_en = "Restore the file from its backup; do not make a new one: text encrypted under the old key would be lost."


class PortInUse(SettingsError):
    code = "GJ-1005"
    zh = "地址 {host}:{port} 已被占用。"
    en = "Address {host}:{port} is in use."
    remedy_zh = "换一个端口(--port),或停掉占用它的程序。"
    remedy_en = "Choose another port (--port) or stop the program that uses it."


# --- GJ-11xx requests to the gateway ---------------------------------------------------------------------------------


class RequestError(GuijuError):
    """Base of errors in what a caller sent."""

    status = 400


# --- GJ-12xx access --------------------------------------------------------------------------------------------------


class AccessError(GuijuError):
    """Base of refusals: the integration or the account may not do this now."""

    status = 403


# --- GJ-13xx upstream ------------------------------------------------------------------------------------------------


class UpstreamError(GuijuError):
    """Base of faults of the model behind the gateway."""

    status = 502


# --- GJ-2xxx moderation ----------------------------------------------------------------------------------------------


class ModerationError(GuijuError):
    """Base of errors in detectors, policies and word lists."""

    status = 422


# --- GJ-3xxx evidence ------------------------------------------------------------------------------------------------


class EvidenceError(GuijuError):
    """Base of errors in records, chains, keys and exports."""

    status = 503


# --- GJ-4xxx law -----------------------------------------------------------------------------------------------------


class LawError(GuijuError):
    """Base of errors in instruments, obligations, checks and documents."""

    status = 422


class LawSyntaxError(LawError):
    """A rules file is no readable YAML."""

    code = "GJ-4001"
    zh = "法规数据文件无法解析:{summary}"
    en = "A rules file cannot be parsed: {summary}"
    remedy_zh = "按提示的文件与行号修正 YAML 语法。"
    remedy_en = "Correct the YAML at the file and line shown."


class LawSchemaError(LawError):
    """A rules file has an unknown field, a missing one, or a value of the wrong kind."""

    code = "GJ-4002"
    zh = "法规数据不符合格式:{summary}"
    en = "Rules data does not fit its schema: {summary}"
    remedy_zh = "对照 docs/obligations.md 中的字段说明修正。"
    remedy_en = "Correct it against the fields described in docs/obligations.md."


class DuplicateUrnError(LawError):
    """Two entries of the rules data have the same URN."""

    code = "GJ-4003"
    zh = "法规数据中编号重复:{summary}"
    en = "Two entries of the rules data share an identifier: {summary}"
    remedy_zh = "为其中一条换用新编号;已发布的编号不得改作他用。"
    remedy_en = "Give one of them a new identifier; published identifiers are never reused."


class UnknownReferenceError(LawError):
    """The rules data names an instrument, duty, check, risk or other entry that does not exist."""

    code = "GJ-4004"
    zh = "法规数据引用了不存在的条目:{summary}"
    en = "The rules data refers to something that does not exist: {summary}"
    remedy_zh = "检查拼写,或先添加被引用的条目。"
    remedy_en = "Check the spelling, or add the entry that is referred to first."


class ExpressionError(LawError):
    """An applicability expression is no valid CEL, names an unknown profile field, or is no yes/no question."""

    code = "GJ-4005"
    zh = "适用条件表达式有误:{summary}"
    en = "An applicability expression is wrong: {summary}"
    remedy_zh = "表达式须为 CEL,只能使用服务画像中的字段,结果须为真或假。"
    remedy_en = "Write CEL that uses only fields of the service profile and answers true or false."


class ProfileError(LawError):
    """A service profile has an unknown field or a value of the wrong kind."""

    code = "GJ-4006"
    zh = "服务画像有误:{reason}"
    en = "The service profile is wrong: {reason}"
    remedy_zh = "按表单中的字段与取值填写。"
    remedy_en = "Use the fields and values of the profile form."


class ThresholdError(LawError):
    """An operator tried to set a threshold that is not the operator's to set, or without owner or reason."""

    code = "GJ-4007"
    zh = "不能这样设置 {obligation} 的阈值 {name}:{reason}"
    en = "Threshold {name} of {obligation} cannot be set like this: {reason}"
    remedy_zh = "只有标为「运营者自定」的阈值可以修改,且须写明负责人、日期与理由。"
    remedy_en = "Only thresholds marked as set by the operator may be changed, with an owner, a date and a reason."


class UnknownObligationError(LawError):
    """No obligation has this identifier."""

    code = "GJ-4008"
    status = 404
    zh = "没有编号为 {obligation} 的义务。"
    en = "There is no obligation {obligation}."
    remedy_zh = "用 guiju law status 查看全部义务编号。"
    remedy_en = "List the identifiers with guiju law status."


# --- GJ-6xxx labels --------------------------------------------------------------------------------------------------


class LabelError(GuijuError):
    """Base of errors in labels and provider codes."""

    status = 422


# --- GJ-7xxx store ---------------------------------------------------------------------------------------------------


class StoreError(GuijuError):
    """Base of errors in the database and in actions taken through the console."""

    status = 409
