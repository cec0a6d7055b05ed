"""The root of the error tree, and how its members speak."""

from __future__ import annotations

from typing import ClassVar


class GuijuError(Exception):
    """Base of all errors shown to a user.

    Attributes:
        code: stable identifier, ``GJ-nnnn``; documented in ``docs/errors.md``.
        status: the HTTP status where the error leaves over HTTP.
        zh, en: the message. ``remedy_zh``, ``remedy_en``: what to do next.
        retry_after: seconds after which to try again, where the status (429, 503) asks for such a word.
    """

    code: ClassVar[str] = ""
    status: int = 500
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""
    remedy_zh: ClassVar[str] = ""
    remedy_en: ClassVar[str] = ""
    retry_after: int = 5

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(f"{self.code} {self.message('en')}")

    def message(self, language: str = "zh") -> str:
        """The message in ``zh`` or ``en`` with its placeholders filled."""
        return (self.zh if language.startswith("zh") else self.en).format_map(Lenient(self.params))

    def remedy(self, language: str = "zh") -> str:
        """What the user can do about it, in ``zh`` or ``en``."""
        return (self.remedy_zh if language.startswith("zh") else self.remedy_en).format_map(Lenient(self.params))

    def told(self, language: str = "zh") -> str:
        """The message and what can be done about it, as sentences of one text in ``zh`` or ``en``."""
        message, remedy = self.message(language).rstrip(), self.remedy(language)
        chinese = language.startswith("zh")
        if message and message[-1] not in "。.!?！？…":
            message += "。" if chinese else "."
        return message + ("" if chinese else " ") + remedy if remedy else message


class Lenient(dict[str, object]):
    """Parameters of a message; a placeholder without a value is told as ``?``."""

    def __missing__(self, key: str) -> str:
        return "?"


def all_errors() -> list[type[GuijuError]]:
    """Every concrete error class (those with a code), ordered by code."""
    found: set[type[GuijuError]] = set()
    queue = list(GuijuError.__subclasses__())
    while queue:
        cls = queue.pop()
        queue.extend(cls.__subclasses__())
        if "code" in cls.__dict__:
            found.add(cls)
    return sorted(found, key=lambda c: c.code)


class InternalFault(GuijuError):
    """A fault of Guiju itself; what happened is in the log, under the same record number."""

    code = "GJ-1000"
    zh = "规矩内部出错,请求未完成。"
    en = "Guiju itself failed; the exchange was not completed."
    remedy_zh = "重试;若反复出现,请管理员凭记录编号查看日志并报告。"
    remedy_en = "Try again; if it recurs, administrators: look up the record number in the log and report it."
