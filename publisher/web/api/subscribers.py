"""`/subscribers`: those who read by mail."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from publisher.actions import api_readers
from publisher.actions.api_readers import Looked
from publisher.model.scope import Scope
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store.subscribers import Added
from publisher.web.api.operation import NUMBER, TEXT, Acting, Limit, Operation, Shape, Wish

Id = Annotated[
    str,
    Path(pattern=r"^[0-9a-f]{16}$", description="The subscriber's id.", examples=["9f86d081884c7d65"]),
]
ListName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$", examples=["weekly"])]
Address = Annotated[str, Field(min_length=3, max_length=254, examples=["ada@example.net"])]


class Subscription(Shape):
    """A subscriber's state on one list."""

    list: str
    state: SubscriptionState
    since: datetime
    consent: str
    """How the subscription came about, in words."""
    resumes_at: datetime | None
    """Until when it is paused, if it is."""


class Subscriber(Shape):
    """One who reads by mail."""

    id: str = Field(examples=["9f86d081884c7d65"])
    address: str
    lang: str | None
    """The language of pages and notices; null: the publication's."""
    created_at: datetime
    subscriptions: list[Subscription]
    topics: list[str]
    """The tags that the reader wants to read about; none means all."""
    suppressed: SuppressionReason | None
    """Why the address is not mailed on any list, if it is not."""
    bounced_at: datetime | None
    complained_at: datetime | None
    is_role: bool
    """Whether the address is an office's, such as info@."""
    is_disposable: bool
    """Whether the address is of a service for addresses that are thrown away."""


class SubscriberPortion(Shape):
    """Some subscribers."""

    items: list[Subscriber]
    next: str | None
    """What to give as `after` for those that follow; null at the end."""


class Newcomer(Wish):
    """Somebody who has asked to be on lists, and how you know."""

    address: Address
    lists: list[ListName] = Field(default_factory=list, max_length=50)
    """The lists; none: the publication's default list."""
    consent: Annotated[
        str, Field(min_length=1, max_length=200, pattern=TEXT, examples=["ticked the box in the web shop"])
    ]
    """How this reader agreed, in words. It is kept, and shown to whoever asks."""


class Joined(Shape):
    """What came of adding an address."""

    id: str = Field(examples=["9f86d081884c7d65"])
    lists: dict[str, Added]


class Sought(Wish):
    """Whose address it is."""

    address: Address


class Change(Wish):
    """What changes; what is not named stays as it is."""

    lang: Annotated[
        str | None, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$", examples=["pt-BR"])
    ] = None
    """The language of pages and notices; null: the publication's."""


class Leaving(Wish):
    """The lists that somebody leaves."""

    lists: list[ListName] = Field(default_factory=list, max_length=50)
    """The lists; none: all of them."""


class Left(Shape):
    """What ended."""

    ended: list[str]
    """The lists on which a subscription ended now; those that had ended before are not named."""


def list_subscribers(
    publisher: Acting,
    list: Annotated[  # noqa: A002 - the project's noun
        str | None, Query(pattern=r"^[a-z0-9-]{1,32}$", description="Only those who are or were on it.")
    ] = None,
    state: Annotated[
        SubscriptionState | None, Query(description="Only those in this state, on the list or on any.")
    ] = None,
    after: Annotated[str, Query(pattern=NUMBER, description="`next` of the answer before.")] = "0",
    limit: Limit = 50,
) -> SubscriberPortion:
    """See subscribers, portion by portion, in the order in which they came.

    Whoever joins while you read comes at the end, and nobody comes twice.
    """
    found = api_readers.portion(publisher, after=int(after), list=list, state=state, limit=limit + 1)
    portion = found[:limit]
    is_more = len(found) > limit
    return SubscriberPortion(
        items=[_shape(each) for each in portion],
        next=str(portion[-1].reader.number) if is_more else None,
    )


def add_subscriber(publisher: Acting, newcomer: Newcomer, response: Response) -> Joined:
    """Add an address to lists, at once and without a confirmation.

    The consent has to be stated. Nobody who has left is added back; an address that complained, bounced,
    moved or was erased is refused. Doing it again changes nothing more.
    """
    joined = api_readers.add(publisher, newcomer.address, lists=newcomer.lists, consent=newcomer.consent)
    if Added.ADDED not in joined.answers.values():
        response.status_code = HTTPStatus.OK
    home = publisher.settings.publication.home_url
    response.headers["location"] = f"{home}/api/v1/subscribers/{joined.public_id}"
    return Joined(id=joined.public_id, lists=joined.answers)


def find_subscriber(publisher: Acting, sought: Sought) -> Subscriber:
    """Find the subscriber with an address.

    The address stands in the body, so that no log on the way has it.
    """
    return _shape(api_readers.by_address(publisher, sought.address))


def get_subscriber(publisher: Acting, id: Id) -> Subscriber:  # noqa: A002 - the name in the address
    """See one subscriber."""
    return _shape(api_readers.one(publisher, id))


def change_subscriber(publisher: Acting, id: Id, change: Change) -> Subscriber:  # noqa: A002 - same
    """Change what a subscriber chose."""
    if "lang" not in change.model_fields_set:
        return _shape(api_readers.one(publisher, id))
    return _shape(api_readers.set_lang(publisher, id, change.lang))


def erase_subscriber(publisher: Acting, id: Id) -> None:  # noqa: A002 - same
    """Erase a subscriber for good.

    What stays is a hash, by which the address is recognised and not mailed again.
    """
    api_readers.forget(publisher, id)


def unsubscribe_subscriber(publisher: Acting, id: Id, leaving: Leaving | None = None) -> Left:  # noqa: A002 - same
    """End subscriptions, at once.

    Only the reader can undo it.
    """
    lists = leaving.lists if leaving else ()
    return Left(ended=api_readers.unsubscribe(publisher, id, lists=lists))


def _shape(looked: Looked) -> Subscriber:
    reader = looked.reader
    return Subscriber(
        id=reader.public_id,
        address=reader.address,
        lang=reader.lang,
        created_at=reader.created_at,
        subscriptions=[
            Subscription(
                list=place.list,
                state=place.state,
                since=place.since,
                consent=place.consent,
                resumes_at=place.resumes_at,
            )
            for place in reader.lists
        ],
        topics=[*reader.topics],
        suppressed=looked.suppressed,
        bounced_at=reader.bounced_at,
        complained_at=reader.complained_at,
        is_role=reader.is_role,
        is_disposable=reader.is_disposable,
    )


_MISSING = (HTTPStatus.NOT_FOUND,)

SUBSCRIBERS = (
    Operation(
        method="GET",
        path="/subscribers",
        act=list_subscribers,
        scope=Scope.SUBSCRIBERS_READ,
        refusals=_MISSING,
    ),
    Operation(
        method="POST",
        path="/subscribers",
        act=add_subscriber,
        scope=Scope.SUBSCRIBERS_WRITE,
        status=HTTPStatus.CREATED,
        means="The address is on one of the lists or more now",
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        also={HTTPStatus.OK: "Nothing has changed: it was on all of them, or has left"},
    ),
    Operation(
        method="POST",
        path="/subscribers/find",
        act=find_subscriber,
        scope=Scope.SUBSCRIBERS_READ,
        refusals=_MISSING,
    ),
    Operation(
        method="GET",
        path="/subscribers/{id}",
        act=get_subscriber,
        scope=Scope.SUBSCRIBERS_READ,
        refusals=_MISSING,
    ),
    Operation(
        method="PATCH",
        path="/subscribers/{id}",
        act=change_subscriber,
        scope=Scope.SUBSCRIBERS_WRITE,
        means="As it is now",
        refusals=_MISSING,
    ),
    Operation(
        method="DELETE",
        path="/subscribers/{id}",
        act=erase_subscriber,
        scope=Scope.SUBSCRIBERS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        means="Nothing but the hash is left",
        refusals=_MISSING,
    ),
    Operation(
        method="POST",
        path="/subscribers/{id}/unsubscribe",
        act=unsubscribe_subscriber,
        scope=Scope.SUBSCRIBERS_WRITE,
        means="What ended",
        refusals=_MISSING,
    ),
)
