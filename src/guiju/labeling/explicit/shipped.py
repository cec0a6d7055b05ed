"""Files that are shipped with this package: data, the font and the prompts."""

from __future__ import annotations

from importlib import resources


def text(name: str) -> str:
    """A data file as text."""
    return raw(name).decode("utf-8")


def raw(name: str) -> bytes:
    """A data file as bytes; ``name`` is its path under ``data/``."""
    return resources.files("guiju.labeling.explicit").joinpath("data", *name.split("/")).read_bytes()
