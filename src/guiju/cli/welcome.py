"""What `guiju up` and `guiju init` tell: where things are, and once, on the first run, the way in."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from guiju.cli import terminal
from guiju.cli.upstreams import probe
from guiju.gateway.demo import DEMO_MODEL
from guiju.settings import Settings

if TYPE_CHECKING:
    from guiju.store.setup import FirstRun

GREETING = "你好,请用一句话介绍你自己。"


def address(host: str, port: int) -> str:
    """The address to open on this machine: a server that listens everywhere is reached at 127.0.0.1."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def places(settings: Settings, base: str, *, gateway: bool, console: bool) -> list[str]:
    """Where things are; no secrets."""
    lines = []
    if console:
        lines.append(f"控制台 Console   {base}/")
    if gateway:
        lines.append(f"网关   Gateway   {base}/v1")
        lines.append(f"模型   Model     {_models(settings)}")
    lines.append(f"数据   Data      {settings.home.resolve()}")
    lines.append("停止   Stop      Ctrl-C")
    return lines


def first_run(first: FirstRun, settings: Settings, base: str) -> list[str]:
    """The way in, shown exactly once: nothing of it can be read again."""
    return [
        "首次启动,以下内容只显示这一次,请立即保存。",
        "First run: the following is shown this once. Keep it now.",
        "",
        f"  管理员 Administrator    {first.admin_username}",
        f"  密码   Password         {first.admin_password}",
        f"  接入   Integration      {first.integration_id}",
        f"  密钥   Integration key  {first.integration_key}",
        "",
        "试一次对话 Try a chat:",
        "",
        *curl(base, first.integration_key, example_model(settings)),
        "",
        f"密码遗失 Lost the password:  {program()} user reset-password {first.admin_username}",
        f"新的密钥 Another key:        {program()} integration new-key {first.integration_id}",
    ]


def program() -> str:
    """How to call this program again from where we are."""
    if shutil.which("guiju"):
        return "guiju"
    here = Path(sys.argv[0])
    return str(here.relative_to(Path.cwd())) if here.is_relative_to(Path.cwd()) else str(here)


def curl(base: str, key: str, model: str) -> list[str]:
    """A chat request that works as it is printed."""
    body = {"model": model, "user": "demo-user", "messages": [{"role": "user", "content": GREETING}]}
    return [
        f"curl {base}/v1/chat/completions \\",
        f"  -H 'Authorization: Bearer {key}' \\",
        "  -H 'Content-Type: application/json' \\",
        f"  -d '{json.dumps(body, ensure_ascii=False)}'",
    ]


def example_model(settings: Settings) -> str:
    """A model the first service answers for: the demonstration model, the first configured, or the first it lists."""
    services = settings.services()
    if not services:
        return DEMO_MODEL
    upstream = services[0].upstream
    models = upstream.models or probe(upstream).models
    return models[0] if models else "MODEL"


def show(lines: list[str]) -> None:
    """Print the lines as they are, so that they can be copied."""
    terminal.line("\n".join(lines))


def _models(settings: Settings) -> str:
    services = settings.services()
    if not services:
        return f"{DEMO_MODEL}(内置演示模型,不是真实模型 built-in demonstration model, not a real one)"
    return ", ".join(f"{service.slug} → {service.upstream.url}" for service in services)
