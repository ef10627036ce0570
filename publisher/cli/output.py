"""What commands print: lines and tables for people, one JSON document for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def say(text: str = "") -> None:
    """Print a line for people, as it is, never wrapped."""
    typer.echo(text)


def warn(text: str) -> None:
    """Print a line for people to standard error."""
    typer.echo(text, err=True)


def emit(value: object) -> None:
    """Print `value` as one JSON document: dataclasses become objects, moments ISO 8601 in UTC."""
    is_utf8 = getattr(sys.stdout, "encoding", "").lower() == "utf-8"
    typer.echo(json.dumps(plain(value), ensure_ascii=not is_utf8, indent=2))


def show(table: Table) -> None:
    """Print a table; without a terminal it is 120 columns wide."""
    console = Console(highlight=False)
    console.print(table) if console.is_terminal else Console(highlight=False, width=120).print(table)


def table(*heads: str, rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a plain table; texts are shown as they are, without markup."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        made.add_column(head, overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 reader", "1,204 readers"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def clock_text(moment: datetime | None, zone: str) -> str:
    """Return a moment as the publication's wall clock shows it, or an empty text."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}" if moment else ""


def day_text(moment: datetime, zone: str) -> str:
    """Return the day of a moment in the publication's calendar."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def plain(value: object) -> object:
    """Return `value` in the few types that JSON knows; pictures and other bytes are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value) if each.repr
        }
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value
