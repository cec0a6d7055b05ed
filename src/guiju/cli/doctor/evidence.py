"""Evidence: keys that open, records that are sealed, a recent verification, gateways that write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from guiju.cli.doctor.examination import Health, Observation, Patient, examination, ill, well, with_database
from guiju.cli.terminal import shown

VERIFY_EVERY = timedelta(days=31)
ALIVE = timedelta(seconds=15)
AHEAD = timedelta(minutes=1)


@examination("vault", needs=with_database)
def vault(patient: Patient) -> Iterator[Observation]:
    """Every stored data key opens under a master key at hand."""
    from guiju.store import keys
    from guiju.store.models import DataKey

    count = DataKey.objects.count()
    if count:
        keys.vault()
    yield well("vault", f"{count} 个数据密钥可用", f"{count} data keys open", data_keys=count)


@examination("evidence", needs=with_database)
def evidence(patient: Patient) -> Iterator[Observation]:
    """Records are being sealed, and were verified lately."""
    from django.utils import timezone

    from guiju.store.models import Record, Seal, VerifyRun

    now = timezone.now()
    record = Record.objects.order_by("-at").values_list("at", flat=True).first()
    if record is None:
        yield well("evidence", "还没有记录", "no records yet", last_record=None)
        return
    seal = Seal.objects.order_by("-at").values_list("at", flat=True).first()
    waiting = 4 * timedelta(seconds=patient.settings.evidence.seal_every_s)
    facts: dict[str, Any] = {"last_record": record, "last_seal": seal}
    told = (
        f"最近记录 {shown(record)},最近封存 {shown(seal) or '无'}",
        f"last record {shown(record)}, last seal {shown(seal) or 'none'}",
    )
    if record > now + AHEAD:
        yield ill(
            "evidence", f"最近记录的时间 {shown(record)} 在未来:时钟被调后过", f"the last record is of the future, {shown(record)}: the clock was set back",
            "校准系统时钟(NTP)。", "Set the system clock right (NTP).", health=Health.WARN, **facts,
        )  # fmt: skip
    elif (seal is None or record > seal) and now - record > waiting:
        yield ill(
            "evidence", f"{told[0]}:最近的记录尚未封存", f"{told[1]}: the last records are not sealed",
            "下次启动网关时会补封;若网关正在运行,请查看其日志。",
            "The next start of a gateway seals them; if one is running, see its log.", health=Health.WARN, **facts,
        )  # fmt: skip
    else:
        yield well("evidence", *told, **facts)
    run = VerifyRun.objects.filter(kind="verify").order_by("-at").first()
    yield _verified(run.at if run else None, bool(run and run.ok), stale=run is None or now - run.at > VERIFY_EVERY)


def _verified(at: object, ok: bool, *, stale: bool) -> Observation:
    if at is not None and not ok:
        return ill(
            "verification", f"{shown(at)} 的验证发现问题", f"the verification of {shown(at)} found problems",
            "运行 `guiju evidence verify` 查看,保留现场。", "Run `guiju evidence verify` and keep everything as it is.",
        )  # fmt: skip
    if stale:
        return ill(
            "verification", f"上次验证:{shown(at) or '从未'}", f"last verification: {shown(at) or 'never'}",
            "运行 `guiju evidence verify`,建议每日一次。", "Run `guiju evidence verify`, best daily.", health=Health.WARN,
        )  # fmt: skip
    return well("verification", f"{shown(at)} 验证通过", f"verified {shown(at)}", at=at)


@examination("gateways", needs=with_database)
def gateways(patient: Patient) -> Iterator[Observation]:
    """Which gateways are running, and whether they work by the newest rules."""
    from django.utils import timezone

    from guiju.store import snapshot_version
    from guiju.store.models import GatewayProcess

    alive = list(GatewayProcess.objects.filter(seen_at__gt=timezone.now() - ALIVE))
    if not alive:
        yield well("gateways", "没有运行中的网关", "no gateway is running", running=0)
        return
    behind = [each for each in alive if each.snapshot < snapshot_version.current()]
    names = ", ".join(f"{each.host}:{each.pid}" for each in alive)
    if behind:
        yield ill(
            "gateways", f"{names};其中 {len(behind)} 个尚未使用最新规则", f"{names}; {len(behind)} not on the newest rules yet",
            "数秒后再试;若持续,请查看网关日志。", "Look again in some seconds; if it stays, see the gateway's log.", health=Health.WARN,
        )  # fmt: skip
    else:
        yield well("gateways", f"运行中:{names}", f"running: {names}", running=len(alive))
