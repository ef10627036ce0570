"""Withdrawing: what is public goes, and says that it is gone and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from publisher.actions.going_public import go_public
from publisher.actions.mailing import end
from publisher.actions.printing import freeze_print
from publisher.actions.public_issue import look_at_public
from publisher.actions.release import Release, edition_of, kept
from publisher.actions.revision import known_moments
from publisher.actions.transition import known, transition
from publisher.actions.withdrawal import (
    TIME,
    Takeover,
    detours,
    gone,
    heirs,
    note_takeover,
    one_line_of,
    prepare_takeovers,
    refuse_others,
    release_of,
    taken_over,
    unless_others_change,
)
from publisher.app import Publisher
from publisher.errors import PublisherError, TransitionError
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.fillins import Moments, story_moment
from publisher.model.records import EditionRecord, IssueRecord, MailingRecord
from publisher.model.states import Verb
from publisher.store import editions, mailings

_ON_ITS_WAY = (MailingState.SENDING, MailingState.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What a withdrawal did. `mailed` had the issue as a mail already, of `audience` readers.

    `is_cancelled` says that its mailing was on its way and goes no further; up to `on_their_way` messages
    had been handed over at that moment, and may still arrive.
    """

    issue: str
    reason: str
    at: datetime
    mailed: int
    on_their_way: int
    audience: int
    is_cancelled: bool


def look_before(publisher: Publisher, name: str) -> tuple[IssueRecord, MailingRecord | None]:
    """Return an issue that can be withdrawn, with its mailing, for the question whether to do so.

    Raises:
        NotFoundError: there is no such issue.
        TransitionError: it is not public.
    """
    record = look_at_public(publisher, name, Verb.WITHDRAW)
    with publisher.database.read() as db:
        return record, mailings.of_issue(db, record.slug)


def withdraw(publisher: Publisher, name: str, *, reason: str) -> Withdrawn:
    """Withdraw a public issue: its pages are gone and say why, its entries in feeds say so for 30 days.

    A mailing on its way is cancelled. A story that runs in another public issue too stays public as that
    one's. All of it happens in one transaction.

    Raises:
        PublisherError: no reason is given, or it is no line of text.
        TransitionError: the issue is not public (any more).
    """
    words = one_line_of(reason, what="reason")
    if not words:
        raise PublisherError("a withdrawal needs a reason that readers understand", fix="write --reason TEXT")
    ended: list[MailingRecord | None] = []
    prepared = unless_others_change(
        lambda: _prepare(publisher, name, words), lambda made: _go_public(publisher, made, words, ended)
    )
    return _outcome(prepared, words, ended[0])


def _go_public(
    publisher: Publisher, prepared: _Prepared, words: str, ended: list[MailingRecord | None]
) -> None:
    """Make a withdrawal public; `ended` is the mailing then as it was before, if there is one."""
    old, slug = prepared.old, prepared.old.issue

    def choose(db: Connection) -> tuple[Release, ...]:
        refuse_others(db, old, prepared.heirs)
        return prepared.releases(publisher, db)

    def record(db: Connection, _releases: tuple[Release, ...]) -> None:
        fact = known(db, slug)
        if fact.edition != old.id:
            raise TransitionError(f"issue '{slug}' has changed meanwhile", fix="try again")
        ended[:] = [mailings.of_issue(db, slug)]
        done = _outcome(prepared, words, ended[0])
        if ended[0] is not None and done.is_cancelled:
            end(publisher, db, ended[0], because="the issue is withdrawn")
        transition(
            publisher,
            db,
            fact,
            Verb.WITHDRAW,
            detail={"reason": words, "mailed": done.mailed, "cancelled": done.is_cancelled},
            reason=words,
            edition=prepared.edition,
            withdrawn_at=prepared.at,
        )
        for takeover in prepared.takeovers:
            note_takeover(publisher, db, takeover, issue=slug)

    go_public(publisher, choose, record)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What is left of an issue, stored but not public yet, and the editions that go on with its stories."""

    old: EditionRecord
    edition: int
    at: datetime
    moments: dict[str, Moments]
    heirs: dict[str, int | None]
    takeovers: tuple[Takeover, ...]

    def releases(self, publisher: Publisher, db: Connection) -> tuple[Release, ...]:
        """Return all that becomes public together: the withdrawn issue first."""
        record = edition_of(db, self.edition)
        ids = (record.entry_id, *(str(story["id"]) for story in record.stories))
        own = Release(
            edition=record,
            parts=tuple(editions.parts(db, self.edition)),
            moments=tuple(_at(self.moments[id_], self.at, place) for place, id_ in enumerate(ids)),
            number=self.old.number,
            corrections=self.old.corrections,
            leaves_at=self.at + TIME,
            kept=kept(db, self.old),
            also=detours(publisher, self.old, taken_over(self.takeovers)),
        )
        slug = self.old.issue
        return (
            own,
            *(release_of(db, each, moments=self.moments, issue=slug) for each in self.takeovers),
        )


def _prepare(publisher: Publisher, name: str, reason: str) -> _Prepared:
    """Print what is left of the issue, and store it beside the copies that go on with its stories."""
    found, _ = look_before(publisher, name)
    with publisher.database.read() as db:
        old, at = edition_of(db, found.edition or 0), publisher.now(db).replace(microsecond=0)
        moments = known_moments(editions.former(db, found.slug))
        those = heirs(db, old, {str(story["id"]) for story in old.stories})
    left = [id_ for id_, heir in those.items() if heir is None]
    printed = gone(publisher, old, reason=reason, at=at, stories=left)
    with publisher.database.begin() as db:
        takeovers = prepare_takeovers(publisher, db, those)
        number = freeze_print(publisher, db, found.slug, printed)
    return _Prepared(old=old, edition=number, at=at, moments=moments, heirs=those, takeovers=takeovers)


def _outcome(prepared: _Prepared, reason: str, mailing: MailingRecord | None) -> Withdrawn:
    """Return what a withdrawal does, seen from the mailing as it was before."""
    return Withdrawn(
        issue=prepared.old.issue,
        reason=reason,
        at=prepared.at,
        mailed=mailing.counts[DeliveryState.ACCEPTED] if mailing else 0,
        on_their_way=mailing.counts[DeliveryState.SENDING] if mailing else 0,
        audience=mailing.audience if mailing else 0,
        is_cancelled=mailing is not None and mailing.state in _ON_ITS_WAY,
    )


def _at(before: Moments, now: datetime, place: int) -> Moments:
    return Moments(published=before.published, updated=max(before.updated, story_moment(now, place)))
