"""Checking: everything that the linter wants to know is gathered here, and approval asks it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from urllib.parse import urlsplit

from publisher.actions.newsroom import Found, find_issue, find_issues, read, reading
from publisher.actions.printing import Print, press_issue, render
from publisher.app import Publisher
from publisher.check.all import check
from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.errors import ContentError, NotFoundError, Place, PublisherError
from publisher.model.finding import Finding, Severity, in_order
from publisher.model.issue import Issue
from publisher.model.links import LinkAnswer
from publisher.settings import SAMPLE_POSTAL_ADDRESS, Settings
from publisher.store import issues, mailings
from publisher.theme import Theme

_ONLY_HERE = ("localhost", "127.0.0.1", "::1")
_HOW_TO_ALLOW = "acknowledge warnings: `publisher approve ISSUE --allow CODE`, or allow: [CODE] in the file"


class CheckFailedError(PublisherError):
    """The check finds something that blocks; `findings` are all that do."""

    def __init__(self, slug: str, findings: Sequence[Finding]) -> None:
        count = len(findings)
        lines = "".join(f"\n  {finding}" for finding in findings)
        super().__init__(
            f"issue '{slug}' does not pass the check, {count} finding{'' if count == 1 else 's'}:{lines}",
            fix=_HOW_TO_ALLOW if any(finding.severity is Severity.WARNING for finding in findings) else None,
        )
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An issue with all that the check says, and the print that it is about unless there cannot be one."""

    slug: str
    issue: Issue | None
    printed: Print | None
    findings: tuple[Finding, ...]

    def blocking(self, *, allow: Collection[str] = (), warnings_block: bool = True) -> tuple[Finding, ...]:
        """Return the findings that keep the issue from going out, without the warnings that `allow` names."""
        return tuple(
            finding
            for finding in self.findings
            if finding.blocks
            and finding.code not in {code for code in allow if code.startswith(Severity.WARNING)}
            and (warnings_block or finding.severity is Severity.ERROR)
        )

    def to_print(self, allow: Collection[str] = (), *, warnings_block: bool = True) -> Print:
        """Return the print of an issue that may go out.

        Raises:
            CheckFailedError: something blocks.
        """
        found = self.blocking(allow=allow, warnings_block=warnings_block)
        if found or self.printed is None:
            raise CheckFailedError(self.slug, found)
        return self.printed


Ask = Callable[[Iterable[Issue]], Mapping[str, LinkAnswer]]
"""Asks the web for the links of issues."""


def check_issues(
    settings: Settings, theme: Theme, names: Sequence[str], *, ask: Ask | None = None
) -> list[Checked]:
    """Check the issues of these slugs or paths, or all; needs no database. With `ask`, their links as well.

    Raises:
        NotFoundError: one of them is not there.
    """
    every = find_issues(settings)
    ids = _ids_by_file(settings, every) if not names else {}
    found = [_named(settings, name) for name in names] if names else every
    readable = (issue for each in found if (issue := reading(settings, each).issue))
    links = ask(readable) if ask else None
    return [check_found(settings, theme, each, ids=ids, links=links) for each in found]


def check_for_approval(publisher: Publisher, slug: str) -> Checked:
    """Check an issue with all that the database knows as well.

    Raises:
        NotFoundError: its files are not there.
    """
    found = _named(publisher.settings, slug)
    return check_found(publisher.settings, publisher.theme, found, publisher=publisher)


def check_issue(settings: Settings, theme: Theme, name: str) -> Checked:
    """Check one issue; needs no database.

    Raises:
        NotFoundError: its files are not there.
    """
    return check_found(settings, theme, _named(settings, name))


def check_found(  # noqa: PLR0913 (each is one thing that is known already)
    settings: Settings,
    theme: Theme,
    found: Found,
    *,
    publisher: Publisher | None = None,
    ids: Mapping[str, str] | None = None,
    links: Mapping[str, LinkAnswer] | None = None,
) -> Checked:
    """Read, press, render and check one issue; trouble on the way is a finding, not an exception.

    What the database knows is checked where there is a `publisher`; without one, `ids` are those of files.
    """
    result = reading(settings, found)
    issue, printed, trouble = result.issue, None, None
    if issue is not None:
        try:
            printed = render(press_issue(settings, issue), theme)
        except ContentError as error:
            trouble = _trouble(error, issue)
    facts = _known_facts(publisher, found, issue) if publisher and issue else None
    findings = check(
        issue,
        found=result.findings,
        rules=_rules(settings),
        edition=printed.edition if printed else None,
        rendered=printed.whole("email") if printed else None,
        facts=facts or (replace(_facts(settings, issue), ids=ids or {}) if issue else None),
        links=links,
    )
    if trouble is not None and not any(each.code.startswith("E5") for each in findings):
        findings = in_order((*findings, trouble))
    return Checked(slug=found.slug, issue=issue, printed=printed, findings=findings)


def print_unchecked(publisher: Publisher, slug: str) -> Print:
    """Print an issue that nobody will be mailed, whatever the check says.

    Raises:
        ContentError: its files cannot be understood.
        NotFoundError: they are not there.
    """
    issue, _ = read(publisher.settings, _named(publisher.settings, slug))
    return render(press_issue(publisher.settings, issue), publisher.theme)


def _named(settings: Settings, name: str) -> Found:
    found = find_issue(settings, name)
    if found is None:
        raise NotFoundError(f"there is no issue '{name}' in '{settings.issues}'", fix="name a slug or a path")
    return found


def _trouble(error: ContentError, issue: Issue) -> Finding:
    """Turn what stopped the press into a finding."""
    return Finding(code="E500", what=error.what, fix=error.fix or "mend it", place=error.place or issue.place)


def _rules(settings: Settings) -> Rules:
    return Rules(off=frozenset(settings.check.off), mail_bytes=settings.check.max_mail_bytes)


def _ids_by_file(settings: Settings, found: Sequence[Found]) -> dict[str, str]:
    """Return which file has which id; of several with one id, the oldest."""
    ids: dict[str, str] = {}
    for each in sorted(found, key=_moved_at):
        issue = reading(settings, each).issue
        for id_, place in _ids(issue) if issue else ():
            ids.setdefault(id_, place.path)
    return ids


def _moved_at(found: Found) -> float:
    """Return when a file was last changed; a link to nowhere has no ids, so its place does not matter."""
    try:
        return found.path.stat().st_mtime
    except OSError:
        return 0


def _ids(issue: Issue) -> Iterator[tuple[str, Place]]:
    named = [(issue.id, issue.place), *((story.id, story.place) for story in issue.stories)]
    return ((id_, place) for id_, place in named if id_)


def _known_facts(publisher: Publisher, found: Found, issue: Issue) -> Facts:
    """Gather what the database knows as well."""
    settings = publisher.settings
    with publisher.database.read() as db:
        taken = issues.taken(db, besides=found.slug)
        audience = mailings.audience_of(db, _lists(settings, issue))
    return replace(
        _facts(settings, issue),
        audience=audience,
        ids=taken.ids,
        slugs={**taken.stories, **taken.pages},
        numbers=taken.numbers,
        contents=taken.content,
    )


def _facts(settings: Settings, issue: Issue) -> Facts:
    """Gather what the settings know about an issue."""
    return Facts(
        transport=settings.delivery.transport,
        sender=settings.sender_address,
        postal_address=settings.publication.postal_address,
        samples=_samples(settings),
        timezone=settings.publication.timezone,
        usual_hour=_usual_hour(settings, issue),
        lists=frozenset(settings.lists),
    )


def _samples(settings: Settings) -> tuple[str, ...]:
    """Return the settings that still say what the sample newsroom's say, or that no reader could reach."""
    publication = settings.publication
    still = {
        "sender": settings.sender_is_sample,
        "postal_address": SAMPLE_POSTAL_ADDRESS in publication.postal_address,
        "home_url": urlsplit(publication.home_url).hostname in _ONLY_HERE,
    }
    return tuple(name for name, is_sample in still.items() if is_sample)


def _usual_hour(settings: Settings, issue: Issue) -> time | None:
    """Return the hour that an issue's date without a time means."""
    if issue.when is None or isinstance(issue.when, datetime):
        return None
    return settings.timetable((*_lists(settings, issue), *settings.default_lists)[0]).hour_on(issue.when)


def _lists(settings: Settings, issue: Issue) -> tuple[str, ...]:
    return settings.default_lists if issue.lists is None else issue.lists
