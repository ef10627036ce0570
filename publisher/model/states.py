"""The life of an issue as a table: which verb leads from which state to which."""

from __future__ import annotations

from enum import StrEnum

from publisher.errors import TransitionError


class IssueState(StrEnum):
    """Where an issue is. The file says draft, ready or archived; the database knows the rest."""

    DRAFT = "draft"
    READY = "ready"
    APPROVED = "approved"
    QUEUED = "queued"
    HELD = "held"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class Verb(StrEnum):
    """What can be done to an issue."""

    READY = "ready"
    DRAFT = "draft"
    APPROVE = "approve"
    EDIT = "edit"
    QUEUE = "queue"
    MOVE = "move"
    UNQUEUE = "unqueue"
    HOLD = "hold"
    RELEASE = "release"
    REPRINT = "reprint"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


_S, _V = IssueState, Verb

TRANSITIONS: dict[tuple[IssueState, Verb], IssueState] = {
    (_S.DRAFT, _V.READY): _S.READY,
    (_S.DRAFT, _V.HOLD): _S.HELD,
    (_S.DRAFT, _V.ARCHIVE): _S.ARCHIVED,
    (_S.READY, _V.DRAFT): _S.DRAFT,
    (_S.READY, _V.APPROVE): _S.APPROVED,
    (_S.READY, _V.HOLD): _S.HELD,
    (_S.READY, _V.ARCHIVE): _S.ARCHIVED,
    (_S.APPROVED, _V.DRAFT): _S.DRAFT,
    (_S.APPROVED, _V.EDIT): _S.READY,
    (_S.APPROVED, _V.QUEUE): _S.QUEUED,
    (_S.APPROVED, _V.HOLD): _S.HELD,
    (_S.APPROVED, _V.ARCHIVE): _S.ARCHIVED,
    (_S.QUEUED, _V.DRAFT): _S.DRAFT,
    (_S.QUEUED, _V.MOVE): _S.QUEUED,
    (_S.QUEUED, _V.REPRINT): _S.QUEUED,
    (_S.QUEUED, _V.UNQUEUE): _S.APPROVED,
    (_S.QUEUED, _V.HOLD): _S.HELD,
    (_S.QUEUED, _V.PUBLISH): _S.PUBLISHED,
    (_S.QUEUED, _V.ARCHIVE): _S.ARCHIVED,
    (_S.HELD, _V.DRAFT): _S.DRAFT,
    (_S.HELD, _V.RELEASE): _S.QUEUED,
    (_S.HELD, _V.REPRINT): _S.READY,
    (_S.HELD, _V.ARCHIVE): _S.ARCHIVED,
    (_S.PUBLISHED, _V.CORRECT): _S.PUBLISHED,
    (_S.PUBLISHED, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.ARCHIVED, _V.CORRECT): _S.ARCHIVED,
    (_S.ARCHIVED, _V.WITHDRAW): _S.WITHDRAWN,
}
"""Every legal move. What does not stand here is refused with a sentence."""

_INSTEAD: dict[IssueState, str] = {
    _S.DRAFT: "set `status: ready` in its file first",
    _S.READY: "approve it first",
    _S.APPROVED: "queue it first",
    _S.QUEUED: "unqueue or hold it first",
    _S.HELD: "release it or archive it",
    _S.PUBLISHED: "what went out stays; `publisher correct` or `withdraw` changes its pages and feeds",
    _S.WITHDRAWN: "a withdrawn issue stays withdrawn; publish a new one",
    _S.ARCHIVED: "an archived issue is public already and is never mailed",
}


_PUBLIC = (_S.PUBLISHED, _S.WITHDRAWN, _S.ARCHIVED)
_OF_WHAT_IS_PUBLIC = (_V.CORRECT, _V.WITHDRAW)


def move(slug: str, state: IssueState, verb: Verb) -> IssueState:
    """Return the state to which `verb` leads.

    Raises:
        TransitionError: the table has no such move; the sentence says what is possible instead.
    """
    try:
        return TRANSITIONS[state, verb]
    except KeyError:
        raise TransitionError(
            f"cannot {verb} issue '{slug}': it is {state}",
            fix=_instead(state, verb),
        ) from None


def _instead(state: IssueState, verb: Verb) -> str:
    if verb in _OF_WHAT_IS_PUBLIC and state not in _PUBLIC:
        return f"it is not public: there is nothing to {verb}"
    return _INSTEAD[state]
