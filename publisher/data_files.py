"""Where the files that ship with the publisher are: in an installed wheel, else in the checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def templates() -> Path:
    """Return the folder of the templates that ship with the publisher."""
    return _shipped("templates", _PACKAGE.parent / "templates")


def sample_newsroom() -> Path:
    """Return the folder that holds the sample newsroom: `publisher.toml` and `issues/`."""
    return _shipped("newsroom", _PACKAGE.parent)


def _shipped(name: str, checkout: Path) -> Path:
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else checkout
