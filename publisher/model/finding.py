"""What the check says about an issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from publisher.errors import Place


class Severity(StrEnum):
    """`E` blocks, `W` must be acknowledged, `I` informs."""

    ERROR = "E"
    WARNING = "W"
    INFO = "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing an editor should know: a stable code such as `E502`, where, what, and how to mend it."""

    code: str
    what: str
    fix: str
    place: Place
    allowed: bool = False
    """True when the file's `allow` acknowledges this warning."""

    @property
    def severity(self) -> Severity:
        """The first letter of the code."""
        return Severity(self.code[0])

    @property
    def blocks(self) -> bool:
        """Return whether approving must refuse: an error, or a warning nobody has acknowledged."""
        return self.severity is Severity.ERROR or (self.severity is Severity.WARNING and not self.allowed)

    def on_lines(self, moved: Mapping[int, int]) -> Finding:
        """Return it on the line of the file that `moved` gives for its own, if it gives one."""
        line = moved.get(self.place.line or 0)
        return self if line is None else replace(self, place=replace(self.place, line=line))

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.what} ({self.fix})"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings as a reader of the file meets them, each once."""
    return tuple(
        sorted(
            set(findings),
            key=lambda f: (f.place.path, f.place.line or 0, f.place.column or 0, f.code, f.what),
        ),
    )
