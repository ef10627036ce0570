"""Commands that take several issues, or all of a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import typer

from publisher.cli.output import warn
from publisher.errors import PublisherError

_I = TypeVar("_I")
_T = TypeVar("_T")


def chosen(named: Sequence[str] | None, *, every: bool, all_of: Callable[[], list[str]]) -> list[str]:
    """Return the slugs that were named, or all of them with --all; neither or both is wrong usage."""
    if bool(named) == every:
        raise typer.BadParameter("name issues, or write --all")
    return list(named or all_of())


def each(items: Sequence[_I], act: Callable[[_I], _T]) -> tuple[list[_T], list[str]]:
    """Do `act` to each item; one item's trouble is told and keeps the others from nothing.

    Returns what came of those that could be done, and the troubles.

    Raises:
        PublisherError: the only item could not be done.
    """
    done, troubles = [], []
    for item in items:
        try:
            done.append(act(item))
        except PublisherError as error:
            if len(items) == 1:
                raise
            troubles.append(f"{item}: {error}")
            warn(f"publisher: {item}: {error}")
    return done, troubles
