"""Which public issue somebody means, by any name that it has."""

from __future__ import annotations

from publisher.actions.look import look_at
from publisher.actions.newsroom import find_issue
from publisher.app import Publisher
from publisher.model.records import IssueRecord
from publisher.model.states import Verb, move
from publisher.store import issues, public


def look_at_public(publisher: Publisher, name: str, verb: Verb) -> IssueRecord:
    """Read the files of an issue to which `verb` can be done, and return its facts after that.

    The name is its slug, its path, or what its page's address says or ever said.

    Raises:
        NotFoundError: there is no such issue.
        ContentError: its files cannot be understood.
        TransitionError: its state does not allow it.
    """
    record = look_at(publisher, _slug_of(publisher, name))
    move(record.slug, record.state, verb)
    return record


def _slug_of(publisher: Publisher, name: str) -> str:
    """Return the slug of the issue whose page has that name, unless an issue is called so itself."""
    if find_issue(publisher.settings, name) is not None:
        return name
    with publisher.database.read() as db:
        if issues.find(db, name) is not None:
            return name
        return public.owner(db, f"/issues/{name}/") or name
