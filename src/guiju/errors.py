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


# --- GJ-6xxx labels --------------------------------------------------------------------------------------------------


class LabelError(GuijuError):
    """Base of errors in labels and provider codes."""

    status = 422


# --- GJ-7xxx store ---------------------------------------------------------------------------------------------------


class StoreError(GuijuError):
    """Base of errors in the database and in actions taken through the console."""

    status = 409
