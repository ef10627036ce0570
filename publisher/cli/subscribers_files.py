"""`publisher subscribers import | export`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, TextIO, cast

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, counted, emit, say, warn
from publisher.errors import PublisherError
from publisher.model.reader_columns import Columns, Field, wishes_of
from publisher.model.subscriber import Added, SubscriptionState

if TYPE_CHECKING:
    from publisher.actions.bring_readers import Brought, Progress

SHOWN: Final = 20
"""So many refused rows are told; all of them are in the file beside."""

_FIELDS: Final = ", ".join(Field)


def import_(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(help="CSV file with a column `email`, or one address a line; - reads standard input."),
    ],
    lists: Annotated[
        list[str] | None, typer.Option("--list", help="List to be on; may be repeated; default: the first.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="How these readers agreed to be mailed, in a sentence that is kept."),
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help=f"Which column says what, email=E-Mail; may be repeated: {_FIELDS}."),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read a file once more that is finished.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add the addresses of a file.

    Rows that are refused are told, written to FILE.errors.csv to be mended, and keep no other back. Who is
    not active in the file is left out; that somebody has left or bounced is kept. An import that was broken
    off goes on when the same command is given again.
    """
    from publisher.actions.bring_readers import Wishes, bring

    columns = wishes_of(mapped or ())
    with given(file) as (stream, name), opened(context) as publisher:
        said = source if source is not None else _asked(name)
        wishes = Wishes(
            source=said,
            lists=tuple(lists or ()),
            columns=columns,
            dry_run=dry_run,
            again=again,
            errors=Path(f"{Path(file).name if file == '-' else file}.errors.csv"),
        )
        with _bar() as progress:
            brought = bring(publisher, stream, name=name, wishes=replace(wishes, progress=progress))
        zone = publisher.settings.publication.timezone
    if as_json:
        emit(_document(brought, dry_run=dry_run))
    else:
        _tell(brought, zone, dry_run=dry_run)
    if brought.refused and not brought.earlier:
        raise typer.Exit(1)


def export(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="File to write; - writes to standard output.")] = "-",
    lists: Annotated[
        list[str] | None, typer.Option("--list", help="List to export; may be repeated; default: all.")
    ] = None,
    states: Annotated[
        list[SubscriptionState] | None,
        typer.Option("--state", help="State to export; may be repeated; default: all."),
    ] = None,
    segment: Annotated[
        str | None, typer.Option("--filter", help="Only active readers whom this filter or segment chooses.")
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write one JSON document a line instead of CSV.")
    ] = False,
) -> None:
    """Write the subscriptions to a file: address, list, state, since, consent, language, topics, marks.

    In CSV, cells that a spreadsheet could take for a formula begin with an apostrophe, which
    `subscribers import` takes away.
    """
    from publisher.actions.take_out import Form, Whom, written
    from publisher.actions.take_out import export as act

    whom = Whom(lists=tuple(lists or ()), states=tuple(states or ()), segment=segment)
    target = nullcontext(cast("TextIO", sys.stdout)) if file == "-" else written(Path(file))
    with opened(context) as publisher, target as out:
        count = act(publisher, out, whom=whom, form=Form.JSON_LINES if as_json else Form.CSV)
    if file != "-":
        say(f"{counted(count, 'subscription')} written to {file}")


def _asked(name: str) -> str:
    """Ask on a terminal how the readers agreed; elsewhere nobody can say it."""
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt(f"How did the readers in {name} agree to be mailed? (kept with each of them)"))


@contextmanager
def given(file: str) -> Iterator[tuple[BinaryIO, str]]:
    """Yield what is to be imported as a file that can be sought in, and its name."""
    if file == "-":
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            yield cast("BinaryIO", copy), "-"
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below, outside of what is caught
    except FileNotFoundError:
        raise PublisherError(f"there is no file '{file}'") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no name of a file"
        raise PublisherError(f"'{file}' cannot be read: {why}") from None
    with stream:
        yield stream, file


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show on a terminal how far an import has come, how fast it is and how long it will take."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("importing"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        row = bar.add_task("", total=None, rows=0, rate=0)

        def tell(done: int, total: int, rows: int) -> None:
            took = bar.tasks[row].elapsed or 0
            bar.update(row, completed=done, total=total, rows=rows, rate=rows / took if took else 0)

        yield tell


def _document(brought: Brought, *, dry_run: bool) -> dict[str, object]:
    return {
        "counts": brought.counts,
        "refused": [str(error) for error in brought.examples],
        "refused_rows": brought.refused,
        "rows": brought.rows,
        "new_readers": brought.new_readers,
        "not_active": brought.inactive,
        "without_address": brought.nameless,
        "columns": brought.columns.used(),
        "not_used": brought.columns.unused(),
        "errors": brought.errors,
        "dry_run": dry_run,
        "went_on_at": brought.went_on_at or None,
        "finished_before": brought.earlier,
    }


def _tell(brought: Brought, zone: str, *, dry_run: bool) -> None:
    if columns := _columns(brought.columns):
        warn(f"publisher: {columns}")
    if brought.guessed:
        warn(
            "publisher: the file is not UTF-8 and was read as Windows-1252; look whether addresses are right"
        )
    if brought.went_on_at:
        warn(f"publisher: went on after line {brought.went_on_at:,}, where an earlier import was broken off")
    if brought.earlier:
        warn(
            f"publisher: this file was imported {clock_text(brought.earlier, zone)}, nothing is done"
            " (--again reads it once more)"
        )
    for error in brought.examples[:SHOWN]:
        warn(f"publisher: {error}")
    if brought.refused > SHOWN:
        warn(f"publisher: … and {counted(brought.refused - SHOWN, 'refused row')} more")
    if brought.errors is not None and brought.refused:
        warn(f"publisher: the refused rows are in {brought.errors}")
    line = ", ".join(_counts(brought)) or "no addresses"
    if brought.earlier:
        line = f"Then: {line}"
    say(f"{line} (a dry run: nothing was changed)" if dry_run else line)


def _columns(columns: Columns) -> str:
    """Return which column says what, and which say nothing, unless the file needs no such word."""
    used, unused = columns.used(), columns.unused()
    if not unused and all(head.strip().lower() == each for each, head in used.items()):
        return ""
    line = ", ".join(f"{each} <- {head.strip()}" for each, head in used.items())
    if not unused:
        return line
    hints = " ".join(f'--map {each}="{head}"' for each, head in columns.likely().items())
    return f"{line}; not used: {', '.join(unused)}" + (f" ({hints})" if hints else "")


def _counts(brought: Brought) -> Iterator[str]:
    """Yield how much came of what."""
    for answer, count in brought.counts.items():
        if count and answer is Added.ADDED:
            new = counted(brought.new_readers, "new reader")
            yield f"{counted(count, 'subscription')} {answer} ({new})"
        elif count:
            yield f"{count:,} {answer}"
    if brought.inactive:
        yield f"{brought.inactive:,} not active in the file, left out"
    if brought.refused:
        yield f"{brought.refused:,} refused"
    if brought.nameless:
        yield f"{counted(brought.nameless, 'row')} without an address"
