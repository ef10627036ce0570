"""What stops a file from being read at all."""

from __future__ import annotations

from publisher.errors import ContentError, Place
from publisher.model.finding import Finding


class UnreadableError(ContentError):
    """One thing that makes a file useless as a whole; the same sentence can be shown as a finding."""

    def __init__(self, code: str, what: str, *, place: Place, fix: str) -> None:
        super().__init__(what, place=place, fix=fix)
        self._finding = Finding(code=code, what=what, fix=fix, place=place)

    def finding(self) -> Finding:
        """Return the error as the check shows it."""
        return self._finding
