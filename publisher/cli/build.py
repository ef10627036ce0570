"""`publisher build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from publisher.cli.newsroom import now, settings_of, whoami
from publisher.cli.output import AsJson, emit, say, warn


def build(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder to write the site into.")],
    *,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Everything, drafts too; for looking at, not to publish.")
    ] = False,
    brotli: Annotated[
        bool,
        typer.Option("--brotli", help="Compress everything with brotli now; `serve` does it bit by bit."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write all pages and feeds as files, for any static host.

    Beside each file stands the same compressed, as NAME.gz and NAME.br, for servers that look for it.

    With a database: what is published or archived. Without one: archived issues, and ready ones whose date
    is past.
    """
    from publisher.actions.build import build_site, has_database
    from publisher.actions.join import public_lists

    settings = settings_of(context)
    built = build_site(settings, folder, drafts=drafts, clock=now, actor=whoami(), with_brotli=brotli)
    if as_json:
        emit(built)
        return
    for trouble in built.troubles:
        warn(f"publisher: {trouble}")
    say(f"{built.written} files written, {built.unchanged} unchanged, {built.removed} removed in {folder}")
    if settings.web.search:
        say(_SEARCHES)
    if not drafts and has_database(settings) and public_lists(settings):
        say(_JOINS)


_SEARCHES: Final = (
    "Its pages offer to search, which a site of files alone cannot: set `search = false` under [web],"
    " or pass /search on to `publisher serve`."
)

_JOINS: Final = (
    "They lead to a form to subscribe, which is not among the files: set `form = false` under [joining],"
    " or pass /subscribe, /confirm and /form.css on to `publisher serve`."
)
