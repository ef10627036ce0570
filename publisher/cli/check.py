"""`publisher check`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from publisher.cli.newsroom import settings_of
from publisher.cli.output import counted, emit, say, show, table

if TYPE_CHECKING:
    from publisher.model.finding import Finding
    from publisher.model.issue import Issue
    from publisher.model.links import LinkAnswer
    from publisher.settings import Settings


class Format(StrEnum):
    """How findings are printed."""

    TABLE = "table"
    JSON = "json"
    GITHUB = "github"


def check(
    context: typer.Context,
    issues: Annotated[list[str] | None, typer.Argument(help="Slugs or paths; default: all issues.")] = None,
    how: Annotated[Format, typer.Option("--format", help="How to print the findings.")] = Format.TABLE,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on warnings that nobody has allowed.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Give ids to issues and stories that have none.")
    ] = False,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the web whether links lead to a page; takes a while.")
    ] = False,
) -> None:
    """Tell what an editor should mend before an issue goes out. Exit code 1 if there are errors."""
    from publisher.actions.check import check_issues
    from publisher.actions.write import give_ids
    from publisher.theme import open_theme

    settings = settings_of(context)
    if fix:
        for path in give_ids(settings, issues or ()):
            say(f"gave an id to {path}")
    ask = partial(_ask, settings) if online else None
    checked = check_issues(settings, open_theme(settings.root / "templates"), issues or (), ask=ask)
    findings = [finding for each in checked for finding in each.findings]
    _PRINTERS[Format.JSON if as_json else how](findings, len(checked))
    if any(finding.blocks if strict else finding.code.startswith("E") for finding in findings):
        raise typer.Exit(1)


def _ask(settings: Settings, issues: Iterable[Issue]) -> Mapping[str, LinkAnswer]:
    """Ask for the links of issues, and show on a terminal how far it has come."""
    from publisher.actions.online import ask_for_links, fetcher_for

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        row = bar.add_task("asking for links", total=None)
        return ask_for_links(
            fetcher_for(settings),
            issues,
            progress=lambda asked, total: bar.update(row, completed=asked, total=total),
        )


def _print_table(findings: list[Finding], count: int) -> None:
    if findings:
        rows = [(str(each.place), each.code, _sentence(each)) for each in findings]
        show(table("where", "code", "what", rows=rows))
        say()
    say(_summary(findings, count))


def _sentence(finding: Finding) -> str:
    return f"{finding.what} ({finding.fix})" + (" (allowed)" if finding.allowed else "")


def _print_json(findings: list[Finding], count: int) -> None:
    emit(
        {
            "issues": count,
            "findings": [
                {
                    "code": each.code,
                    "severity": each.severity,
                    "path": each.place.path,
                    "line": each.place.line,
                    "column": each.place.column,
                    "what": each.what,
                    "fix": each.fix,
                    "allowed": each.allowed,
                }
                for each in findings
            ],
        }
    )


def _print_github(findings: list[Finding], _count: int) -> None:
    """Print annotations as GitHub's workflow commands, with their marks escaped."""
    levels = {"E": "error", "W": "warning", "I": "notice"}
    for each in findings:
        text = f"{each.what} ({each.fix})".replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        where = f"file={each.place.path},line={each.place.line or 1}"
        say(f"::{levels[each.code[0]]} {where},title={each.code}::{text}")


def _summary(findings: list[Finding], count: int) -> str:
    by_letter = {letter: sum(each.code.startswith(letter) for each in findings) for letter in "EWI"}
    nouns = {"E": "error", "W": "warning", "I": "remark"}
    found = ", ".join(counted(by_letter[letter], noun) for letter, noun in nouns.items())
    return f"{counted(count, 'issue')}: {found}"


_PRINTERS = {Format.TABLE: _print_table, Format.JSON: _print_json, Format.GITHUB: _print_github}
