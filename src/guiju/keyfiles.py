"""Key files: created once with the owner's permissions, never overwritten, never logged."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from guiju.errors import KeyFileInvalid


def read_or_create(path: Path, size: int) -> bytes:
    """Return the ``size`` random bytes kept as hex in ``path``, creating the file (mode 0600) the first time.

    Two processes that start together agree: the file appears complete under its name or not at all.

    Raises:
        KeyFileInvalid: the file exists but is unreadable, of the wrong length, or not hexadecimal.
    """
    try:
        return _read(path, size)
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(size) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails if another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path, size)


def _read(path: Path, size: int) -> bytes:
    try:
        value = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise KeyFileInvalid(name=path.name, problem=type(error).__name__) from None
    if len(value) != size:
        raise KeyFileInvalid(name=path.name, problem=f"{len(value)} bytes instead of {size}")
    return value
