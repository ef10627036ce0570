"""Readers for tests of their own pages: their links, what they have, and all that a database holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from publisher.actions.preferences import choices_of
from publisher.actions.subscribe import add, everybody
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.choices import Choices
from publisher.settings import ListSettings
from publisher.store import keys, schema
from publisher.store.schema_sending import notices

READER = "ada@example.net"
OWN = {"sec-fetch-site": "same-origin"}
"""What a browser says of a form on a page of ours."""

LISTS = {
    "weekly": ListSettings(title="The Weekly", description="Every Tuesday."),
    "daily": ListSettings(title="The Daily"),
    "board": ListSettings(title="The Board", public=False),
}


def with_lists(publisher: Publisher) -> Publisher:
    """Return the publisher with two public lists and a private one."""
    return replace(publisher, settings=publisher.settings.model_copy(update={"lists": LISTS}))


def token_for(
    publisher: Publisher,
    purpose: str = tokens.PREFERENCES,
    *,
    address: str = READER,
    lists: Sequence[str] = ("weekly",),
) -> str:
    """Subscribe a reader and return the token of the mails of the first of the lists."""
    add(publisher, address, lists=lists)
    public_id = next(each.public_id for each in everybody(publisher) if each.address == address)
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    return tokens.make(secret, kid=str(kid), public_id=public_id, list=lists[0], purpose=purpose)


def chosen(publisher: Publisher, token: str) -> Choices:
    """Return what a reader has chosen, who must be known."""
    found = choices_of(publisher, token)
    assert found is not None
    return found


def states(publisher: Publisher, token: str) -> dict[str, str]:
    """Return the state of each list of a reader."""
    return {name: each.state.value for name, each in chosen(publisher, token).lists.items()}


def mailed(publisher: Publisher) -> list[tuple[str, str, str]]:
    """Return the notices in line: kind, address, and the path to which each leads."""
    home = publisher.settings.publication.home_url
    with publisher.database.read() as db:
        rows = db.execute(select(notices).order_by(notices.c.id)).all()
    return [(row.kind, row.address, row.payload["items"][0]["url"].removeprefix(home)) for row in rows]


def contents(publisher: Publisher) -> dict[str, list[str]]:
    """Return every row of every table, as text."""
    with publisher.database.read() as db:
        return {
            table.name: sorted(repr(tuple(row)) for row in db.execute(select(table)))
            for table in schema.metadata.sorted_tables
        }
