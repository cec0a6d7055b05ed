"""``guiju user``: console users, for whoever has lost the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.language import say

if TYPE_CHECKING:
    from guiju.store.models import User

app = typer.Typer(no_args_is_help=True, help="Console users: make one, let one in again.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="User name.", metavar="NAME")]


@app.command()
def create(
    name: Name,
    role: Annotated[str, typer.Option(help="system_admin, reviewer, compliance, auditor or read_only.")],
    email: Annotated[str, typer.Option(help="Where the person is reached.")] = "",
    as_json: Json = False,
) -> None:
    """Make a user and print a temporary password, to be changed at the first sign-in.

    Example:

        guiju user create li.lei --role auditor
    """
    open_database()
    from guiju.store.services import users

    row, password = users.create(operator(), name, role, email=email)
    _give(row, password, as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the users with role, last sign-in and whether they may sign in.

    Example:

        guiju user list
    """
    open_database()
    from guiju.store.models import User

    rows = [
        {"username": u.username, "role": u.role, "active": u.is_active, "last_login": u.last_login}
        for u in User.objects.order_by("username")
    ]
    if as_json:
        terminal.emit(rows)
    else:
        heads = [say("用户", "user"), say("角色", "role"), say("在用", "active"), say("上次登录", "last sign-in")]
        terminal.table(heads, (tuple(row.values()) for row in rows))


@app.command("reset-password")
def reset_password(name: Name, as_json: Json = False) -> None:
    """Replace a forgotten password by a temporary one; open sessions of the user end.

    Example:

        guiju user reset-password admin
    """
    open_database()
    from guiju.store.services import users

    row = _find(name)
    _give(row, users.reset_password(operator(), row), as_json)


@app.command("reset-totp")
def reset_totp(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stands in the audit log.", prompt=True)],
) -> None:
    """Remove a lost second factor; the user sets up a new one at the next sign-in.

    Example:

        guiju user reset-totp li.lei --reason 手机遗失
    """
    open_database()
    from guiju.store.services import users

    count = users.reset_totp(operator(), _find(name), reason)
    terminal.line(say(f"已移除 {count} 个设备。", f"{count} devices removed."))


def _find(name: str) -> User:
    from guiju.errors import NotFound
    from guiju.store.models import User

    row = User.objects.filter(username__iexact=name).first()
    if row is None:
        raise NotFound(what_zh="用户", what_en="user", key=name)
    return row


def _give(row: User, password: str, as_json: bool) -> None:
    if as_json:
        terminal.emit({"username": row.username, "role": row.role, "password": password})
        return
    terminal.line(f"{say('用户', 'user')}      {row.username}")
    terminal.line(f"{say('临时密码', 'password')}  {password}")
    terminal.note(
        say("密码只显示这一次,首次登录须修改。", "The password is shown this once and must be changed at sign-in."),
        "yellow",
    )
