"""The models behind the gateway: reachable, and willing to say what they serve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guiju.cli.doctor.examination import Health, Observation, Patient, caught, examination, ill, well
from guiju.cli.upstreams import probe
from guiju.errors import GuijuError, UpstreamMalformed, UpstreamRefused
from guiju.gateway.demo import DEMO_MODEL
from guiju.settings import UpstreamSettings


@examination("upstream")
def upstreams(patient: Patient) -> Iterator[Observation]:
    """Each service's upstream answers ``GET /models`` within seconds; or that the demonstration model is in use."""
    services = patient.settings.services()
    if not services:
        yield ill(
            "upstream", f"未配置上游,由内置演示模型 {DEMO_MODEL} 应答", f"no upstream is set; the demonstration model {DEMO_MODEL} answers",
            "设置 GUIJU_UPSTREAM_URL(及 GUIJU_UPSTREAM_KEY),或在 guiju.toml 中配置服务。",
            "Set GUIJU_UPSTREAM_URL (and GUIJU_UPSTREAM_KEY), or configure services in guiju.toml.",
            health=Health.WARN, demonstration=True,
        )  # fmt: skip
    for service in services:
        subject = f"upstream.{service.slug}"
        found = probe(service.upstream)
        yield from _without_key(subject, service.upstream)
        if isinstance(found.error, (UpstreamRefused, UpstreamMalformed)) and service.upstream.models:
            yield _failed(subject, service.upstream, found.error, Health.WARN)  # some upstreams serve chats and no list
        elif found.error is not None:
            yield _failed(subject, service.upstream, found.error, Health.FAIL)
        elif missing := sorted(set(service.upstream.models) - set(found.models)):
            yield ill(
                subject, f"上游未列出模型 {', '.join(missing)}", f"the upstream does not list {', '.join(missing)}",
                f"它列出:{', '.join(found.models[:10])}", f"It lists: {', '.join(found.models[:10])}", health=Health.WARN,
            )  # fmt: skip
        else:
            listed = ", ".join(found.models[:5]) + (" …" if len(found.models) > 5 else "")
            yield well(
                subject,
                f"{service.upstream.url}:{listed}",
                f"{service.upstream.url}: {listed}",
                models=list(found.models),
            )


def _failed(subject: str, upstream: UpstreamSettings, error: GuijuError, health: Health) -> Observation:
    told = caught(subject, error, health)
    return replace(told, message=f"{upstream.url}: {told.message}")


def _without_key(subject: str, upstream: UpstreamSettings) -> Iterator[Observation]:
    """Whether a key is meant to come from a variable that is not there."""
    if upstream.key_env and not upstream.secret():
        yield ill(
            subject, f"环境变量 {upstream.key_env}(key_env)未设置:请求上游时不带密钥",
            f"the variable {upstream.key_env} (key_env) is not set: the upstream is asked without a key",
            f"在启动网关的环境中设置 {upstream.key_env}。",
            f"Set {upstream.key_env} in the environment that starts the gateway.", health=Health.WARN,
        )  # fmt: skip
