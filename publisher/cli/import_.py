"""`publisher import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.newsroom import settings_of
from publisher.cli.output import AsJson, emit, say
from publisher.errors import PublisherError


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="Articles as plain text or Markdown; - reads standard input.")
    ],
    into: Annotated[str | None, typer.Option("--into", help="Add them as stories of this issue.")] = None,
    *,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Mend an issue file into which plain text was pasted.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Turn articles into issue files, one each, as drafts; nothing is ever sent by this."""
    from publisher.actions.write import import_article, mend_in_place

    if in_place and into is not None:
        raise typer.BadParameter("--in-place and --into exclude each other")
    settings = settings_of(context)
    if in_place:
        written = [mend_in_place(file) for file in files]
    else:
        written = [import_article(settings, _text(file), name=str(file), into=into) for file in files]
    if as_json:
        emit({"files": [path.name for path in written], "paths": written})
        return
    for path in written:
        say(f"wrote {path}. Next: publisher check {path.stem}")


def _text(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise PublisherError(
            f"'{file}' cannot be read: {error.strerror}", fix="name a file that is there"
        ) from None
    except UnicodeDecodeError:
        raise PublisherError(f"'{file}' is not UTF-8 text", fix="save it as UTF-8") from None
