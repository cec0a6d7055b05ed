"""GJ-2060 to GJ-2064: the second opinion of a guard that was asked and gave none."""

from __future__ import annotations

from guiju.errors.moderation import ModerationError


class GuardTimedOut(ModerationError):
    """The guard did not answer within its time."""

    code = "GJ-2060"
    zh = "第二意见服务未在限定时间内答复。"
    en = "The guard asked for a second opinion did not answer in time."
    remedy_zh = "检查该服务的负载；必要时放宽 second_opinion.timeout_s。由策略 fail 一节的 guiju.second_opinion 决定放行或拦截。"
    remedy_en = (
        "Look at the load of that service, or allow it more in second_opinion.timeout_s. "
        "The policy's fail section decides under guiju.second_opinion what then happens."
    )


class GuardUnreachable(ModerationError):
    """No connection to the guard, it broke off, or it answered with an error status."""

    code = "GJ-2061"
    zh = "第二意见服务无法连接或返回错误。"
    en = "The guard asked for a second opinion cannot be reached, or answers with an error."
    remedy_zh = "检查 second_opinion.url、密钥与网络。"
    remedy_en = "Check second_opinion.url, its key and the network."


class GuardUnreadable(ModerationError):
    """The guard's answer says nothing that its style knows."""

    code = "GJ-2062"
    zh = "第二意见服务的答复无法辨识。"
    en = "The answer of the guard asked for a second opinion cannot be understood."
    remedy_zh = "检查 second_opinion.style 与 model 是否与所部署的护栏模型一致。"
    remedy_en = "Check that second_opinion.style and model are those of the guard that is served there."


class GuardBudgetSpent(ModerationError):
    """More texts lay in the grey zone than the budget lets ask about."""

    code = "GJ-2063"
    zh = "第二意见的询问额度已用完。"
    en = "The budget for second opinions is spent for this minute."
    remedy_zh = "提高 second_opinion.per_minute，或收窄灰区 low 至 high。"
    remedy_en = "Raise second_opinion.per_minute, or narrow the grey zone between low and high."


class GuardPaused(ModerationError):
    """The guard failed several times in a row and is left alone for a while, so that nobody waits for it."""

    code = "GJ-2064"
    zh = "第二意见服务连续失败，暂停询问。"
    en = "The guard failed several times in a row and is not asked for a while."
    remedy_zh = "恢复该服务；Guiju 会自行重试。"
    remedy_en = "Restore that service; it is tried again by itself."
