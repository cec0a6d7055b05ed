"""GJ-13xx: upstream."""

from __future__ import annotations

from guiju.errors.tree import GuijuError


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
