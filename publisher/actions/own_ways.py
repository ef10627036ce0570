"""The links with which a reader leaves a list and chooses what comes, where no mail of an issue has them."""

from __future__ import annotations

from sqlalchemy import Connection

from publisher.actions.addressing import page_to_choose, page_to_leave
from publisher.delivery import tokens
from publisher.store import choices, keys


def ways(db: Connection, home_url: str, *, subscriber: int | None, list: str) -> dict[str, str]:  # noqa: A002 (our word)
    """Return the addresses of the pages to `leave` a list and to `choose`; nothing where there is no reader.

    The database is asked the same whether or not there is one.
    """
    kid, secret = keys.current(db)
    public_id = choices.public_id_of(db, subscriber or 0)
    if public_id is None:
        return {}
    leave, choose = (
        tokens.make(secret, kid=str(kid), public_id=public_id, list=list, purpose=purpose)
        for purpose in (tokens.UNSUBSCRIBE, tokens.PREFERENCES)
    )
    return {"leave": page_to_leave(home_url, leave), "choose": page_to_choose(home_url, choose)}
