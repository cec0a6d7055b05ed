"""GJ-538x: minors' pools and yearly documents. GJ-520x stand with the accounts."""

from __future__ import annotations

from guiju.errors.upstream import UpstreamError


class PoolMissing(UpstreamError):
    """A service has pools of models for its age bands, but not this one, or none of its models takes this name's place."""

    code = "GJ-5380"
    status = 503
    zh = "服务 {service} 没有为未成年人配置内容池 {pool}（模型 {model}）。未成年人的请求不会转给其他模型。"
    en = "Service {service} has no content pool {pool} for minors (model {model}). Minors are not sent to any other model."
    remedy_zh = "管理员请在 guiju.toml 的 [service.minors.pools.{pool}] 中配置，或设置 without_pool；`guiju doctor` 会逐一列出。"
    remedy_en = (
        "Administrators: set [service.minors.pools.{pool}] in guiju.toml, or without_pool; `guiju doctor` lists each."
    )
