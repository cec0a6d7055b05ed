"""GJ-5xxx: accounts."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


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


class ReportUnfilled(AccountError):
    """The report of an account to an authority lacks something; nobody approves it like that."""

    code = "GJ-5111"
    zh = "报告尚有未填写的内容：{missing}。"
    en = "The report still lacks: {missing}."
    remedy_zh = "运营者名称与联系人取自设置 [notices] values 的 operator、contact；其余在报告页面填写。"
    remedy_en = "Operator and contact come from operator and contact in the setting [notices] values; fill in the rest on the screen."
