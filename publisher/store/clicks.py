"""The links of mailings that count clicks: where they lead, and how often they were opened; never by whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from publisher.store.schema import subscribers
from publisher.store.schema_readers import links
from publisher.store.schema_sending import deliveries, mailing_templates


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkClicks:
    """A link of a mailing, and how often it was opened."""

    number: int
    url: str
    clicks: int


def add(db: Connection, mailing: int, urls: Sequence[str]) -> None:
    """Keep the links of a mailing; they are numbered from 1."""
    rows = [{"mailing": mailing, "number": number, "url": url} for number, url in enumerate(urls, 1)]
    db.execute(links.insert(), rows)


def set_template(db: Connection, mailing: int, name: str, template: bytes) -> None:
    """Keep the message of a mailing whose links count clicks, for the readers of a list who agreed."""
    own = (mailing_templates.c.mailing == mailing) & (mailing_templates.c.list == name)
    db.execute(mailing_templates.update().where(own).values(counting=template))


def agreeing(db: Connection, mailing: int, lists: Collection[str], *, most: int) -> int:
    """Return how many readers of these lists of a mailing agreed to have clicks counted, at most `most`."""
    theirs = (
        select(deliveries.c.subscriber)
        .join_from(subscribers, deliveries, deliveries.c.subscriber == subscribers.c.id)
        .join(
            mailing_templates,
            (mailing_templates.c.mailing == deliveries.c.mailing)
            & (mailing_templates.c.position == deliveries.c.list),
        )
        .where(
            subscribers.c.counts_clicks, deliveries.c.mailing == mailing, mailing_templates.c.list.in_(lists)
        )
    )
    return int(db.scalar(select(func.count()).select_from(theirs.limit(most).subquery())) or 0)


def url_of(db: Connection, mailing: int, number: int) -> str | None:
    """Return where a link leads, None if there is no such link."""
    url: str | None = db.scalar(
        select(links.c.url).where(links.c.mailing == mailing, links.c.number == number)
    )
    return url


def count(db: Connection, counted: Mapping[tuple[int, int], int]) -> None:
    """Add clicks to links, which are given by mailing and number; always in one order."""
    rows = [
        {"of_mailing": mailing, "of_number": number, "more": more}
        for (mailing, number), more in sorted(counted.items())
    ]
    if rows:
        db.execute(_COUNT, rows)


def of_mailing(db: Connection, mailing: int) -> list[LinkClicks]:
    """Return the links of a mailing in the order of the mail; none if it does not count clicks."""
    rows = db.execute(
        select(links.c.number, links.c.url, links.c.clicks)
        .where(links.c.mailing == mailing)
        .order_by(links.c.number)
    )
    return [LinkClicks(**row) for row in rows.mappings()]


_COUNT = (
    links.update()
    .where(links.c.mailing == bindparam("of_mailing"), links.c.number == bindparam("of_number"))
    .values(clicks=links.c.clicks + bindparam("more"))
)
