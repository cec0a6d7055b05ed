"""``guiju integration``: the inventory of calling applications (接口底数), their approval and their keys."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.language import say
from guiju.errors import KeyUnknown

if TYPE_CHECKING:
    from guiju.store.models import Integration

app = typer.Typer(
    no_args_is_help=True, help="Applications that call the gateway: register, approve, suspend, give keys."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Id of the integration, or its name where only one has it.", metavar="ID")]
Confirm = Annotated[
    list[str] | None,
    typer.Option("--confirm", help="A point of the checklist you have looked at yourself.", metavar="POINT"),
]
Accept = Annotated[
    list[str] | None, typer.Option("--accept", help="An open point that is accepted all the same.", metavar="POINT")
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; it stands in the audit log.", prompt=True)]


@app.command()
def create(
    name: Annotated[str, typer.Option(help="Name of the calling application.")],
    service: Annotated[str, typer.Option(help="Slug of the service it calls; the first one by default.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for it; the person at this terminal by default.")] = "",
    purpose: Annotated[
        str, typer.Option(help="auto_reply, creation, customer_service, assistant, companion …")
    ] = "assistant",
    applied: Annotated[bool, typer.Option("--applied", help="Only apply; somebody approves it later.")] = False,
    as_json: Json = False,
) -> None:
    """Register an application and print its key, which is shown this once and kept nowhere.

    It is approved at once, for the first service, unless told otherwise.

    Example:

        guiju integration create --name 客服机器人 --purpose customer_service --json
    """
    open_database()
    from guiju.store.models import Integration, Service
    from guiju.store.services import integrations

    first = service or Service.objects.values_list("slug", flat=True).first() or ""
    row, key = integrations.create(
        operator(),
        name=name,
        service=first,
        owner=owner or _person(),
        purpose=purpose,
        status=Integration.Status.APPLIED if applied else Integration.Status.APPROVED,
    )
    _give(row, key, as_json)


@app.command("access-key")
def access_key(as_json: Json = False) -> None:
    """Show the access key pair under which a client written for Aliyun's text moderation calls with an integration's key.

    The integration's key is asked for, or read from standard input; nothing is stored. Such a client is then pointed at the
    gateway by its endpoint alone.

    Example:

        guiju integration access-key < key.txt
    """
    key = getpass.getpass("key: ") if sys.stdin.isatty() else sys.stdin.readline()
    open_database()
    from guiju.identity.acs3 import access_key as derive
    from guiju.store.keys import key_hasher
    from guiju.store.models import IntegrationKey

    hasher = key_hasher()
    if not IntegrationKey.objects.filter(digest=hasher.hash(key.strip()), revoked_at=None).exists():
        raise KeyUnknown()
    pair = derive(hasher.hash(key.strip()), hasher.hash)
    if as_json:
        terminal.emit({"access_key_id": pair.id, "access_key_secret": pair.secret})
        return
    terminal.line(f"AccessKeyId      {pair.id}")
    terminal.line(f"AccessKeySecret  {pair.secret}")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List every integration with its owner, purpose, status and filing number.

    Example:

        guiju integration list --json | jq '.[] | select(.status != "approved")'
    """
    open_database()
    from guiju.store.models import Integration

    rows = list(Integration.objects.select_related("service").order_by("created_at"))
    if as_json:
        terminal.emit([_facts(row) for row in rows])
        return
    terminal.table(
        [
            "id",
            say("名称", "name"),
            say("服务", "service"),
            say("负责人", "owner"),
            say("用途", "purpose"),
            say("状态", "status"),
        ],
        (
            (row.pk, row.name, row.service_id, row.owner, row.get_purpose_display(), row.get_status_display())
            for row in rows
        ),
    )


@app.command()
def show(integration: Which, as_json: Json = False) -> None:
    """Show one integration with its keys (their beginnings only), quotas and label settings.

    Example:

        guiju integration show in-3f0c9a1b2c3d4e5f
    """
    open_database()
    row = _find(integration)
    facts = _facts(row) | {
        "keys": [
            {
                "prefix": key.prefix,
                "created_at": key.created_at,
                "last_used_at": key.last_used_at,
                "expires_at": key.expires_at,
                "revoked_at": key.revoked_at,
            }
            for key in row.keys.order_by("created_at")
        ]
    }
    if as_json:
        terminal.emit(facts)
        return
    terminal.table(
        [say("项目", "field"), say("值", "value")],
        ((name, value) for name, value in facts.items() if name != "keys"),
    )
    for key in row.keys.order_by("created_at"):
        state = say("已吊销", "revoked") if key.revoked_at else say("有效", "valid")
        terminal.line(f"{say('密钥', 'key')} {key.prefix}…  {terminal.shown(key.created_at)}  {state}")


@app.command()
def approve(
    integration: Which,
    reason: Reason,
    confirm: Confirm = None,
    accept: Accept = None,
    review: Annotated[
        bool, typer.Option("--again", help="Certify an approved one again instead (recertification).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Go through the checklist and approve an application, let a suspended one in again, or certify one again.

    Without open points left the application may call at once. `guiju integration checklist` shows the points.

    Example:

        guiju integration approve in-3f0c9a1b2c3d4e5f --reason 材料齐全 --confirm human --confirm label_seen --confirm filing_checked
    """
    open_database()
    from guiju.store.services import integrations

    row, looked = _find(integration), integrations.Looked(frozenset(confirm or ()), frozenset(accept or ()))
    if review:
        row = integrations.mark_reviewed(operator(), row, reason, looked)
    else:
        row = integrations.approve(operator(), row, looked, reason)
    if as_json:
        terminal.emit(_facts(row))
    else:
        terminal.line(f"{row.pk}  {row.name}  {row.get_status_display()}")


@app.command()
def checklist(integration: Which, as_json: Json = False) -> None:
    """Show the points that are looked at before an approval, and what the form of an integration says to each.

    Example:

        guiju integration checklist in-3f0c9a1b2c3d4e5f

    Exit status: 0 every point the form can answer is met; 1 some are open.
    """
    open_database()
    from django.utils import timezone

    from guiju.inventory import State, look, points
    from guiju.store.services import integrations

    row = _find(integration)
    judged = look(integrations.form_of(row), timezone.localdate())
    lines = [
        {"id": p.id, "by": p.by, "zh": p.zh, "en": p.en, "now": judged[p.id], "last": row.checklist.get(p.id, "")}
        for p in points()
    ]
    if as_json:
        terminal.emit(lines)
    else:
        columns = ["id", say("内容", "point"), say("由谁", "by"), say("现在", "now"), say("上次", "last")]
        terminal.table(columns, ([x["id"], say(x["zh"], x["en"]), x["by"], x["now"], x["last"]] for x in lines))
    if any(x["by"] == "facts" and x["now"] is State.OPEN for x in lines):
        raise typer.Exit(1)


@app.command()
def suspend(integration: Which, reason: Reason, as_json: Json = False) -> None:
    """Refuse its calls from now on; every gateway knows within a second.

    Example:

        guiju integration suspend 客服机器人 --reason 异常调用
    """
    _change(integration, "suspended", reason, as_json)


@app.command()
def retire(integration: Which, reason: Reason, as_json: Json = False) -> None:
    """End an integration for good. Its records stay; a new purpose needs a new integration.

    Example:

        guiju integration retire in-3f0c9a1b2c3d4e5f --reason 业务下线
    """
    _change(integration, "retired", reason, as_json)


@app.command("rotate-key")
def rotate_key(
    integration: Which,
    overlap: Annotated[int, typer.Option(min=0, max=90, help="Days for which the earlier keys still work.")] = 7,
    as_json: Json = False,
) -> None:
    """Issue a new key, shown this once, and let every earlier one end by itself after the overlap.

    Example:

        guiju integration rotate-key in-3f0c9a1b2c3d4e5f --overlap 14
    """
    open_database()
    from datetime import timedelta

    from django.utils import timezone

    from guiju.store.services import integrations

    row = _find(integration)
    _give(row, integrations.rotate_key(operator(), row, timedelta(days=overlap), timezone.now()), as_json)


@app.command("revoke-key")
def revoke_key(
    integration: Which,
    prefix: Annotated[str, typer.Argument(help="Beginning of the key, as `show` lists it.", metavar="PREFIX")],
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Make a key unusable from now on; every gateway knows within a second.

    Example:

        guiju integration revoke-key in-3f0c9a1b2c3d4e5f 7ebf8c85 --reason 泄露
    """
    open_database()
    from guiju.errors import NotFound
    from guiju.store.services import integrations

    row = _find(integration)
    found = list(row.keys.filter(prefix__startswith=prefix.strip().rstrip("…"), revoked_at=None)[:2])
    if len(found) != 1:
        raise NotFound(what_zh="密钥", what_en="key", key=prefix)
    integrations.revoke_key(operator(), found[0], reason)
    if as_json:
        terminal.emit({"id": row.pk, "revoked": found[0].prefix})
    else:
        terminal.line(f"{row.pk}  {found[0].prefix}…  {say('已吊销', 'revoked')}")


@app.command("new-key")
def new_key(integration: Which, as_json: Json = False) -> None:
    """Issue one more key, shown this once. Earlier keys stay valid until revoked.

    Example:

        guiju integration new-key in-3f0c9a1b2c3d4e5f --json
    """
    open_database()
    from guiju.store.services import integrations

    row = _find(integration)
    _give(row, integrations.new_key(operator(), row), as_json)


@app.command()
def reconcile(
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days back.")] = 30, as_json: Json = False
) -> None:
    """Hold the inventory against traffic: unused and unknown callers, filings near their end, purposes that drifted.

    Example:

        guiju integration reconcile --days 30

    Exit status: 0 nothing to remark; 1 there is.
    """
    open_database()
    from django.utils import timezone

    from guiju.store.inventory import reconcile as hold

    found = hold(timezone.now(), days)
    if as_json:
        terminal.emit(found)
    else:
        columns = [
            say("名称", "name"),
            say("负责人", "owner"),
            say("调用", "calls"),
            say("最近", "last"),
            say("说明", "remarks"),
        ]
        rows = [
            [x.name, x.owner, x.calls, x.last_call, "; ".join(say(r.zh, r.en) for r in x.remarks)] for x in found.lines
        ]
        terminal.table(columns, rows)
        for caller, count in found.unknown.items():
            terminal.line(f"{say('未登记的调用方', 'unknown caller')} {caller or '-'}  {count}")
    if found.remarked or found.unknown:
        raise typer.Exit(1)


@app.command()
def register(out: Annotated[Path, typer.Option(help="Where the CSV goes.")]) -> None:
    """Write the register of integrations as CSV, as a regulator asks for it. No keys stand in it.

    Example:

        guiju integration register --out 接口台账.csv
    """
    open_database()
    from django.utils import timezone

    from guiju.store.integration_register import register as write

    try:
        out.write_text(write(timezone.now()), "utf-8")
    except OSError as error:
        raise typer.BadParameter(f"cannot write {out}: {error.strerror}", param_hint="--out") from None
    terminal.line(str(out))


@app.command()
def discover(
    log: Annotated[Path, typer.Argument(help="An access log of a proxy or gateway; - for standard input.")],
    own: Annotated[list[str] | None, typer.Option(help="Host of the gateway itself; may be given again.")] = None,
    as_json: Json = False,
) -> None:
    """Find AI services in an access log: use that nobody registered.

    Examples:

        guiju integration discover access.log --own ai.example.com

        zcat access.log.*.gz | guiju integration discover - --own ai.example.com

    Exit status: 0 none found; 1 some found.
    """
    from guiju.inventory import discover as look

    try:
        with sys.stdin if str(log) == "-" else log.open(encoding="utf-8", errors="replace") as lines:
            found = look(lines, own or ())
    except OSError as error:
        raise typer.BadParameter(f"cannot read {log}: {error.strerror}") from None
    if as_json:
        terminal.emit(found)
    else:
        columns = [say("调用方", "caller"), say("主机", "host"), say("服务", "service"), say("次数", "calls")]
        terminal.table(columns, [[one.caller, one.host, one.service, one.calls] for one in found])
    if found:
        raise typer.Exit(1)


def _change(integration: str, status: str, reason: str, as_json: bool) -> None:
    open_database()
    from guiju.store.services import integrations

    row = integrations.set_status(operator(), _find(integration), status, reason)
    if as_json:
        terminal.emit(_facts(row))
    else:
        terminal.line(f"{row.pk}  {row.name}  {row.get_status_display()}")


def _find(key: str) -> Integration:
    """By id, or by a name that only one integration has.

    Raises:
        NotFound.
    """
    from guiju.errors import NotFound
    from guiju.store.models import Integration

    found = list(Integration.objects.filter(pk=key)) or list(Integration.objects.filter(name=key)[:2])
    if len(found) > 1:
        raise typer.BadParameter(
            say(f"有多个接入名为 {key},请用 id。", f"several integrations are called {key}; use the id")
        )
    if not found:
        raise NotFound(what_zh="接入", what_en="integration", key=key)
    return found[0]


def _give(row: Integration, key: str, as_json: bool) -> None:
    if as_json:
        terminal.emit({"id": row.pk, "key": key, "name": row.name, "service": row.service_id, "status": row.status})
        return
    terminal.line(f"id   {row.pk}")
    terminal.line(f"key  {key}")
    terminal.note(say("密钥只显示这一次,请立即保存。", "The key is shown this once; keep it now."), "yellow")


def _facts(row: Integration) -> dict[str, Any]:
    columns = (
        "name", "owner", "contact", "purpose", "purpose_note", "minors", "checklist", "status", "status_reason", "models_allowed", "filing_number",
        "filing_expires", "expires", "requests_per_minute", "tokens_per_day", "concurrent", "blocked_style", "label_position",
        "label_text", "allow_media", "created_at", "reviewed_at",
    )  # fmt: skip
    return {"id": row.pk, "service": row.service_id} | {name: getattr(row, name) for name in columns}


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "cli"
