"""What programs see of issues and mailings, portion by portion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.actions.transition import known
from publisher.app import Publisher
from publisher.errors import NotFoundError
from publisher.model.progress import Pace, pace
from publisher.model.records import IssueRecord, MailingRecord
from publisher.model.reports import ReportKind
from publisher.model.states import IssueState
from publisher.store import accounting, cursors, issues, mailings, reports
from publisher.store.accounting import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far a mailing has come, how fast it goes, what was refused and what came back."""

    mailing: MailingRecord
    pace: Pace | None
    refusals: tuple[Refusal, ...]
    reports: Mapping[ReportKind, int]


def portion(publisher: Publisher, *, after: str, state: IssueState | None, limit: int) -> list[IssueRecord]:
    """Return the next `limit` issues after that slug, by slug."""
    with publisher.database.read() as db:
        slugs = cursors.issues_after(db, after, state=state, limit=limit)
        return [found for slug in slugs if (found := issues.find(db, slug))]


def one(publisher: Publisher, slug: str) -> IssueRecord:
    """Return an issue.

    Raises:
        NotFoundError: there is none of that slug.
    """
    with publisher.database.read() as db:
        return known(db, slug)


def mailings_of(
    publisher: Publisher, *, issue: str | None, before: int | None, limit: int
) -> list[MailingRecord]:
    """Return the next `limit` mailings before that number, newest first; or the one of an issue."""
    with publisher.database.read() as db:
        if issue is not None:
            own = mailings.of_issue(db, issue)
            return [own] if own is not None and (before is None or own.id < before) else []
        numbers = cursors.mailings_before(db, before, limit=limit)
        return [found for number in numbers if (found := mailings.find(db, number))]


def way_of(publisher: Publisher, mailing: int) -> Way:
    """Return how far a mailing has come.

    Raises:
        NotFoundError: there is no such mailing.
    """
    with publisher.database.read() as db:
        found = mailings.find(db, mailing)
        if found is None:
            raise NotFoundError(f"there is no mailing {mailing}")
        return Way(
            mailing=found,
            pace=pace(found, publisher.now(db)),
            refusals=tuple(accounting.refusals(db, mailing)),
            reports=reports.counts(db, mailing),
        )


def issue_of(publisher: Publisher, mailing: int) -> str:
    """Return the issue of a mailing, by which it is steered.

    Raises:
        NotFoundError: there is no such mailing.
    """
    with publisher.database.read() as db:
        found = mailings.find(db, mailing)
    if found is None:
        raise NotFoundError(f"there is no mailing {mailing}")
    return found.issue
