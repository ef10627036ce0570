"""What a program can ask for: one row for each operation, from which routes and documentation are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from inspect import cleandoc
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from publisher.app import Publisher
from publisher.model.scope import READING, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What `act` answers to `method` at `path`, for tokens with `scope`.

    `refusals` are the statuses with which it may refuse beside those of all operations; `also` are further
    statuses of an answer of the same shape, with what they mean. An answer that `is_sparse` has no fields
    but those that were set.
    """

    method: str
    path: str
    act: Callable[..., Any]
    scope: Scope
    status: HTTPStatus = HTTPStatus.OK
    means: str = "Here it is"
    refusals: tuple[HTTPStatus, ...] = ()
    also: Mapping[HTTPStatus, str] = field(default_factory=dict)
    is_sparse: bool = False

    @property
    def name(self) -> str:
        """How it is called, also in the OpenAPI document."""
        return self.act.__name__

    @property
    def takes_key(self) -> bool:
        """Whether it can be done twice by mistake, and so is done once under an idempotency key."""
        return self.method == "POST" and self.scope not in READING

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return _words(self.act).partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """What it does, and what else there is to know."""
        return _words(self.act)


class Shape(BaseModel):
    """What an answer consists of."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Wish(BaseModel):
    """What a request consists of: nothing unknown, and nothing that only looks like what is wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


async def acting(request: Request) -> Publisher:
    """Return the publisher, with the program that asks as its actor."""
    publisher: Publisher = request.state.publisher
    return publisher


Acting = Annotated[Publisher, Depends(acting)]

Limit = Annotated[int, Query(ge=1, le=200, description="At most so many.")]

NUMBER = r"^[0-9]{1,9}$"
"""A number as a cursor or an id; larger ones are none of ours."""

TEXT = r"^[^\x00-\x1f\x7f]+$"
"""A line of text."""


def _words(act: Callable[..., Any]) -> str:
    """Return what a docstring says to those who ask; errors are told by their statuses."""
    return cleandoc(act.__doc__ or "").partition("\n\nRaises:")[0]
