"""Tokens of programs: made once and shown once, looked at on every request, revoked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError, StoreError, TransitionError
from publisher.model.scope import Scope
from publisher.store import api_tokens, audit
from publisher.store.api_tokens import ApiToken

MARK: Final = "pub_"
"""How every token begins, so that programs that look for lost secrets recognise it."""

NOTED_EVERY: Final = timedelta(minutes=1)
"""So often at most the use of a token is written down."""

_BYTES: Final = 32

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new token as it is shown this once, and what is kept of it."""

    token: str
    known: ApiToken


def create(
    publisher: Publisher, name: str, *, scopes: Collection[Scope], lifetime: timedelta | None = None
) -> Made:
    """Make a token that may do what `scopes` say, for `lifetime` or until it is revoked.

    What is done with it is written into the audit as done by `api:NAME`.

    Raises:
        PublisherError: the name cannot be one, or there is no scope.
        TransitionError: a token of that name works.
    """
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", name):
        raise PublisherError(
            f"'{name}' cannot be the name of a token",
            fix="use up to 40 small letters, digits and hyphens, such as web-shop",
        )
    if not scopes:
        raise PublisherError("a token without a scope can do nothing", fix="write --scope subscribers:read")
    token = MARK + secrets.token_urlsafe(_BYTES)
    with publisher.database.begin() as db:
        now = publisher.now(db)
        if api_tokens.working(db, name, now):
            raise TransitionError(
                f"there is a token '{name}' already",
                fix=f"`publisher token revoke {name}` ends it, or give the new one another name",
            )
        expires_at = None if lifetime is None else now + lifetime
        api_tokens.add(
            db,
            token,
            name=name,
            scopes=scopes,
            created_by=publisher.actor,
            expires_at=expires_at,
            now=now,
        )
        detail: dict[str, object] = {"scopes": sorted(scopes)}
        if expires_at is not None:
            detail["expires"] = expires_at.isoformat()
        audit.write(
            db, at=now, actor=publisher.actor, verb="create token", subject=actor_of(name), detail=detail
        )
        known = api_tokens.find(db, token)
    if known is None:
        raise StoreError("the token was not kept", fix="try again")
    return Made(token=token, known=known)


def listed(publisher: Publisher) -> list[ApiToken]:
    """Return all tokens that there have been, oldest first."""
    with publisher.database.read() as db:
        return api_tokens.listed(db)


def revoke(publisher: Publisher, name: str) -> None:
    """Let the token of that name open nothing any more, from its next request on.

    Raises:
        NotFoundError: no token of that name works.
    """
    with publisher.database.begin() as db:
        now = publisher.now(db)
        token = api_tokens.working(db, name, now)
        if token is None:
            raise NotFoundError(
                f"no token '{name}' works", fix="`publisher token list` shows those there are and were"
            )
        api_tokens.revoke(db, token.id, now=now)
        audit.write(db, at=now, actor=publisher.actor, verb="revoke token", subject=actor_of(name))


def holder(publisher: Publisher, text: str) -> ApiToken | None:
    """Return whose token this is, None if it is wrong, expired or revoked: nothing tells these apart.

    Its use is noted, at most once a minute; trouble with that keeps nobody out.
    """
    with publisher.database.read() as db:
        token, now = api_tokens.find(db, text), publisher.now(db)
    if token is None or not token.works(now):
        return None
    if token.used_at is None or abs(now - token.used_at) >= NOTED_EVERY:
        try:
            with publisher.database.begin() as db:
                api_tokens.note_use(db, token.id, now=now)
        except StoreError as error:
            _log.warning("the use of a token was not noted", trouble=str(error))
    return token


def actor_of(name: str) -> str:
    """Return who acts, as the audit says it, when a program does with the token of that name."""
    return f"api:{name}"
