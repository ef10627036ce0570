"""What is told about one code of the check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A code such as `E502`: its title, why it matters to a reader, an example, and how to mend it.

    The first letter is the severity: `E` blocks, `W` must be acknowledged, `I` informs.
    """

    code: str
    title: str
    why: str
    example: str
    fix: str
