"""GJ-12xx: access."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


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
