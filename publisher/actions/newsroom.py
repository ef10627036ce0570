"""Finding and reading the issues of a newsroom, with its settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An issue's files: its slug, where it is, and the signature of its files at this moment."""

    slug: str
    path: Path
    signature: str
