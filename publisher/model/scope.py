"""What a program may do with the API: the scopes of its token."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """One right. Writing does not include reading."""

    SUBSCRIBERS_READ = "subscribers:read"
    SUBSCRIBERS_WRITE = "subscribers:write"
    SUBSCRIBERS_ERASE = "subscribers:erase"
    LISTS_READ = "lists:read"
    ISSUES_READ = "issues:read"
    ISSUES_WRITE = "issues:write"
    MAILINGS_READ = "mailings:read"
    MAILINGS_WRITE = "mailings:write"


READING: Final = frozenset(scope for scope in Scope if scope.value.endswith(":read"))
"""The scopes with which nothing can be changed."""

SCOPES: Final[dict[Scope, str]] = {
    Scope.SUBSCRIBERS_READ: "see subscribers, with their addresses and what they chose",
    Scope.SUBSCRIBERS_WRITE: "add, change and unsubscribe subscribers, and see nothing else of them",
    Scope.SUBSCRIBERS_ERASE: "erase subscribers for good",
    Scope.LISTS_READ: "see the lists, and how many readers each has",
    Scope.ISSUES_READ: "see issues, and check them",
    Scope.ISSUES_WRITE: "approve, queue, hold and release issues",
    Scope.MAILINGS_READ: "see mailings, and how far they have come",
    Scope.MAILINGS_WRITE: "pause, resume and cancel mailings",
}
"""Each scope, and what a token with it may do."""
