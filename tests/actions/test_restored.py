"""A database that was put back from an older copy mails nobody by itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from publisher.actions.mailing import resume
from publisher.actions.queue import Place, queue
from publisher.actions.restored import PAUSED
from publisher.actions.scan import scan
from publisher.actions.send_now import sender_for
from publisher.model.delivery import DeliveryState, MailingState, Stage
from publisher.model.hold import HoldReason
from publisher.model.states import IssueState
from publisher.store.database import Database
from tests.newsrooms import Newsroom, deliver, mailing_of, published_to, record_of, relay_at
from tests.smtp_server import SmtpServer


def copied(database: Database) -> Path:
    """Copy a database that nobody is writing to, as a person does."""
    assert database.path is not None
    copy = database.path.with_suffix(".copy")
    with database.begin() as db:
        db.exec_driver_sql("SELECT 1")
        shutil.copy(database.path, copy)
        wal = database.path.with_name(database.path.name + "-wal")
        if wal.exists():
            shutil.copy(wal, copy.with_name(copy.name + "-wal"))
    return copy


def put_back(newsroom: Newsroom, copy: Path) -> None:
    """Put an older copy in the place of the database, as a person does."""
    database = newsroom.root / "var" / "publisher.db"
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
        old = copy.with_name(copy.name + suffix)
        if old.exists():
            old.rename(database.with_name(database.name + suffix))


def test_a_mailing_that_went_on_after_the_copy_was_made_waits_for_an_editor(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=4)
        copy = copied(publisher.database)
        deliver(publisher)
        assert len(relay.messages) == 4

    put_back(newsroom, copy)
    with newsroom.opened() as publisher:
        deliver(publisher)
        paused = mailing_of(publisher, "heat")
        again = len(relay.messages)
        resume(publisher, "heat")
        deliver(publisher)

        assert (paused.state, paused.reason) == (MailingState.PAUSED, PAUSED)
        assert again == 4
        assert mailing_of(publisher, "heat").counts[DeliveryState.ACCEPTED] == 4


def test_a_copy_that_was_made_in_mid_send_is_recognised_by_what_was_sent_after_it(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.02)
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=30)
        sender = sender_for(publisher, until_idle=False)
        assert sender is not None
        relay.wait_for(5)
        copy = copied(publisher.database)
        relay.wait_for(20)
        lock = newsroom.root / "var" / "publisher.db.sender-lock"
        seen = lock.read_bytes()
        sender.close()
        lock.write_bytes(seen)  # as a kill would have left it
        sent = len(relay.messages)

    put_back(newsroom, copy)
    with newsroom.opened() as publisher:
        deliver(publisher)

        assert mailing_of(publisher, "heat").reason == PAUSED
        assert len(relay.messages) == sent


def test_what_is_queued_or_ready_in_an_older_copy_is_held(newsroom: Newsroom, relay: SmtpServer) -> None:
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    newsroom.writes("rain")
    with newsroom.opened() as publisher:
        queue(publisher, "rain", Place(at="+3h"))
        copy = copied(publisher.database)
        published_to(publisher, "heat", readers=1)
        deliver(publisher)
    put_back(newsroom, copy)
    newsroom.writes("snow")

    with newsroom.opened() as publisher:
        deliver(publisher)
        scan(publisher, patient=False)

        found = {slug: record_of(publisher, slug) for slug in ("heat", "rain", "snow")}
        assert {slug: record.state for slug, record in found.items()} == dict.fromkeys(found, IssueState.HELD)
        assert found["rain"].reason == HoldReason.RESTORED
        assert len(relay.messages) == 1


def test_a_database_is_not_taken_for_an_older_copy_after_a_stop_in_mid_send(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.05)
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=12)
    for count in (3, 6):
        with newsroom.opened() as publisher:
            sender = sender_for(publisher, until_idle=False)
            assert sender is not None
            relay.wait_for(count)
            sender.close()
    with newsroom.opened() as publisher:
        deliver(publisher)

        assert mailing_of(publisher, "heat").state is MailingState.SENT
        assert len(relay.messages) == 12
