"""`/issues`: what is written, checked, approved and queued."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, Field

from publisher.actions.api_issues import one, portion
from publisher.actions.approve import approve
from publisher.actions.check import check_for_approval
from publisher.actions.hold import hold, release
from publisher.actions.queue import Place, queue, unqueue
from publisher.errors import PublisherError
from publisher.model.records import IssueRecord
from publisher.model.scope import Scope
from publisher.model.states import IssueState
from publisher.web.api.operation import TEXT, Acting, Limit, Operation, Shape, Wish
from publisher.web.api.problems import Found, found

_LONGEST_NAME = 200
"""Bytes of the longest slug: file systems take 255 for a name."""


def _short(slug: str) -> str:
    if len(slug.encode()) > _LONGEST_NAME:
        raise ValueError(f"a slug has at most {_LONGEST_NAME} bytes")
    return slug


SlugText = Annotated[
    str, Field(pattern=r"^[^\x00-\x20\x7f./\\]+$", max_length=_LONGEST_NAME), AfterValidator(_short)
]
Slug = Annotated[SlugText, Path(description="The issue's slug.", examples=["heat"])]


class Issue(Shape):
    """An issue, as far as it has come."""

    slug: str = Field(examples=["heat"])
    title: str
    state: IssueState
    reason: str | None
    """Why it is where it is, if somebody or something gave a reason."""
    lists: list[str]
    number: int | None
    asked_for: str | None = Field(examples=["2026-10-06T06:30"])
    """The date that its file asks for, as it stands there."""
    due_at: datetime | None
    """When it goes out."""
    approved_by: str | None
    approved_at: datetime | None
    published_at: datetime | None
    withdrawn_at: datetime | None


class IssuePortion(Shape):
    """Some issues."""

    items: list[Issue]
    next: str | None
    """What to give as `after` for those that follow; null at the end."""


class Checked(Shape):
    """What the check says of an issue."""

    is_ready: bool
    """Whether nothing keeps it from being approved."""
    findings: list[Found]


class Approval(Wish):
    """What somebody answers for."""

    allow: list[Annotated[str, Field(pattern=r"^W[0-9]{3}$", examples=["W306"])]] = Field(
        default_factory=list, max_length=50
    )
    """Warnings that are acknowledged, beside those that the issue's files allow."""


class Wanted(Wish):
    """Where in the queue an issue shall stand: one of these, or none for its own date or the next slot."""

    at: Annotated[str | None, Field(max_length=40, pattern=TEXT, examples=["2030-10-08 06:30"])] = None
    """A moment on the publication's clock."""
    before: SlugText | None = None
    """The slug of a queued issue whose slot it takes; that one moves on."""
    first: bool = False
    """The next slot; who has it moves on."""
    soon: bool = False
    """As soon as the time is over in which it can be taken out again."""


class Hold(Wish):
    """Why an issue is held back."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT, examples=["wait for the photo"])]


class Letting(Wish):
    """How an issue is let go."""

    reprint: bool = False
    """As its files are now, instead of as it was printed."""


def list_issues(
    publisher: Acting,
    state: Annotated[IssueState | None, Query(description="Only those in this state.")] = None,
    after: Annotated[SlugText | None, Query(description="`next` of the answer before.")] = None,
    limit: Limit = 50,
) -> IssuePortion:
    """See issues, portion by portion, in the order of their slugs."""
    found_ = portion(publisher, after=after or "", state=state, limit=limit + 1)
    shown = found_[:limit]
    return IssuePortion(
        items=[_shape(each) for each in shown], next=shown[-1].slug if len(found_) > limit else None
    )


def get_issue(publisher: Acting, slug: Slug) -> Issue:
    """See one issue."""
    return _shape(one(publisher, slug))


def check_issue(publisher: Acting, slug: Slug) -> Checked:
    """Check an issue as its files are now. Nothing changes."""
    checked = check_for_approval(publisher, slug)
    return Checked(
        is_ready=checked.printed is not None and not checked.blocking(),
        findings=[found(each) for each in checked.findings],
    )


def approve_issue(publisher: Acting, slug: Slug, approval: Approval | None = None) -> Issue:
    """Approve an issue: exactly what its files say now will go out."""
    return _shape(approve(publisher, slug, allow=approval.allow if approval else ()))


def queue_issue(publisher: Acting, slug: Slug, wanted: Wanted | None = None) -> Issue:
    """Give an issue its moment, or another one.

    Without a wish it goes at the date of its file, else in the next free slot.

    Raises:
        PublisherError: there is more than one wish.
    """
    wish = wanted or Wanted()
    if sum((wish.at is not None, wish.before is not None, wish.first, wish.soon)) > 1:
        raise PublisherError("an issue has one place in the queue", fix="give at, before, first or soon")
    place = Place(at=wish.at, before=wish.before, first=wish.first, soon=wish.soon)
    return _shape(queue(publisher, slug, place))


def unqueue_issue(publisher: Acting, slug: Slug) -> Issue:
    """Take an issue out of the queue; it stays approved."""
    return _shape(unqueue(publisher, slug))


def hold_issue(publisher: Acting, slug: Slug, why: Hold) -> Issue:
    """Hold an issue back; its slot passes empty."""
    return _shape(hold(publisher, slug, reason=why.reason))


def release_issue(publisher: Acting, slug: Slug, letting: Letting | None = None) -> Issue:
    """Queue a held issue again, at its own moment if that is to come, else in the next free slot."""
    return _shape(release(publisher, slug, reprint=letting.reprint if letting else False))


def _shape(record: IssueRecord) -> Issue:
    return Issue(
        slug=record.slug,
        title=record.title,
        state=record.state,
        reason=record.reason,
        lists=list(record.lists),
        number=record.number,
        asked_for=record.asked_for,
        due_at=record.due_at,
        approved_by=record.approved_by,
        approved_at=record.approved_at,
        published_at=record.published_at,
        withdrawn_at=record.withdrawn_at,
    )


_MOVES = (
    ("approve", approve_issue),
    ("queue", queue_issue),
    ("unqueue", unqueue_issue),
    ("hold", hold_issue),
    ("release", release_issue),
)
"""What can be done to an issue, in the order of its life."""

ISSUES = (
    Operation(method="GET", path="/issues", act=list_issues, scope=Scope.ISSUES_READ),
    Operation(
        method="GET",
        path="/issues/{slug}",
        act=get_issue,
        scope=Scope.ISSUES_READ,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Operation(
        method="POST",
        path="/issues/{slug}/check",
        act=check_issue,
        scope=Scope.ISSUES_READ,
        means="What the check says",
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    *(
        Operation(
            method="POST",
            path=f"/issues/{{slug}}/{verb}",
            act=act,
            scope=Scope.ISSUES_WRITE,
            means="As it is now",
            refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        )
        for verb, act in _MOVES
    ),
)
