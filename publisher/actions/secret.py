"""Secrets that the settings give themselves, or name a file for."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from publisher.errors import SettingsError


def secret_in(root: Path, given: SecretStr, file: Path | None, *, name: str) -> str:
    """Return a secret: what `file` (relative to `root`) holds, or what is `given`; `name` is its setting.

    Raises:
        SettingsError: the file cannot be read.
    """
    if file is None:
        return given.get_secret_value()
    path = root / file
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(
            f"{name} '{path}' cannot be read: {why}", fix="mend the file or its name"
        ) from None
