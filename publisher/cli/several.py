"""Commands that take several issues, or all of a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import typer

from publisher.cli.output import warn
from publisher.errors import PublisherError

_T = TypeVar("_T")


def chosen(named: Sequence[str] | None, *, every: bool, all_of: Callable[[], list[str]]) -> list[str]:
    """Return the slugs that were named, or all of them with --all; neither or both is wrong usage."""
    if bool(named) == every:
        raise typer.BadParameter("name issues, or write --all")
    return list(named or all_of())


def each(slugs: Sequence[str], act: Callable[[str], _T]) -> list[_T]:
    """Do `act` to each issue; one issue's trouble is told and keeps the others from nothing.

    Raises:
        PublisherError: at the end, if any of them failed.
    """
    done, failed = [], []
    for slug in slugs:
        try:
            done.append(act(slug))
        except PublisherError as error:
            if len(slugs) == 1:
                raise
            warn(f"publisher: {slug}: {error}")
            failed.append(slug)
    if failed:
        raise PublisherError(f"{len(failed)} of {len(slugs)} issues could not be done: {', '.join(failed)}")
    return done
