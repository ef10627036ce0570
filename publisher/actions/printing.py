"""Printing: an issue becomes a frozen edition with everything that readers will get."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from publisher.actions.audience import audience_of
from publisher.actions.transition import transition
from publisher.app import Publisher
from publisher.edition.press import press
from publisher.model.edition import Edition, Masthead
from publisher.model.fillins import Ink
from publisher.model.issue import Issue
from publisher.model.records import EditionRecord, IssueRecord
from publisher.model.rendered import Part
from publisher.model.segment import is_name
from publisher.model.states import Verb
from publisher.outputs.all import OUTPUTS, render_all
from publisher.settings import Settings
from publisher.store import editions
from publisher.theme import Theme

POLICY = "policy"
"""Who approves where `[publishing] approval = "none"`."""

_KEPT = timedelta(days=1)
"""A print that nothing uses may still be on its way into an issue of another process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """An edition, rendered: what approving freezes."""

    edition: Edition
    ink: Ink
    parts: tuple[Part, ...]

    def part(self, output: str, key: str = "") -> bytes:
        """Return what `output` made of the issue (or of the story of slug `key`), fill-ins still open."""
        return self.whole(output, key).body

    def whole(self, output: str, key: str = "") -> Part:
        """Return the same with what is known of it."""
        return next(part for part in self.parts if (part.output, part.key) == (output, key))


def press_issue(settings: Settings, issue: Issue) -> Edition:
    """Return the edition of `issue`; nothing is rendered or stored.

    Raises:
        ContentError: a picture cannot be printed.
    """
    return press(issue, settings.masthead(), default_lists=settings.default_lists, segments=settings.segments)


def press_again(issue: Issue, like: EditionRecord, *, masthead: Masthead | None = None) -> Edition:
    """Return the edition of `issue` as an earlier one speaks, or as `masthead` does.

    Lists and segments that the files leave to the settings are those of the earlier one.

    Raises:
        ContentError: a picture cannot be printed.
    """
    name = (issue.segment or "").strip()
    known = {name: like.segment} if like.segment and is_name(name) else {}
    return press(issue, masthead or like.masthead, default_lists=like.lists, segments=known)


def render(edition: Edition, theme: Theme, *, only: Collection[str] = tuple(OUTPUTS)) -> Print:
    """Return `edition` with all its outputs, or `only` some of them, under a fresh nonce.

    Raises:
        ThemeError: a template cannot be rendered.
    """
    ink = Ink(nonce=secrets.token_hex(8))
    return Print(edition=edition, ink=ink, parts=render_all(edition, theme=theme, ink=ink, only=only))


def freeze(  # noqa: PLR0913 - who, what, and how it was approved
    publisher: Publisher,
    db: Connection,
    record: IssueRecord,
    verb: Verb,
    printed: Print,
    *,
    by: str | None = None,
    allow: Collection[str] = (),
) -> IssueRecord:
    """Store a print and make it the one that goes out, by `verb`.

    Raises:
        TransitionError: `verb` is not possible now.
    """
    content_hash = printed.edition.content_hash
    audience = audience_of(db, printed.edition)
    approver = by or publisher.actor
    return transition(
        publisher,
        db,
        record,
        verb,
        detail={
            "hash": content_hash,
            "by": approver,
            "allowed": sorted(allow),
            "audience": audience.readers,
            **({"other_topics": audience.other_topics} if audience.other_topics else {}),
            **({"segment": printed.edition.segment} if printed.edition.segment else {}),
        },
        edition=freeze_print(publisher, db, record.slug, printed),
        approved_hash=content_hash,
        approved_by=approver,
        approved_at=publisher.now(db),
    )


def freeze_print(publisher: Publisher, db: Connection, slug: str, printed: Print) -> int:
    """Store a print of issue `slug` as it is and return the number of its edition."""
    return editions.add(
        db,
        printed.edition,
        issue=slug,
        nonce=printed.ink.nonce,
        parts=printed.parts,
        printed_at=publisher.now(db),
    )


def discard_unused(publisher: Publisher) -> int:
    """Delete the prints that edits and fresh approvals have left behind for a day; return how many."""
    with publisher.database.begin() as db:
        return editions.discard_unused(db, before=publisher.now(db) - _KEPT)
