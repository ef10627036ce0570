"""`/mailings`: issues on their way to those who read by mail. No address is in here."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from publisher.actions.api_issues import issue_of, mailings_of, way_of
from publisher.actions.mailing import cancel, pause, resume
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.records import MailingRecord
from publisher.model.reports import ReportKind
from publisher.model.scope import Scope
from publisher.web.api.issues import SlugText
from publisher.web.api.operation import NUMBER, TEXT, Acting, Limit, Operation, Shape, Wish

Id = Annotated[int, Path(ge=1, le=999_999_999, description="The mailing's number.", examples=[1])]


class Mailing(Shape):
    """An issue on its way. The counts add up to the audience at any time."""

    id: int
    issue: str = Field(examples=["heat"])
    state: MailingState
    reason: str | None
    """Why it is paused."""
    audience: int
    counts: dict[DeliveryState, int]
    """How many deliveries are in which state."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    next_try: datetime | None
    """When something can be sent next; null when nothing is left to do."""


class Refused(Shape):
    """How many deliveries were rejected for one reason."""

    code: int | None
    """The reply of RFC 5321; null: no relay was asked."""
    enhanced: str = Field(examples=["5.1.1"])
    """The code of RFC 3463, empty if there was none."""
    count: int


class Progress(Mailing):
    """A mailing with its pace, and with the trouble it has had."""

    rate: float | None
    """Messages handed over per second now; null: it stands still."""
    seconds_left: int | None
    refused: list[Refused]
    """Why deliveries were rejected, the most frequent first."""
    reports: dict[ReportKind, int]
    """What came back."""


class MailingPortion(Shape):
    """Some mailings."""

    items: list[Mailing]
    next: str | None
    """What to give as `after` for those that follow; null at the end."""


class Pause(Wish):
    """Why a mailing is paused."""

    reason: Annotated[
        str | None, Field(min_length=1, max_length=200, pattern=TEXT, examples=["a wrong link"])
    ] = None


def list_mailings(
    publisher: Acting,
    issue: Annotated[SlugText | None, Query(description="Only the one of this issue.")] = None,
    after: Annotated[str | None, Query(pattern=NUMBER, description="`next` of the answer before.")] = None,
    limit: Limit = 50,
) -> MailingPortion:
    """See mailings, portion by portion, newest first."""
    before = None if after is None else int(after)
    found = mailings_of(publisher, issue=issue, before=before, limit=limit + 1)
    shown = found[:limit]
    return MailingPortion(
        items=[Mailing.model_validate(_facts(each)) for each in shown],
        next=str(shown[-1].id) if len(found) > limit else None,
    )


def get_mailing(publisher: Acting, id: Id) -> Progress:  # noqa: A002 - the name in the address
    """See how far a mailing has come."""
    return _progress(publisher, id)


def pause_mailing(publisher: Acting, id: Id, why: Pause | None = None) -> Progress:  # noqa: A002 - same
    """Hand out no more messages of a mailing for now."""
    pause(publisher, issue_of(publisher, id), reason=why.reason if why else None)
    return _progress(publisher, id)


def resume_mailing(publisher: Acting, id: Id) -> Progress:  # noqa: A002 - same
    """Go on with a mailing where it stopped."""
    resume(publisher, issue_of(publisher, id))
    return _progress(publisher, id)


def cancel_mailing(publisher: Acting, id: Id) -> Progress:  # noqa: A002 - same
    """Send nothing more of a mailing, for good; the issue stays public."""
    cancel(publisher, issue_of(publisher, id))
    return _progress(publisher, id)


def _progress(publisher: Acting, number: int) -> Progress:
    way = way_of(publisher, number)
    trouble = {
        "rate": way.pace.per_second if way.pace else None,
        "seconds_left": way.pace.seconds_left if way.pace else None,
        "refused": [
            Refused(code=each.code, enhanced=each.enhanced, count=each.count) for each in way.refusals
        ],
        "reports": dict(way.reports),
    }
    return Progress.model_validate(_facts(way.mailing) | trouble)


def _facts(record: MailingRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "issue": record.issue,
        "state": record.state,
        "reason": record.reason,
        "audience": record.audience,
        "counts": dict(record.counts),
        "created_at": record.created_at,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "next_try": record.next_try,
    }


MAILINGS = (
    Operation(method="GET", path="/mailings", act=list_mailings, scope=Scope.MAILINGS_READ),
    Operation(
        method="GET",
        path="/mailings/{id}",
        act=get_mailing,
        scope=Scope.MAILINGS_READ,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    *(
        Operation(
            method="POST",
            path=f"/mailings/{{id}}/{verb}",
            act=act,
            scope=Scope.MAILINGS_WRITE,
            means="As it is now",
            refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        )
        for verb, act in (("pause", pause_mailing), ("resume", resume_mailing), ("cancel", cancel_mailing))
    ),
)
