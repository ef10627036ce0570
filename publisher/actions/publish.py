"""Publishing: in one transaction an edition becomes public and its mailing gets its audience."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from publisher.actions.audience import chosen_by
from publisher.actions.clicks import count_in
from publisher.actions.going_public import go_public
from publisher.actions.letter import letter_of
from publisher.actions.notify import issue_late, mailing_ended
from publisher.actions.release import Release, prepare
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.errors import StoreError, TransitionError
from publisher.model.records import MailingRecord
from publisher.model.states import Verb
from publisher.store import issues, keys, mailings


def publish(publisher: Publisher, slug: str, *, due: datetime | None = None) -> MailingRecord | None:
    """Publish a queued issue now: pages, feeds and the audience of its mailing, all or nothing.

    Returns the mailing, or None for an issue that is for pages and feeds only.

    Raises:
        TransitionError: the issue is not queued (any more), or at another moment than `due`, or in another
            print; nothing has happened.
    """

    def choose(db: Connection) -> tuple[Release, ...]:
        edition = known(db, slug).edition
        if edition is None:
            raise StoreError(f"issue '{slug}' was never printed", fix=f"run `publisher queue {slug}`")
        return (prepare(db, edition, published_at=publisher.now(db), number=issues.next_number(db)),)

    def record(db: Connection, releases: tuple[Release, ...]) -> None:
        release, issue = releases[0], known(db, slug)
        if issue.edition != release.edition.id:
            raise TransitionError(f"issue '{slug}' was printed anew meanwhile", fix="try again")
        if due is not None and issue.due_at != due:
            raise TransitionError(f"issue '{slug}' has been moved meanwhile")
        late = release.published_at - (issue.due_at or release.published_at)
        published = transition(
            publisher,
            db,
            issue,
            Verb.PUBLISH,
            detail={"late_seconds": max(0, round(late.total_seconds())), "number": release.number},
            published_at=release.published_at,
            number=release.number,
        )
        issue_late(publisher, db, published)
        if release.edition.lists:
            _start_mailing(publisher, db, release)

    go_public(publisher, choose, record)
    with publisher.database.read() as db:
        return mailings.of_issue(db, slug)


def _start_mailing(publisher: Publisher, db: Connection, release: Release) -> None:
    kid, _ = keys.current(db)
    now = publisher.now(db)
    mailing = mailings.start(
        db,
        issue=release.edition.issue,
        edition=release.edition.id,
        templates=[
            (name, publisher.settings.list_title(name), _message(publisher, release, name, kid))
            for name in release.edition.lists
        ],
        uncertain=publisher.settings.delivery.uncertain,
        kid=kid,
        now=now,
        not_before=now,
        chosen=chosen_by(release.edition),
    )
    count_in(publisher, db, release, mailing)
    if mailings.finish_if_done(db, mailing.id, now):  # where nobody is on its lists
        mailing_ended(publisher, db, mailing.id)


def _message(publisher: Publisher, release: Release, name: str, kid: int) -> bytes:
    """Return the message of the mailing for readers of list `name`, as a template in bytes."""
    template = letter_of(release).template(list=name, title=publisher.settings.list_title(name), kid=kid)
    return template.to_bytes()
