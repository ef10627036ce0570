"""`publisher segment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, counted, emit, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.actions.segment import Tried
    from publisher.settings import Settings


def segment(
    context: typer.Context,
    filter_: Annotated[
        str | None,
        typer.Argument(
            metavar="FILTER",
            help="A filter such as 'tag:energy AND NOT bounced', or a name in [segments]; default: all.",
        ),
    ] = None,
    lists: Annotated[
        list[str] | None, typer.Option("--list", help="List to count on; may be repeated; default: all.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Try a segment: count the readers whom a filter chooses, without mailing anybody."""
    from publisher.actions.segment import try_all, try_segment

    with opened(context) as publisher:
        if filter_ is None:
            found = try_all(publisher, lists=lists or ())
        else:
            found = [try_segment(publisher, filter_, lists=lists or ())]
        settings = publisher.settings
    if as_json:
        emit(found if filter_ is None else found[0])
    elif not found:
        say("There are no segments in publisher.toml; try a filter: publisher segment 'tag:energy'")
    else:
        for tried in found:
            for line in _lines(tried, settings):
                say(line)


def _lines(tried: Tried, settings: Settings) -> Iterator[str]:
    yield tried.filter if tried.segment not in settings.segments else f"{tried.segment}: {tried.filter}"
    for share in tried.shares:
        yield f"  {share.readers:,} of {counted(share.of, 'reader')} of {settings.list_title(share.list)}"
    yield from (f"  nobody has chosen the topic '{topic}'" for topic in tried.unchosen)
    if len(tried.shares) > 1:
        yield f"  {counted(tried.readers, 'reader')} in all"
