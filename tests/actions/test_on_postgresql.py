"""Several publishers at work on one PostgreSQL database, as on several machines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from publisher.actions.approve import approve
from publisher.actions.archive import archive
from publisher.actions.going_public import rebuild
from publisher.actions.hold import hold, release
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.send_now import publish_now
from publisher.actions.status import status
from publisher.actions.subscribe import add, add_from_file
from publisher.actions.tick import Ticked, tick
from publisher.app import Publisher
from publisher.model.delivery import DeliveryState, MailingState
from publisher.model.states import IssueState
from publisher.store import schema
from tests.newsrooms import READER, Newsroom, deliver, mailing_of, record_of, relay_at, served, verbs_of
from tests.smtp_server import SmtpServer

SLUGS = ("heat", "rain", "snow")


@pytest.fixture
def shared(newsroom: Newsroom, postgresql_url: str, relay: SmtpServer) -> Newsroom:
    """Return a newsroom with one reader whose database is on a server."""
    newsroom.sets(f'{relay_at(relay.port)}\n[database]\nurl = "{postgresql_url}"\n')
    with newsroom.opened() as publisher:
        add(publisher, READER)
        scan(publisher, patient=False)
    return newsroom


def together(newsroom: Newsroom, *deeds: Callable[[Publisher], Any]) -> list[Any]:
    """Let each deed be done by a publisher of its own, all at once; return what came of them."""
    begin, results = threading.Barrier(len(deeds)), list[Any]()

    def work(deed: Callable[[Publisher], Any]) -> None:
        try:
            with newsroom.opened() as own:
                begin.wait(10)
                results.append(deed(own))
        except BaseException as error:  # noqa: BLE001 - the test shows it
            results.append(error)

    threads = [threading.Thread(target=work, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not [each for each in results if isinstance(each, BaseException)]
    return results


def test_workers_that_start_together_after_an_update_file_and_index_once(shared: Newsroom) -> None:
    with shared.opened() as publisher:
        for number in range(3):
            shared.writes(f"old-{number}", status="archived", date=f"2026-09-0{number + 1}")
        archive(publisher, [f"old-{number}" for number in range(3)])
        with publisher.database.begin() as db:
            before = {name: everything_in(db, name) for name in ("shelves", "search")}
            db.execute(schema.shelves.delete())
            db.execute(schema.search.delete())

    together(shared, *[rebuild] * 4)

    with shared.opened() as publisher, publisher.database.read() as db:
        assert {name: everything_in(db, name) for name in ("shelves", "search")} == before
        assert all(before.values())


def everything_in(db: Connection, name: str) -> list[str]:
    return sorted(str(tuple(row)) for row in db.execute(schema.metadata.tables[name].select()))


def test_an_issue_goes_its_way_by_the_server_s_clock(shared: Newsroom, relay: SmtpServer) -> None:
    shared.writes("heat")
    with shared.opened() as publisher:
        approve(publisher, "heat")
        queued = queue(publisher, "heat", Place())
        hold(publisher, "heat", reason="wait")
        released = release(publisher, "heat")
        mailing = publish_now(publisher, "heat")
        deliver(publisher)

        assert queued.due_at == released.due_at
        assert mailing is not None
        assert mailing_of(publisher, "heat").state is MailingState.SENT
        assert verbs_of(publisher, "heat") == ["approve", "queue", "hold", "release", "move", "publish"]
        assert status(publisher).slots[0].moment > publisher.now()
    assert [message.envelope_to for message in relay.messages] == [(READER,)]


def test_publishers_that_tick_at_once_publish_each_issue_once(shared: Newsroom) -> None:
    with shared.opened() as publisher:
        for slug in SLUGS:
            shared.writes(slug, title=f"About {slug}")
            queue(publisher, slug, Place(now=True))

        ticked: list[Ticked] = together(shared, tick, tick, tick)
        ticked.append(tick(publisher))

        assert sorted(slug for each in ticked for slug in each.published) == sorted(SLUGS)
        assert [trouble for each in ticked for trouble in each.troubles] == []
        assert {record_of(publisher, slug).number for slug in SLUGS} == {1, 2, 3}
        assert all(verbs_of(publisher, slug).count("publish") == 1 for slug in SLUGS)
        assert {f"/issues/{slug}/" for slug in SLUGS} <= set(served(publisher))


def test_publishers_that_look_at_the_same_files_at_once_queue_them_once(shared: Newsroom) -> None:
    for slug in SLUGS:
        shared.writes(slug, title=f"About {slug}")

    scans = together(shared, *[lambda own: scan(own, patient=False)] * 3)

    with shared.opened() as publisher:
        records = [record_of(publisher, slug) for slug in SLUGS]
        assert {record.state for record in records} == {IssueState.QUEUED}
        assert len({record.due_at for record in records}) == len(SLUGS)
        assert all(verbs_of(publisher, slug).count("queue") == 1 for slug in SLUGS)
    assert len(scans) == 3


def test_senders_that_share_a_mailing_reach_each_reader_once(shared: Newsroom, relay: SmtpServer) -> None:
    shared.writes("heat")
    with shared.opened() as publisher:
        add_from_file(publisher, "\n".join(f"r{number}@example.net" for number in range(99)), path="r.txt")
        publish_now(publisher, "heat")

        together(shared, deliver, deliver)

        mailing = mailing_of(publisher, "heat")
        assert (mailing.state, mailing.counts[DeliveryState.ACCEPTED]) == (MailingState.SENT, 100)
    received = [message.envelope_to[0] for message in relay.messages]
    assert len(received) == len(set(received)) == 100
