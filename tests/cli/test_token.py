"""Tokens are made, listed and taken back at the command line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.actions.api_token import create, holder
from publisher.model.scope import Scope
from publisher.store import audit
from tests.cli.conftest import Types
from tests.newsrooms import Newsroom

SHOP = ("token", "create", "shop", "--scope", "lists:read")


def test_a_new_token_is_printed_alone_so_that_it_can_be_piped(types: Types, newsroom: Newsroom) -> None:
    said = types(*SHOP, "--scope", "subscribers:write")

    token = said.out.strip()
    assert token.startswith("pub_")
    assert len(token) >= 40
    assert "shown once" in said.err
    with newsroom.opened() as publisher:
        held = holder(publisher, token)
    assert held is not None
    assert held.scopes == {Scope.LISTS_READ, Scope.SUBSCRIBERS_WRITE}


def test_the_token_stands_nowhere_afterwards(types: Types, newsroom: Newsroom) -> None:
    token = types(*SHOP).out.strip()

    files = [path.read_bytes() for path in (newsroom.root / "var").iterdir()]
    assert not any(token.encode() in body or token[4:].encode() in body for body in files)
    assert token not in types("token", "list", "--json").out


def test_a_token_may_end_by_itself(types: Types) -> None:
    said = types(*SHOP, "--expires", "90d", "--json").json

    (listed,) = types("token", "list", "--json").json
    assert said["expires"] == listed["expires"] is not None
    assert listed["works"] is True
    assert "until" in types("token", "list").out


@pytest.mark.parametrize("expires", ["0s", "soon", "-1d", ""])
def test_a_time_that_is_none_is_wrong_usage(types: Types, expires: str) -> None:
    assert "--expires" in types(*SHOP, "--expires", expires, code=2).err


def test_a_revoked_token_stays_in_the_list(types: Types, newsroom: Newsroom) -> None:
    token = types(*SHOP).out.strip()
    types("token", "revoke", "shop")

    (listed,) = types("token", "list", "--json").json
    assert (listed["works"], listed["used"]) == (False, None)
    assert "revoked" in types("token", "list").out
    with newsroom.opened() as publisher:
        assert holder(publisher, token) is None
    assert "no token 'shop' works" in types("token", "revoke", "shop", code=1).err


def test_two_tokens_that_work_do_not_share_a_name(types: Types, newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        create(publisher, "shop", scopes=[Scope.LISTS_READ], lifetime=timedelta(seconds=1))
    newsroom.clock.passes(seconds=1)
    with newsroom.opened() as publisher:
        create(publisher, "shop", scopes=[Scope.LISTS_READ])
    assert "there is a token 'shop' already" in types(*SHOP, code=1).err


@pytest.mark.parametrize("name", ["", "Shop", "a b", "x" * 41, "-a", "a:b"])
def test_a_name_that_the_audit_could_not_show_is_refused(types: Types, name: str) -> None:
    assert (
        "cannot be the name of a token"
        in types("token", "create", "--scope", "lists:read", "--", name, code=1).err
    )


def test_a_token_needs_a_scope_that_there_is(types: Types) -> None:
    types("token", "create", "shop", code=2)
    assert "everything" in types("token", "create", "shop", "--scope", "everything", code=2).err


def test_the_audit_says_who_made_and_revoked_which_token(types: Types, newsroom: Newsroom) -> None:
    types(*SHOP)
    types("token", "revoke", "shop")

    with newsroom.opened() as publisher, publisher.database.read() as db:
        rows = audit.listed(db, subject="api:shop")
    assert [row.verb for row in rows] == ["revoke token", "create token"]
    assert rows[1].detail == {"scopes": ["lists:read"]}


def test_without_tokens_the_list_says_how_to_make_one(types: Types) -> None:
    assert "publisher token create" in types("token", "list").out
