"""`publisher import`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.given import text_of
from publisher.cli.newsroom import settings_of
from publisher.cli.output import AsJson, emit, say
from publisher.cli.several import each

if TYPE_CHECKING:
    from publisher.actions.check import Checked


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
    from publisher.actions.check import check_issue
    from publisher.theme import open_theme

    settings = settings_of(context)
    if in_place:
        written, troubles = each(files, mend_in_place)
    else:
        written, troubles = each(
            files, lambda file: import_article(settings, text_of(file), name=str(file), into=into)
        )
    theme = open_theme(settings.root / "templates")
    checked = {path: check_issue(settings, theme, str(into or path)) for path in written}
    if as_json:
        emit(
            {
                "files": [path.name for path in written],
                "paths": written,
                "findings": _findings(checked),
                "troubles": troubles,
            }
        )
    else:
        _tell(checked)
    if troubles:
        raise typer.Exit(1)


def _tell(checked: Mapping[Path, Checked]) -> None:
    for path, one in checked.items():
        say(f"wrote {path}")
        for finding in one.findings:
            say(f"  {finding}")
        first = "mend or allow what stands above, " if one.blocking() else ""
        then = f"publisher preview, then set `status: ready` in it, then publisher queue {one.slug}"
        say(f"  Next: {first}{then}")


def _findings(checked: Mapping[Path, Checked]) -> list[str]:
    return [str(finding) for one in checked.values() for finding in one.findings]
