"""`publisher check`."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from publisher.cli.newsroom import settings_of
from publisher.cli.output import counted, emit, say, show, table, warn
from publisher.errors import PublisherError

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
    issues: Annotated[
        list[str] | None, typer.Argument(help="Slugs, or paths of any files; default: all issues.")
    ] = None,
    how: Annotated[Format, typer.Option("--format", help="How to print the findings.")] = Format.TABLE,
    explain: Annotated[
        str | None, typer.Option("--explain", help="Print what is told about this code, and check nothing.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on warnings that nobody has allowed.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write missing ids, and take out of links what watches readers.")
    ] = False,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the web whether links lead to a page; takes a while.")
    ] = False,
) -> None:
    """Tell what an editor should mend before an issue goes out. Exit code 1 if there are errors."""
    from publisher.actions.check import check_issues
    from publisher.actions.meant import issues_meant
    from publisher.theme import open_theme

    how = Format.JSON if as_json else how
    if explain is not None:
        _explain(explain, how)
        return
    settings = settings_of(context)
    names = issues_meant(settings, issues) if issues else []
    ask = partial(_ask, settings) if online else None
    checked = []
    if names or not issues:
        if fix:
            _fix(settings, names, tell=say if how is Format.TABLE else warn)
        checked = check_issues(settings, open_theme(settings.root / "templates"), names, ask=ask)
    findings = list(dict.fromkeys(finding for each in checked for finding in each.findings))
    seen = _Seen(
        findings=findings,
        count=len(checked),
        unread=sum(each.issue is None for each in checked),
        named=bool(issues),
        root=settings.root,
    )
    _PRINTERS[how](seen)
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


def _fix(settings: Settings, names: Sequence[str], *, tell: Callable[[str], None]) -> None:
    """Mend what can be mended without asking, and tell it."""
    from publisher.actions.mend import untrack_links
    from publisher.actions.write import give_ids

    for path in give_ids(settings, names):
        tell(f"gave an id to {path}")
    for mended in untrack_links(settings, names):
        for each in mended.removed:
            tell(f"removed {', '.join(each.names)} from a link in {mended.path}:{each.line}")


def _explain(code: str, how: Format) -> None:
    """Print the page of one code."""
    from publisher.check.codes import CODES
    from publisher.check.rules import nearest_code

    row = CODES.get(code.upper())
    if row is None:
        close = nearest_code(code, CODES)
        fix = f"did you mean {close}?" if close else "docs/reference/checks.md lists the codes"
        raise PublisherError(f"there is no code '{code}'", fix=fix)
    if how is Format.JSON:
        emit({**dataclasses.asdict(row), "docs": page_of(row.code)})
        return
    say(f"{row.code}: {row.title}\n\n{row.why}\n")
    say(f"For example: {row.example}\nWhat to do: {row.fix}\n")
    say(f"{_WEIGHTS[row.code[0]]} See docs/reference/{page_of(row.code)}.")


def page_of(code: str) -> str:
    """Return where a code is explained, relative to the reference."""
    return f"checks.md#{code.lower()}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a run of the check has found: in `count` issues, `unread` of which have files that block reading.

    `named` tells that somebody asked for certain issues, `root` is the newsroom's folder.
    """

    findings: list[Finding]
    count: int
    unread: int
    named: bool
    root: Path


def _print_table(seen: _Seen) -> None:
    shown = [each for each in seen.findings if seen.named or not each.code.startswith("I")]
    if shown:
        rows = [(printable(str(each.place)), each.code, printable(_sentence(each))) for each in shown]
        show(table("where", "code", "what", rows=rows))
        say("\n`publisher check --explain CODE` tells more.")
    hidden = len(shown) < len(seen.findings)
    say(_summary(seen) + ("; name an issue to see its remarks" if hidden else ""))
    if seen.unread:
        issues = "this issue" if seen.unread == 1 else f"these {seen.unread:,} issues"
        say(f"Some files cannot be read: the rest of {issues} is checked once that is mended.")


def printable(text: str) -> str:
    """Return a text in which characters that would command a terminal are spelled, as Python spells them."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def _sentence(finding: Finding) -> str:
    return f"{finding.what} ({finding.fix})" + (" (allowed)" if finding.allowed else "")


def _print_json(seen: _Seen) -> None:
    emit(
        {
            "issues": seen.count,
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
                    "docs": page_of(each.code),
                }
                for each in seen.findings
            ],
        }
    )


def _print_github(seen: _Seen) -> None:
    """Print annotations as GitHub's workflow commands, with their marks escaped.

    Files are named from the top of the repository, wherever in it the newsroom is.
    """
    root = seen.root
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    below = root.relative_to(top)
    levels = {"E": "error", "W": "warning", "I": "notice"}
    for each in seen.findings:
        text = _in_one_line(f"{each.what} ({each.fix})")
        path = _escaped((below / each.place.path).as_posix())
        where = f"file={path},line={each.place.line or 1}"
        say(f"::{levels[each.code[0]]} {where},title={each.code}::{text}")


def _escaped(path: str) -> str:
    """Return a path as a property of a workflow command, in which colons and commas are marks."""
    return _in_one_line(path).replace(":", "%3A").replace(",", "%2C")


def _in_one_line(text: str) -> str:
    """Return a text as a workflow command carries it."""
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _summary(seen: _Seen) -> str:
    by_letter = {letter: sum(each.code.startswith(letter) for each in seen.findings) for letter in "EWI"}
    nouns = {"E": "error", "W": "warning", "I": "remark"}
    found = ", ".join(counted(by_letter[letter], noun) for letter, noun in nouns.items())
    return f"{counted(seen.count, 'issue')}: {found}"


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WEIGHTS = {
    "E": "An error: the issue cannot be approved.",
    "W": "A warning: mend it, or allow it with `allow: [CODE]` in the front matter.",
    "I": "A remark: it keeps nothing back.",
}
_PRINTERS = {Format.TABLE: _print_table, Format.JSON: _print_json, Format.GITHUB: _print_github}
