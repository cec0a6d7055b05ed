"""From an exception to what a person reads and what a script sees. A user's mistake never shows a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.language import current, say
from guiju.errors import GuijuError, SettingsError


def guarded(run: Callable[[], object]) -> int:
    """Call ``run`` and return the exit status, having told on standard error what went wrong, if something did.

    ``GUIJU_DEBUG=1`` adds the traceback.
    """
    terminal.prepare()
    try:
        run()
    except SystemExit as exit_:
        return _status(exit_)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except GuijuError as error:
        tell(error)
        return status_of(error)
    except Exception as error:
        return _unexpected(error)
    return Exit.OK


def status_of(error: GuijuError) -> Exit:
    """``ENVIRONMENT`` where the installation must be mended, ``USAGE`` where the caller asked for the wrong thing."""
    return Exit.ENVIRONMENT if isinstance(error, SettingsError) or error.status >= 500 else Exit.USAGE


def tell(error: GuijuError) -> None:
    """Print code, message and remedy."""
    terminal.note(f"{error.code} {error.message(current())}", "bold red")
    terminal.note(f"  → {error.remedy(current())}")
    trace()


def _unexpected(error: Exception) -> Exit:
    from guiju.cli.boot import of_environment

    if (known := of_environment(error)) is not None:
        tell(known)
        return Exit.ENVIRONMENT
    terminal.note(
        say(f"内部错误:{type(error).__name__}:{error}", f"Internal error: {type(error).__name__}: {error}"), "bold red"
    )
    terminal.note(
        say(
            "  → 这是 Guiju 的缺陷。设置 GUIJU_DEBUG=1 重试可得到完整信息,请附上它报告问题。",
            "  → This is a defect of Guiju. Run it again with GUIJU_DEBUG=1 for the traceback and report it with that.",
        )
    )
    trace()
    return Exit.DEFECT


def trace() -> None:
    """Print the traceback of the error being handled, where ``GUIJU_DEBUG`` asks for it."""
    if os.environ.get("GUIJU_DEBUG"):
        traceback.print_exc()


def _status(exit_: SystemExit) -> int:
    if isinstance(exit_.code, int):
        return exit_.code
    return Exit.OK if exit_.code is None else Exit.USAGE
