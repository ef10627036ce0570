"""`publisher import`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from publisher.cli.given import bytes_of, text_in
from publisher.cli.import_report import as_json as report_json
from publisher.cli.import_report import change_lines, tell
from publisher.cli.newsroom import opened, settings_of
from publisher.cli.output import AsJson, emit, say
from publisher.cli.several import each
from publisher.errors import PublisherError

if TYPE_CHECKING:
    from publisher.actions.arrivals import Arrivals, Progress, Wishes
    from publisher.actions.check import Checked
    from publisher.app import Publisher
    from publisher.content.importers.imported import Imported
    from publisher.settings import Settings

    _Bring = Callable[[Publisher, Wishes], Arrivals]

_URL: Final = re.compile(r"https?:", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ARTICLES: Final = (".txt", ".md", ".markdown", ".html", ".htm", ".xhtml")

_FEEDS: Final = {
    ".json": "JSON Feed",
    ".rss": "RSS feed",
    ".atom": "Atom feed",
    ".xml": "RSS or Atom feed",
}


def import_(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            help="Articles as text, Markdown or HTML; a folder or zip of Markdown; a feed; an address. "
            "- reads standard input."
        ),
    ],
    into: Annotated[str | None, typer.Option("--into", help="Add them as stories of this issue.")] = None,
    *,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Mend an issue file into which plain text was pasted.")
    ] = False,
    as_issues: Annotated[
        bool, typer.Option("--issues", help="Make an issue of each entry of a feed, under its old date.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, and say the same.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring in what was written elsewhere: articles, a site, a feed, a page; nothing is ever sent by this."""
    if in_place and (into is not None or dry_run):
        raise typer.BadParameter("--in-place excludes --into and --dry-run")
    session = _Import(context, into=into, in_place=in_place, as_issues=as_issues, dry_run=dry_run)
    _, troubles = each(files, session.take)
    session.finish(troubles, as_json=as_json)
    if troubles:
        raise typer.Exit(1)


@dataclass(slots=True)
class _Import:
    """What one command imports: articles and material from elsewhere, in any order."""

    context: typer.Context
    into: str | None
    in_place: bool
    as_issues: bool
    dry_run: bool
    written: list[Path] = field(default_factory=list)
    articles: dict[str, tuple[Path, Imported]] = field(default_factory=dict)
    parts: list[Arrivals] = field(default_factory=list)

    def take(self, name: str) -> None:
        """Import one thing.

        Raises:
            PublisherError: it cannot be.
        """
        from publisher.actions.unpacking import is_zip

        if self.in_place:
            from publisher.actions.write import mend_in_place

            self.written.append(mend_in_place(Path(name)))
        elif _URL.match(name):
            self._bring(name, self._page(name))
        elif _OTHER_SCHEME.match(name):
            raise PublisherError(
                f"'{name}' is no address that can be imported", fix="only http and https addresses can be"
            )
        elif name != "-" and (Path(name).is_dir() or _is_called_zip(name) or is_zip(Path(name))):
            self._bring(name, self._site(Path(name)))
        else:
            self._take_file(name)

    def finish(self, troubles: list[str], *, as_json: bool) -> None:
        """Say what came of it."""
        from publisher.actions.bring_in import together

        checked = _checked(settings_of(self.context), self.written, self.into)
        brought = together(self.parts, dry_run=self.dry_run)
        if as_json:
            emit(
                {
                    "files": [path.name for path in self.written],
                    "paths": self.written,
                    "findings": [str(finding) for one in checked.values() for finding in one.findings],
                    "changes": {name: made.changes for name, (_, made) in self.articles.items()},
                    **report_json(brought),
                    "troubles": [*troubles, *brought.troubles],
                }
            )
            return
        for name, (path, made) in self.articles.items():
            _tell(name, path, made, checked.get(path), dry_run=self.dry_run)
        if self.in_place:
            for path, one in checked.items():
                _tell_of(path, one)
        if self.parts:
            tell(brought)

    def _take_file(self, name: str) -> None:
        from publisher.content.importers.feed import is_feed

        data = bytes_of(name)
        suffix = Path(name).suffix.lower()
        if suffix not in _ARTICLES and is_feed(data):
            self._bring(name, self._feed(name, data))
            return
        if suffix in _FEEDS:
            raise PublisherError(f"'{name}' is no {_FEEDS[suffix]}", fix="look at what it holds")
        from publisher.actions.write import name_for, read_article, write_article

        settings = settings_of(self.context)
        folder, made = read_article(settings, text_in(data, name), name=name, into=self.into)
        path = name_for(folder, made) if self.dry_run else write_article(folder, made)
        self.articles[name] = (path, made)
        if not self.dry_run:
            self.written.append(path)

    def _bring(self, name: str, bring: _Bring) -> None:
        from publisher.actions.arrivals import Wishes

        if self.into is not None:
            raise PublisherError(f"only articles can be added to an issue, and '{name}' is none")
        with opened(self.context) as publisher, _bar() as progress:
            wishes = Wishes(as_issues=self.as_issues, dry_run=self.dry_run, progress=progress)
            self.parts.append(bring(publisher, wishes))

    def _site(self, path: Path) -> _Bring:
        from publisher.actions.bring_in import bring_in_site

        return lambda publisher, wishes: bring_in_site(publisher, path, wishes=wishes)

    def _feed(self, name: str, data: bytes) -> _Bring:
        from publisher.actions.bring_in import bring_in_feed

        return lambda publisher, wishes: bring_in_feed(publisher, data, name=name, wishes=wishes)

    def _page(self, url: str) -> _Bring:
        from publisher.actions.bring_in import bring_in_page
        from publisher.actions.online import fetcher_for

        return lambda publisher, wishes: bring_in_page(
            publisher, fetcher_for(publisher.settings), url, wishes=wishes
        )


def _is_called_zip(name: str) -> bool:
    return Path(name).suffix.lower() == ".zip" and Path(name).is_file()


def _checked(settings: Settings, written: list[Path], into: str | None) -> dict[Path, Checked]:
    from publisher.actions.check import check_issue
    from publisher.theme import open_theme

    if not written:
        return {}
    theme = open_theme(settings.root / "templates")
    return {path: check_issue(settings, theme, str(into or path)) for path in written}


def _tell(name: str, path: Path, made: Imported, checked: Checked | None, *, dry_run: bool) -> None:
    if checked is not None:
        _tell_of(path, checked, *change_lines(made.changes))
        return
    say(f"{name} would become {path}" if dry_run else f"wrote {path}")
    for line in change_lines(made.changes):
        say(line)


def _tell_of(path: Path, checked: Checked, *lines: str) -> None:
    say(f"wrote {path}")
    for line in lines:
        say(line)
    for finding in checked.findings:
        say(f"  {finding}")
    first = "mend or allow what stands above, " if checked.blocking() else ""
    then = f"publisher preview, then set `status: ready` in it, then publisher queue {checked.slug}"
    say(f"  Next: {first}{then}")


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show on a terminal how far a long import has come."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        row = bar.add_task("", total=None)
        yield lambda done, total: bar.update(row, completed=done, total=total)
