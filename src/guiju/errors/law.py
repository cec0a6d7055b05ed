"""GJ-4xxx: law."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


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
