"""The pools that answer minors: one for each age band, reachable, with models that are there."""

from __future__ import annotations

from collections.abc import Iterator

from guiju.cli.doctor.examination import Health, Observation, Patient, caught, examination, ill, well
from guiju.cli.upstreams import probe
from guiju.minors import MinorsPolicy, policy_source
from guiju.minors.pools import SERVICE, places, unused
from guiju.settings import MinorsSettings, ServiceSettings, UpstreamSettings


@examination("minors_pools")
def pools(patient: Patient) -> Iterator[Observation]:
    """Each band has a pool where a service has pools; services that serve minors without any are told apart."""
    policy = _policy(patient)
    for service in patient.settings.services():
        subject = f"minors.{service.slug}"
        if service.minors is not None:
            yield _bands(subject, service.minors, policy)
            yield from _models(subject, service, service.minors)
        elif _serves_minors(patient, service.slug):
            yield ill(
                subject, "服务面向未成年人，但没有专属内容池：由服务自己的模型按年龄段策略应答",
                "minors are served without dedicated pools: the service's own model answers under their band's policy",
                "在 guiju.toml 中配置 [service.minors.pools.*]；由贵司自行分池的，保留内容池报告即可。",
                "Set [service.minors.pools.*] in guiju.toml; if you serve pools yourself, keep the pool report.",
                health=Health.WARN,
            )  # fmt: skip


def _policy(patient: Patient) -> MinorsPolicy:
    if not patient.database:
        return policy_source.default()
    from guiju.store import care

    return care.policy_in_force()


def _serves_minors(patient: Patient, slug: str) -> bool:
    if not patient.database:
        return False
    from guiju.store.models import Service

    row = Service.objects.filter(pk=slug).first()
    return row is not None and row.profile.get("minors_served") is True


def _bands(subject: str, settings: MinorsSettings, policy: MinorsPolicy) -> Observation:
    """Who answers each band."""
    found = places(policy, settings.pools, settings.without_pool)
    told = {place.band.id: place.answered_by or "refuse" for place in found}
    zh = "，".join(f"{p.band.zh}→{_told(p.answered_by, 'zh')}" for p in found)
    en = ", ".join(f"{p.band.en}→{_told(p.answered_by, 'en')}" for p in found)
    if idle := unused(policy, settings.pools, settings.without_pool):
        names = ", ".join(idle)
        return ill(
            subject, f"{zh}；策略中没有内容池 {names}", f"{en}; no band of the policy has the pool {names}",
            "内容池的名称须与未成年人保护策略中 content.pool 一致（`guiju minors policy` 可查看）。",
            "A pool is named as content.pool of a band in the minors' policy (`guiju minors policy` prints it).",
            health=Health.WARN, bands=told, unused=list(idle),
        )  # fmt: skip
    if all(place.dedicated for place in found):
        return well(subject, zh, en, bands=told)
    return ill(
        subject, zh, en, "为标有“拒绝”或由他处应答的年龄段配置 [service.minors.pools.名称]。",
        "Set [service.minors.pools.NAME] for the bands that are refused or answered from elsewhere.",
        health=Health.WARN, bands=told,
    )  # fmt: skip


def _told(answered_by: str, language: str) -> str:
    words = {"": ("拒绝", "refused"), SERVICE: ("服务模型", "the service's model")}
    zh, en = words.get(answered_by, (answered_by, answered_by))
    return zh if language == "zh" else en


def _models(subject: str, service: ServiceSettings, settings: MinorsSettings) -> Iterator[Observation]:
    """What stands behind each pool answers, and lists the models that are asked for."""
    asked: dict[UpstreamSettings, set[str]] = {}
    for pool in settings.pools.values():
        asked.setdefault(pool.upstream or service.upstream, set()).update(pool.models.values())
    for upstream, models in asked.items():
        found = probe(upstream)
        if found.error is not None:
            yield caught(f"{subject}.upstream", found.error, Health.WARN if models else Health.FAIL)
        elif missing := sorted(models - set(found.models)):
            names = ", ".join(missing)
            yield ill(
                f"{subject}.upstream", f"{upstream.url} 未列出内容池的模型 {names}",
                f"{upstream.url} does not list the pools' models {names}",
                f"它列出：{', '.join(found.models[:10])}", f"It lists: {', '.join(found.models[:10])}",
                health=Health.WARN, missing=missing,
            )  # fmt: skip
