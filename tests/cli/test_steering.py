"""What an editor reads while a mailing is steered."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from publisher.actions import status
from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add_from_file
from publisher.app import Publisher
from publisher.cli.retry import _ask
from publisher.cli.status import _speed
from publisher.errors import PublisherError
from publisher.model.delivery import DeliveryState, NextStep, Stage
from publisher.model.notices import NoticeKind
from publisher.model.progress import Pace
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SuppressionReason
from publisher.store import notices, public, relays, subscribers
from publisher.store import schema_sending as sending
from publisher.store.columns import metadata
from publisher.store.sending_lock import try_take
from tests.cli.conftest import Types
from tests.newsrooms import Newsroom, relay_at
from tests.smtp_server import SmtpServer


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def going(newsroom: Newsroom) -> Newsroom:
    """A newsroom with a mailing of which nothing is sent yet."""
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
    return newsroom


def change(publisher: Publisher, table: str, **values: object) -> None:
    with publisher.database.begin() as db:
        db.execute(update(metadata.tables[table]).values(values))


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "goes_on"), [("y\n", True), ("n\n", False)])
def test_several_messages_are_tried_again_only_after_a_question(
    monkeypatch: pytest.MonkeyPatch, answer: str, *, goes_on: bool
) -> None:
    monkeypatch.setattr("sys.stdin", _Terminal(answer))

    with nullcontext() if goes_on else pytest.raises(PublisherError, match="nothing is tried again"):
        _ask("heat", 1200, yes=False)


def test_nobody_is_asked_about_one_message_or_after_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", _Terminal(""))

    _ask("heat", 1, yes=False)
    _ask("heat", 1200, yes=True)


def test_a_mailing_in_full_flow_says_how_fast_and_how_long(going: Newsroom, types: Types) -> None:
    with going.opened() as publisher:
        change(publisher, "mailings", rate=38_000, rate_at=datetime.now(UTC))

    mailing = types("status", "--json").json["issues"][0]["mailing"]

    assert "sending: 1 pending; 38/s, about 1 second left" in " ".join(types("status").out.split())
    assert (mailing["rate"], mailing["seconds_left"], mailing["adds_up"]) == (38.0, 1, True)


def test_a_rate_of_long_ago_is_not_told(going: Newsroom, types: Types) -> None:
    with going.opened() as publisher:
        change(publisher, "mailings", rate=38_000, rate_at=datetime.now(UTC) - timedelta(minutes=1))

    assert "left" not in types("status").out
    assert types("status", "--json").json["issues"][0]["mailing"]["rate"] is None


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(per_second=38.4, seconds_left=170), "38/s, about 3 minutes left"),
        (Pace(per_second=0.25, seconds_left=7300), "0.2/s, about 2 hours left"),
        (Pace(per_second=1500.0, seconds_left=0), "1,500/s, about 0 seconds left"),
        (None, ""),
    ],
)
def test_a_speed_is_told_as_people_tell_it(pace: Pace | None, words: str) -> None:
    assert _speed(pace) == words


def test_accounts_that_do_not_add_up_are_told_loudly_and_verify_says_more(
    going: Newsroom, types: Types
) -> None:
    with going.opened() as publisher:
        change(publisher, "mailings", audience=2)

    said, found = types("status").out, types("verify", code=1)

    assert "THE ACCOUNTS OF heat DO NOT ADD UP: 1 deliveries are counted and its audience is 2" in said
    assert found.out == ""
    assert found.err.startswith(
        "I2 (the batches are the audience, everybody once): the audience of heat is 2,"
    )


def test_verify_names_so_many_faults_of_a_kind_and_then_says_that_there_are_more(
    newsroom: Newsroom, types: Types
) -> None:
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        add_from_file(publisher, "\n".join(f"r{number}@example.net" for number in range(29)), path="r.txt")
        publish_now(publisher, "heat")
        change(publisher, "deliveries", state=DeliveryState.ACCEPTED, attempts=0)
        change(publisher, "batches", accepted=30, pending=0, due_at=None)

    lines = types("verify", code=1).err.splitlines()

    assert [line[:2] for line in lines] == ["I7"] * 21
    assert lines[-1] == "I7: and more of this kind"


@pytest.mark.usefixtures("going")
def test_a_database_as_it_must_be_is_told_in_a_line(types: Types) -> None:
    assert types("verify").out == "All is as it must be: 1 mailing, 1 deliveries, 9 rules.\n"


def test_what_is_in_the_way_is_told_with_what_to_do(going: Newsroom, types: Types) -> None:
    with going.opened() as publisher:
        change(publisher, "batches", parked=True)
        with publisher.database.begin() as db:
            values = {"name": "smtp", "works": False, "since": datetime(2026, 10, 5, 8, tzinfo=UTC)}
            db.execute(sending.relays.insert().values(values | {"said": "connection refused"}))

    said, document = types("status").out, types("status", "--json").json

    assert "Relay smtp has not worked since Mon 2026-10-05 10:00: connection refused" in said
    assert re.search("Parked: 1 message of heat, .* publisher resume heat\n", said)
    assert document["parked"] == [{"issue": "heat", "batches": 1, "deliveries": 1}]
    assert [relay["name"] for relay in document["relays"]] == ["smtp"]


def test_the_relay_that_sends_in_the_place_of_another_is_named(going: Newsroom, types: Types) -> None:
    going.sets(relay_at(1) + '\n[relays.backup]\nhost = "127.0.0.1"\nport = 2\ntls = "none"\n')
    with going.opened() as publisher, publisher.database.begin() as db:
        relays.report(db, "smtp", works=False, said="refused", now=going.clock())
    instead = types("status").out
    with going.opened() as publisher, publisher.database.begin() as db:
        relays.report(db, "smtp", works=True, said="", now=going.clock())
        relays.report(db, "backup", works=False, said="refused", now=going.clock())
    needless = types("status").out

    assert "Relay smtp has not worked since Mon 2026-10-05 10:00: refused; relay backup sends mean" in instead
    assert "Relay backup has not worked since Mon 2026-10-05 10:00: refused\n" in needless


@pytest.mark.usefixtures("going")
def test_a_paused_mailing_says_how_it_goes_on(types: Types) -> None:
    types("pause", "heat", "--reason", "a wrong name")

    said = " ".join(types("status").out.split())

    assert "paused: 1 pending (a wrong name; `publisher resume heat` goes on)" in said
    assert "Nobody is sending" not in said


def test_mail_that_is_due_and_that_nobody_sends_is_told_until_somebody_does(
    going: Newsroom, types: Types
) -> None:
    nobody, document = types("status").out, types("status", "--json").json
    with going.opened() as publisher:
        right = try_take(publisher.database)
        assert right is not None
        somebody = types("status").out
        right.release()
        with publisher.database.begin() as db:
            public.note_tick(db, datetime.now(UTC))
    served = types("status").out

    assert nobody.endswith("Nobody is sending: start `publisher serve`\n")
    assert document["nobody_sends"] is True
    assert "Nobody is sending" not in somebody
    assert "Nobody is sending" not in served


def test_addresses_that_are_left_alone_are_counted_by_their_reasons(going: Newsroom, types: Types) -> None:
    reasons = [*[SuppressionReason.HARD_BOUNCE] * 2, SuppressionReason.COMPLAINT, SuppressionReason.ERASED]
    reasons += [SuppressionReason.BY_HAND] * 3
    with going.opened() as publisher, publisher.database.begin() as db:
        for number, reason in enumerate(reasons):
            subscribers.suppress(db, address_hash=str(number), reason=reason, now=going.clock())

    said, document = types("status").out, types("status", "--json").json

    assert "\nReaders: 1 on weekly, 0 on extra; addresses left alone: 2 after bounces, 1 after comp" in said
    assert ", 3 by hand\n" in said
    assert document["left_alone"] == {"complaint": 1, "hard bounce": 2, "erased": 1, "moved": 0, "by hand": 3}


def test_an_editor_whose_last_notice_was_given_up_is_named(going: Newsroom, types: Types) -> None:
    told = {
        "desk@example.net": [DeliveryState.ACCEPTED, DeliveryState.REJECTED],
        "ann@example.net": [DeliveryState.REJECTED, DeliveryState.ACCEPTED],
    }
    with going.opened() as publisher, publisher.database.begin() as db:
        for address, states in told.items():
            for state in states:
                notices.add(
                    db, kind=NoticeKind.HELD, address=address, payload={"items": []}, now=going.clock()
                )
                (notice,) = notices.claim(db, now=going.clock(), lease_until=going.clock())
                notices.mark(db, notice, NextStep(state=state), now=going.clock())

    said, document = types("status").out, types("status", "--json").json

    assert "A notice to desk@example.net was not delivered: " in said
    assert document["refused_notices"] == ["desk@example.net"]


def test_bounces_and_complaints_are_counted_beside_their_mailing(going: Newsroom, types: Types) -> None:
    kinds = (ReportKind.HARD_BOUNCE, ReportKind.SOFT_BOUNCE, ReportKind.COMPLAINT, ReportKind.AUTO_REPLY)
    with going.opened() as publisher, publisher.database.begin() as db:
        for kind in kinds:
            values = {"key": kind.value, "kind": kind.value, "mailing": 1, "subscriber": 1, "source": "imap"}
            facts = {"at": going.clock(), "code": "", "text": ""}
            db.execute(sending.reports.insert().values(values | facts))

    assert "1 pending; 2 bounces, 1 complaint" in " ".join(types("status").out.split())
    assert types("status", "--json").json["issues"][0]["mailing"]["reports"] == {
        kind: int(kind in kinds) for kind in ReportKind
    }


def test_many_uncertain_messages_are_named_up_to_a_number_and_then_counted(
    newsroom: Newsroom, types: Types, relay: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MOST_NAMED", 2)
    newsroom.sets(relay_at(relay.port, more='uncertain = "hold"'))
    newsroom.writes("heat")
    relay.when(Stage.DOT, drop=True)
    with newsroom.opened() as publisher:
        add_from_file(publisher, "a@example.net\nb@example.net", path="r.txt")
    types("publish", "heat", "--now", code=None)

    said, document = types("status").out, types("status", "--json").json

    assert said.count("may or may not have got heat") == 2
    assert "Uncertain: 1 more; `publisher uncertain ISSUE --list` names those of an issue" in said
    assert (len(document["uncertain"]), document["uncertain_in_all"]) == (2, 3)
    assert types("uncertain", "heat", "--list").out.count("may or may not have got heat") == 3
    assert len(types("uncertain", "heat", "--list", "--json").json) == 3
    assert (
        "1 message left uncertain" in types("uncertain", "heat", "--leave", "--address", "a@example.net").out
    )
    listed = types("uncertain", "heat", "--list").out
    assert "a@example.net may or may not have got heat, and was left so by an editor\n" in listed
    assert "b@example.net may or may not have got heat, is not sent again unless you say so (`" in listed
    assert types("uncertain", "heat", "--resend").out == (
        "heat: 2 messages will be sent again, while `publisher serve` runs; 1 stays as you left it.\n"
    )
    listed = types("uncertain", "heat", "--list").out
    assert re.search(r"b@example.net .*, is sent again .* unless you say otherwise \(`publisher unc", listed)


@pytest.mark.usefixtures("going")
def test_a_mailing_without_doubt_says_so(types: Types) -> None:
    assert types("uncertain", "heat", "--list").out == "Nothing is uncertain in the mailing of heat.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("uncertain", "heat"),
        ("uncertain", "heat", "--list", "--leave"),
        ("uncertain", "heat", "--list", "--address", "a@example.net"),
        ("retry", "heat"),
        ("retry", "heat", "--all", "--code", "550"),
        ("queue", "heat", "--now", "--first"),
    ],
)
@pytest.mark.usefixtures("going")
def test_half_a_choice_is_wrong_usage(types: Types, words: tuple[str, ...]) -> None:
    assert types(*words, code=2).out == ""


def test_what_is_queued_for_now_says_how_to_take_it_back(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    before = datetime.now(UTC)

    said = types("queue", "heat", "--now").out
    due = datetime.fromisoformat(types("status", "--json").json["issues"][0]["due"])

    assert "until then it is taken back with: publisher unqueue heat\n" in said
    assert timedelta(seconds=119) < due - before < timedelta(seconds=180)
    assert "heat is out of the queue" in types("unqueue", "heat").out


def test_what_is_tried_later_says_when(newsroom: Newsroom, types: Types, relay: SmtpServer) -> None:
    newsroom.sets(relay_at(relay.port))
    newsroom.writes("heat")
    relay.when(Stage.RCPT, "450 4.2.1 later")

    said = types("publish", "heat", "--now").out

    assert re.fullmatch(r"heat is published, 1 reader: 1 deferred, next try \d\d:\d\d\n", said)
