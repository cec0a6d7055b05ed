"""GJ-7030 to GJ-7044: the review desk."""

from __future__ import annotations

from guiju.errors.store import StoreError


class DeskPolicyInvalid(StoreError):
    """A policy of the review desk with mistakes; ``detail`` names them."""

    code = "GJ-7030"
    status = 422
    zh = "审核台规则有误：{detail}"
    en = "The policy of the review desk has mistakes: {detail}"
    remedy_zh = "按提示修改；各字段的含义见 docs/review-desk.md 与随附的默认规则文件。"
    remedy_en = "Correct the places named; docs/review-desk.md and the shipped policy explain every field."


class ExposureReached(StoreError):
    """A reviewer has seen as much that is grave as one shift may hold."""

    code = "GJ-7031"
    status = 409
    zh = "本班次接触的严重案件已达上限（{cases} 件，{minutes} 分钟），不再分派严重案件。"
    en = "This shift's limit of grave cases is reached ({cases} cases, {minutes} minutes); no more of them are handed out."
    remedy_zh = "处理其他案件，或休息到下一班次；上限由审核台规则设定，个人只能调低。"
    remedy_en = (
        "Take other cases, or rest until the next shift; the desk's policy sets the limit, people may only lower it."
    )


class TookPart(StoreError):
    """Somebody who took part in a decision wanted to review it."""

    code = "GJ-7032"
    status = 409
    zh = "您参与过该案件的判定，不能再复审。"
    en = "You took part in the decision of this case and cannot review it again."
    remedy_zh = "请另一名审核员复审。"
    remedy_en = "Leave it to another reviewer."


class NothingToSplit(StoreError):
    """A split names no part, or not the parts of the case."""

    code = "GJ-7033"
    status = 422
    zh = "不能这样拆分：{problem}"
    en = "The case cannot be split like this: {problem}"
    remedy_zh = "从列出的各部分中选择；至少两个部分的案件才能拆分。"
    remedy_en = "Choose from the parts listed; only a case of two or more parts can be split."


class OwnProposal(StoreError):
    """Whoever proposed something wanted to approve it."""

    code = "GJ-7034"
    status = 409
    zh = "提议人不能批准自己的提议。"
    en = "Nobody approves his or her own proposal."
    remedy_zh = "请另一名负责人批准。"
    remedy_en = "Ask another person in charge."
