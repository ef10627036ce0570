"""One tick: look at the files, hold what is too late, publish what is due. Safe to call at any time."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from publisher.actions.going_public import let_go
from publisher.actions.notify import empty_slots
from publisher.actions.publish import publish
from publisher.actions.scan import scan
from publisher.actions.transition import known, transition
from publisher.app import Publisher
from publisher.errors import PublisherError, TransitionError
from publisher.model.hold import HoldReason
from publisher.model.records import IssueRecord
from publisher.model.states import Verb
from publisher.store import choices, issues, public

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What a tick did: slugs that it published and held, and sentences about what went wrong."""

    published: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def tick(publisher: Publisher) -> Ticked:
    """Publish every issue that is due; hold those that are later than `max_lateness`; let go what is over.

    What is due is one question to the database, and each issue starts by compare-and-set: two ticks at once,
    here or elsewhere, publish nothing twice, and a tick that never ran has lost nothing. One issue's trouble
    does not keep the others back. Editors are told of slots to come that are empty, and readers' pauses end.
    """
    troubles = [*_look_at_files(publisher), *_let_go(publisher)]
    with publisher.database.begin() as db:
        now = publisher.now(db)
        public.note_tick(db, now)
        choices.resume_due(db, now)
        empty_slots(publisher, db)
    published, held = [], []
    for record in due(publisher):
        try:
            if _too_late(publisher, record):
                _hold(publisher, record)
                held.append(record.slug)
            else:
                publish(publisher, record.slug, due=record.due_at)
                published.append(record.slug)
        except TransitionError as error:
            if _is_unchanged(publisher, record):
                troubles.append(str(error))  # else somebody was faster: an editor, or another tick
        except PublisherError as error:
            troubles.append(str(error))
        except Exception as error:  # noqa: BLE001 - a bug that one issue meets keeps no other back
            troubles.append(_bug(f"issue '{record.slug}' could not be published", error))
    return Ticked(published=tuple(published), held=tuple(held), troubles=tuple(troubles))


def due(publisher: Publisher) -> list[IssueRecord]:
    """Return the queued issues whose moment has come, earliest first."""
    with publisher.database.read() as db:
        return issues.due(db, publisher.now())


def _look_at_files(publisher: Publisher) -> list[str]:
    """Scan; whatever is wrong with files, what is due goes out."""
    try:
        return list(scan(publisher).troubles) if publisher.settings.issues.is_dir() else []
    except PublisherError as error:
        return [str(error)]
    except Exception as error:  # noqa: BLE001 - a bug in reading must not stop the timetable
        return [_bug("the issues could not be looked at", error)]


def _let_go(publisher: Publisher) -> list[str]:
    """Take withdrawn entries off whose time is over; trouble with that keeps nothing back."""
    try:
        let_go(publisher)
    except PublisherError as error:
        return [str(error)]
    except Exception as error:  # noqa: BLE001 - same
        return [_bug("withdrawn entries could not be taken off the feeds", error)]
    return []


def _bug(what: str, error: Exception) -> str:
    _log.exception(what)
    return f"{what}, because of a bug: {type(error).__name__}: {error}"


def _is_unchanged(publisher: Publisher, record: IssueRecord) -> bool:
    with publisher.database.read() as db:
        return known(db, record.slug) == record


def _too_late(publisher: Publisher, record: IssueRecord) -> bool:
    due_at = record.due_at or publisher.now()
    return publisher.now() - due_at > publisher.settings.publishing.max_lateness


def _hold(publisher: Publisher, record: IssueRecord) -> None:
    with publisher.database.begin() as db:
        now_known = known(db, record.slug)
        if now_known.due_at != record.due_at:
            raise TransitionError(f"issue '{record.slug}' has been moved meanwhile")
        transition(publisher, db, now_known, Verb.HOLD, reason=HoldReason.LATE)
