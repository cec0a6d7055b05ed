"""GJ-7xxx: store."""

from __future__ import annotations

from guiju.errors.problems import WithProblem
from guiju.errors.tree import GuijuError


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


class InvalidField(WithProblem, StoreError):
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


class ChecklistOpen(StoreError):
    """An integration is approved or certified again while points of its checklist are open."""

    code = "GJ-7045"
    status = 422
    zh = "核对表尚有未完成项：{points}。"
    en = "Points of the checklist are open: {points_en}."
    remedy_zh = "补齐接入信息，或逐项确认；确需带项放行的，逐项勾选“仍予接受”并写明理由。"
    remedy_en = "Complete the form of the integration or confirm the points; to go on all the same accept each open one, with the reason."
