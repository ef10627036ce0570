"""`publisher token create | list | revoke`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.newsroom import opened
from publisher.cli.output import AsJson, clock_text, emit, say, show, table
from publisher.model.scope import SCOPES, Scope

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from publisher.store.api_tokens import ApiToken

app = typer.Typer(help="Give programs tokens for the API, and take them back.", no_args_is_help=True)

_SCOPES_HELP = "What it may do; may be repeated. " + "; ".join(
    f"{scope}: {meaning}" for scope, meaning in SCOPES.items()
)


@app.command("create")
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which program it is for, such as web-shop.")],
    scopes: Annotated[list[Scope], typer.Option("--scope", help=f"{_SCOPES_HELP}.")],
    expires: Annotated[
        str | None, typer.Option("--expires", help="After which time it ends, such as 90d; default: never.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a token for a program and show it, this once.

    Only a hash of it is kept. What the program does stands in the audit as done by `api:NAME`.
    """
    from publisher.actions.api_token import create as act

    lifetime = None if expires is None else _lifetime(expires)
    with opened(context) as publisher:
        made = act(publisher, name, scopes=scopes, lifetime=lifetime)
        zone = publisher.settings.publication.timezone
    if as_json:
        emit({"name": name, "token": made.token, "expires": made.known.expires_at})
        return
    say(made.token)
    until = clock_text(made.known.expires_at, zone)
    ends = f"until {until}" if until else f"until `publisher token revoke {name}`"
    typer.echo(f"This is shown once: keep it as a secret. It works {ends}.", err=True)


@app.command("list")
def list_(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the tokens, also those that do not work any more."""
    from publisher.actions.api_token import listed as act

    with opened(context) as publisher:
        found, now = act(publisher), publisher.now()
        zone = publisher.settings.publication.timezone
    if as_json:
        emit([_document(each, now) for each in found])
    elif not found:
        say("No tokens yet. Make one with: publisher token create NAME --scope lists:read")
    else:
        rows = [_row(each, now, zone) for each in found]
        show(table("token", "", "may", "made", "last used", rows=rows))


@app.command("revoke")
def revoke(context: typer.Context, name: Annotated[str, typer.Argument(help="Name of the token.")]) -> None:
    """Take a token back: from now on it opens nothing."""
    from publisher.actions.api_token import revoke as act

    with opened(context) as publisher:
        act(publisher, name)
    say(f"The token {name} opens nothing any more.")


def _lifetime(text: str) -> timedelta:
    from pydantic import TypeAdapter, ValidationError

    from publisher.settings_types import Patience

    try:
        return TypeAdapter(Patience).validate_python(text)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(said, param_hint="--expires") from None


def _document(token: ApiToken, now: datetime) -> dict[str, object]:
    return {
        "name": token.name,
        "works": token.works(now),
        "scopes": sorted(token.scopes),
        "created": token.created_at,
        "created_by": token.created_by,
        "expires": token.expires_at,
        "used": token.used_at,
        "revoked": token.revoked_at,
    }


def _row(token: ApiToken, now: datetime, zone: str) -> tuple[str, ...]:
    if token.revoked_at is not None:
        state = "revoked"
    elif not token.works(now):
        state = "expired"
    else:
        state = f"until {clock_text(token.expires_at, zone)}" if token.expires_at else "works"
    made = f"{clock_text(token.created_at, zone)} by {token.created_by}"
    return (
        token.name,
        state,
        ", ".join(sorted(token.scopes)),
        made,
        clock_text(token.used_at, zone) or "never",
    )
