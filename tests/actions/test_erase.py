"""Whoever asks to be forgotten is: the bytes of the database are searched for what may be left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.asking_readers import ask_for_data, ask_to_change_address
from publisher.actions.erase import erase
from publisher.actions.own_data import data_of
from publisher.actions.preferences import Wish, save
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.model.choices import Choices
from publisher.model.delivery import DeliveryState
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import SuppressionReason
from publisher.store import audit, choices, keys, notices, reader_tokens, relays, schema, subscribers
from publisher.store.database import Database
from publisher.store.schema_readers import api_tokens, consent_texts, consents, requests
from publisher.store.schema_sending import deliveries, delivery_errors, reports
from publisher.store.schema_sending import notices as notices_table
from tests.databases import NOW
from tests.delivery.reports import samples
from tests.newsrooms import MONDAY, READER, Newsroom
from tests.reports import RETURN_PATH, path_of, send, take_one

LOCAL = "Zerubbabel.Quist"
ADDRESS = f"{LOCAL}@example.net"
ELSEWHERE = "new.z@elsewhere.example"
NEEDLES = ("zerubbabel", "quist")


@pytest.fixture(params=["sqlite", "postgresql"])
def publisher(request: pytest.FixtureRequest, newsroom: Newsroom) -> Iterator[Publisher]:
    """A newsroom on each database, one of whose readers has left traces wherever there can be any."""
    more = RETURN_PATH
    if request.param == "postgresql":
        more += f'[database]\nurl = "{request.getfixturevalue("postgresql_url")}"\n'
    newsroom.sets(more)
    with newsroom.opened() as opened:
        add(opened, READER)
        add(opened, ADDRESS, lists=["weekly", "extra"])
        send(opened)
        leave_traces(opened)
        yield opened


def found(publisher: Publisher) -> Choices:
    with publisher.database.read() as db:
        number = choices.number_of(db, ADDRESS.lower())
        reader = choices.of(db, number) if number else None
    assert reader is not None
    return reader


def leave_traces(publisher: Publisher) -> None:
    """Let the reader choose, ask, agree and bounce, and others repeat the address."""
    reader = found(publisher)
    save(publisher, reader, Wish(lists=frozenset({"weekly"}), topics=frozenset(), lang="de"))
    ask_for_data(publisher, reader)
    ask_to_change_address(publisher, reader, ELSEWHERE)
    take_one(publisher, samples.postfix(path_of(publisher, ADDRESS)))
    with publisher.database.begin() as db:
        other = choices.number_of(db, READER)
        choices.set_topics(db, reader.subscriber, {"energy"})
        db.execute(consent_texts.insert().values(version="1", text="Yes."))
        values = {"list": "weekly", "at": NOW, "version": "1", "source": "/subscribe", "network": ""}
        db.execute(consents.insert().values(subscriber=reader.subscriber, **values))
        mailing = db.scalar(select(deliveries.c.mailing))
        db.execute(
            delivery_errors.insert().values(
                mailing=mailing,
                subscriber=reader.subscriber,
                at=NOW,
                state=DeliveryState.DEFERRED,
                code=450,
                enhanced="4.2.2",
                stage="rcpt",
                text=f"<{ADDRESS}>: mailbox full",
            )
        )
        db.execute(reports.update().values(text=f"{ADDRESS} unknown"))
        relays.report(db, "smtp", works=False, said=f"550 {ADDRESS}: go away", now=NOW)
        reader_tokens.keep(
            db,
            "c" * 22,
            purpose=TokenPurpose.CHANGE_ADDRESS,
            subscriber=other,
            payload={"side": "old", "address": ADDRESS, "other": "-"},
            address_key=ADDRESS.lower(),
            now=NOW,
        )
        for address in (ADDRESS, ADDRESS.lower()):
            notices.add(db, kind="confirm", address=address, payload={}, now=NOW, address_key=ADDRESS.lower())
        editors = {"items": [{"about": "x", "reason": f"refused: {ADDRESS}"}], "count": 1}
        notices.add(db, kind="paused", address="ed@example.net", payload=editors, now=NOW)
        secret = {"name": "n", "hash": "h", "scopes": [], "created_at": NOW, "created_by": "ann"}
        token = db.execute(api_tokens.insert().values(**secret)).inserted_primary_key
        body = f'{{"address": "{ADDRESS}"}}'.encode()
        kept = {"key": "k", "fingerprint": "f", "created_at": NOW, "status": 201, "body": body}
        db.execute(requests.insert().values(token=token[0] if token else 0, **kept))


def dump(database: Database) -> str:
    """Return all rows of all tables as text, bytes read as letters."""
    with database.read() as db:
        return "\n".join(
            f"{table.name}: "
            + ", ".join(
                bytes(value).decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                for value in row
            )
            for table in schema.metadata.sorted_tables
            for row in db.execute(select(table))
        )


def traces(dumped: str) -> list[str]:
    return [line for line in dumped.splitlines() if any(each in line.lower() for each in NEEDLES)]


def test_the_traces_that_this_file_looks_for_are_there_before(publisher: Publisher) -> None:
    tables = {line.partition(":")[0] for line in traces(dump(publisher.database))}

    assert tables >= {
        "subscribers",
        "notices",
        "reader_tokens",
        "delivery_errors",
        "reports",
        "relays",
        "requests",
    }


def test_of_an_erased_reader_no_row_of_any_table_says_anything(publisher: Publisher) -> None:
    reader = found(publisher)

    assert erase(publisher, reader.subscriber)

    assert traces(dump(publisher.database)) == []
    assert reader.public_id not in dump(publisher.database)
    assert not erase(publisher, reader.subscriber)
    assert data_of(publisher, reader.subscriber) == {}


def test_what_is_not_the_readers_stays(publisher: Publisher) -> None:
    reader = found(publisher)
    with publisher.database.read() as db:
        before = [tuple(row) for row in db.execute(select(deliveries).order_by(deliveries.c.subscriber))]

    erase(publisher, reader.subscriber)

    with publisher.database.read() as db:
        after = [tuple(row) for row in db.execute(select(deliveries).order_by(deliveries.c.subscriber))]
        hashed = address_hash(suppression_secret(keys.every(db)), ADDRESS.lower())
        errors = db.execute(select(delivery_errors)).all()
        assert subscribers.suppression(db, hashed) is SuppressionReason.ERASED
        assert choices.number_of(db, READER) is not None
        (erased,) = (row for row in audit.listed(db) if row.verb == "erase")
    assert after == before
    assert [(row.code, row.text) for row in errors] == [(450, "")]
    assert erased.detail == {"subscriber": reader.subscriber}


def test_editors_are_still_told_what_they_were_about_to_be_told(publisher: Publisher) -> None:
    erase(publisher, found(publisher).subscriber)

    with publisher.database.read() as db:
        (told,) = notices.payloads(db, kind="paused", address="ed@example.net", since=MONDAY)
    assert told == {"items": [{"about": "x", "reason": "refused: (erased)"}], "count": 1}


def test_mails_to_an_address_to_which_the_reader_wanted_to_move_are_forgotten_but_for_its_owners(
    publisher: Publisher,
) -> None:
    with publisher.database.begin() as db:
        notices.add(db, kind="confirm", address=ELSEWHERE, payload={}, now=NOW, address_key=ELSEWHERE)

    erase(publisher, found(publisher).subscriber)

    with publisher.database.read() as db:
        kinds = select(notices_table.c.kind).where(notices_table.c.address == ELSEWHERE)
        assert list(db.scalars(kinds)) == ["confirm"]


def test_links_of_a_reader_whose_address_only_ends_alike_stay(publisher: Publisher) -> None:
    with publisher.database.begin() as db:
        other = choices.number_of(db, READER)
        payload = {"side": "old", "address": f"not.{ADDRESS}", "other": "-"}
        purpose = TokenPurpose.CHANGE_ADDRESS
        reader_tokens.keep(db, "d" * 22, purpose=purpose, subscriber=other, payload=payload, now=NOW)

    erase(publisher, found(publisher).subscriber)

    with publisher.database.read() as db:
        assert reader_tokens.find(db, "d" * 22, purpose=purpose, now=NOW) is not None


def test_an_erased_address_is_not_added_again_by_an_editor(publisher: Publisher) -> None:
    erase(publisher, found(publisher).subscriber)

    add(publisher, ADDRESS)

    assert traces(dump(publisher.database)) == []


def test_data_say_everything_and_open_no_door(publisher: Publisher) -> None:
    reader = found(publisher)

    data = data_of(publisher, reader.subscriber)

    assert data["reader"]["address"] == ADDRESS
    assert {each["list"]: each["state"] for each in data["subscriptions"]} == {
        "weekly": "active",
        "extra": "unsubscribed",
    }
    assert data["topics"] == ["energy"]
    assert data["consents"][0]["text"] == "Yes."
    assert [each["issue"] for each in data["mails"]] == ["heat"]
    assert data["answers"][0]["code"] == 450
    assert data["reports"][0]["kind"] == "hard bounce"
    assert data["suppression"][0]["reason"] == "hard bounce"
    assert {"own data", "confirm", "leave address"} <= {each["kind"] for each in data["notices"]}
    assert {each["purpose"] for each in data["links"]} == {"own data", "change address"}
    assert "choose" in {each["verb"] for each in data["history"]}
    assert "hash" not in str(data)


def test_the_file_of_a_database_has_no_letter_of_an_erased_reader_once_it_is_written_anew(
    newsroom: Newsroom,
) -> None:
    newsroom.sets(RETURN_PATH)
    with newsroom.opened() as publisher:
        add(publisher, ADDRESS, lists=["weekly", "extra"])
        send(publisher)
        leave_traces(publisher)
        before = in_files(newsroom)
        erase(publisher, found(publisher).subscriber)
    with closing(sqlite3.connect(newsroom.root / "var" / "publisher.db")) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert before == set(NEEDLES)
    assert in_files(newsroom) == set()


def in_files(newsroom: Newsroom) -> set[str]:
    """Return which words the files of the database have, its log of writes included."""
    octets = b"".join(path.read_bytes() for path in (newsroom.root / "var").glob("publisher.db*")).lower()
    return {each for each in NEEDLES if each.encode() in octets}
