"""``guiju doctor`` itself: run every examination and tell what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from guiju.cli import terminal
from guiju.cli.doctor.examination import Health, Observation, Patient, caught, examine
from guiju.cli.exits import Exit
from guiju.cli.language import say
from guiju.errors import SettingsInvalid

if TYPE_CHECKING:
    from guiju.cli.doctor.settings_origin import Origin

MARKS = {Health.OK: "[green]✓[/]", Health.WARN: "[yellow]![/]", Health.FAIL: "[red]✗[/]"}


def doctor(
    host: Annotated[str, typer.Option(help="The address Guiju is meant to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port Guiju is meant to listen on.")] = 8080,
    settings: Annotated[bool, typer.Option("--settings", help="List every setting with its value and origin.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Examine the installation: settings, data directory, keys, database, rules, evidence, upstreams, address, clock.

    Each line is well (✓), worth a look (!) or broken (✗), and says how to mend it. Nothing is changed. Secrets are
    never shown.

    Examples:

        guiju doctor

        guiju doctor --settings

        guiju doctor --json | jq '.observations[] | select(.health != "ok")'

    Exit status: 0 nothing broken; 1 something is; 3 the settings cannot be read.
    """
    from guiju.cli.doctor import parts, settings_origin
    from guiju.settings import load

    try:
        loaded = load()
    except SettingsInvalid as error:
        _report([caught("settings", error)], [], as_json)
        raise typer.Exit(Exit.ENVIRONMENT) from None
    origins = settings_origin.origins(loaded)
    found = [settings_origin.summary(origins), *examine(Patient(loaded, host, port), parts.EXAMINATIONS)]
    _report(found, origins, as_json, every_setting=settings)
    raise typer.Exit(Exit.FAILED if any(o.health is Health.FAIL for o in found) else Exit.OK)


def _report(found: list[Observation], origins: list[Origin], as_json: bool, *, every_setting: bool = False) -> None:
    if as_json:
        healthy = not any(o.health is Health.FAIL for o in found)
        terminal.emit({"ok": healthy, "observations": found, "settings": origins})
        return
    if every_setting:
        heads = [say("设置", "setting"), say("值", "value"), say("来源", "origin")]
        terminal.table(heads, ((o.name, o.value, o.source) for o in origins))
        terminal.line()
    for one in found:
        terminal.out.print(MARKS[one.health], end=" ")
        terminal.line(f"{one.subject:<18} {one.message}")
        if one.remedy:
            terminal.line(f"{'':<20} → {one.remedy}")
    counts = {health: sum(o.health is health for o in found) for health in Health}
    terminal.line(
        say(
            f"\n正常 {counts[Health.OK]},留意 {counts[Health.WARN]},故障 {counts[Health.FAIL]}",
            f"\n{counts[Health.OK]} well, {counts[Health.WARN]} worth a look, {counts[Health.FAIL]} broken",
        )
    )
