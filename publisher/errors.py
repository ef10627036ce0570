"""What a person can fix. Everything else that is raised is a bug."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the newsroom something stands: a path as the user would type it, line and column from 1."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.path, self.line, self.column if self.line is not None else None]
        return ":".join(str(part) for part in parts if part is not None)


class PublisherError(Exception):
    """One clear sentence for a person: what is wrong, where, and what to do about it.

    `str(error)` is the whole sentence; doors print it as it is and end with exit code 1.
    """

    def __init__(self, what: str, *, place: Place | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.fix = fix

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        cure = f" ({self.fix})" if self.fix else ""
        return f"{where}{self.what}{cure}"


class ContentError(PublisherError):
    """A story or issue file cannot be read."""


class SettingsError(PublisherError):
    """`publisher.toml` or the environment says something that cannot be meant."""


class ThemeError(PublisherError):
    """A template cannot be rendered; the place names template and line."""


class TransitionError(PublisherError):
    """What was asked for is not possible in the state that an issue or mailing is in."""


class StoreError(PublisherError):
    """The database cannot be opened, read or written."""


class TooSlowError(PublisherError):
    """The answer to a question takes longer than anybody should wait for it."""


class NotFoundError(PublisherError):
    """There is no issue, list or subscriber of that name."""
