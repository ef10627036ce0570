"""`/lists`: what readers can be on."""

from __future__ import annotations

from pydantic import Field

from publisher.model.scope import Scope
from publisher.model.subscriber import SubscriptionState
from publisher.store import subscribers
from publisher.web.api.operation import Acting, Operation, Shape


class List(Shape):
    """A list that readers are on."""

    name: str = Field(examples=["weekly"])
    title: str = Field(examples=["The Weekly"])
    description: str
    public: bool
    """Whether readers may choose it themselves."""
    slots: list[str] = Field(examples=[["Tue 06:30"]])
    """When its issues may go out, on the publication's clock."""
    subscriptions: dict[SubscriptionState, int]
    """How many subscriptions there are in each state; only active ones are mailed."""


class EveryList(Shape):
    """All lists."""

    items: list[List]


def list_lists(publisher: Acting) -> EveryList:
    """See all lists, with the number of readers in each state."""
    with publisher.database.read() as db:
        counts = subscribers.counts(db)
    return EveryList(
        items=[
            List(
                name=name,
                title=publisher.settings.list_title(name),
                description=own.description,
                public=own.public,
                slots=list(own.slots),
                subscriptions=counts.get(name, dict.fromkeys(SubscriptionState, 0)),
            )
            for name, own in publisher.settings.lists.items()
        ]
    )


LISTS = (Operation(method="GET", path="/lists", act=list_lists, scope=Scope.LISTS_READ),)
