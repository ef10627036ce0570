"""Importing readers: what each row becomes, and that nothing is done twice or lost on the way."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress as ignoring
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from publisher.actions import bring_readers
from publisher.actions.addressing import address_hash, address_hasher
from publisher.actions.bring_readers import Brought, Wishes, bring
from publisher.actions.reader import show
from publisher.actions.subscribe import add, everybody, unsubscribe
from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError, TransitionError
from publisher.model.reader_columns import Field
from publisher.model.subscriber import Added, SubscriptionState
from publisher.store import audit, schema, schema_readers
from tests.newsrooms import MONDAY, READER, Newsroom, suppress, token_of

FAIR = Wishes(source="signed up at the fair")


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_readers, "PORTION", 4)
    monkeypatch.setattr(bring_readers, "REST", 0)


def brought(publisher: Publisher, text: str, wishes: Wishes = FAIR) -> Brought:
    return bring(publisher, io.BytesIO(text.encode()), name="readers.csv", wishes=wishes)


def counts_of(found: Brought) -> dict[str, int]:
    return {answer.value: count for answer, count in found.counts.items() if count}


def everything(publisher: Publisher) -> list[object]:
    """Return all that an import could change."""
    tables = (schema.subscribers, schema.subscriptions, schema_readers.topics, schema_readers.imports)
    with publisher.database.read() as db:
        return [tuple(row) for table in tables for row in db.execute(select(table))]


def test_every_subscription_keeps_how_its_reader_agreed(publisher: Publisher) -> None:
    found = brought(publisher, "email\nben@example.net\n")

    assert counts_of(found) == {"added": 1}
    assert [each.consent for each in everybody(publisher)] == ["added by hand", "signed up at the fair"]


@pytest.mark.parametrize("source", ["", "  "])
def test_without_a_word_on_how_they_agreed_nobody_is_imported(publisher: Publisher, source: str) -> None:
    before = everything(publisher)

    with pytest.raises(PublisherError, match=r"nobody has said how the readers in 'readers\.csv' agreed"):
        brought(publisher, "ben@example.net\n", Wishes(source=source))

    assert everything(publisher) == before


def test_a_row_brings_language_topics_lists_and_the_day_on_which_its_reader_joined(
    publisher: Publisher,
) -> None:
    text = (
        "E-Mail,Sprache,tags,dabei seit,lists\n"
        "Ben@example.net,de,Clean Energy; storage,2020-02-01,extra;weekly\n"
        "cleo@example.net,,,,\n"
    )
    columns = {Field.LANG: "sprache", Field.TOPICS: "Tags", Field.JOINED: "dabei seit"}

    brought(publisher, text, replace(FAIR, columns=columns))

    ben, cleo = show(publisher, "ben@example.net"), show(publisher, "cleo@example.net")
    assert ben.reader is not None
    joined = datetime(2020, 1, 31, 23, tzinfo=UTC)
    assert (ben.reader.address, ben.reader.lang, ben.reader.created_at) == ("Ben@example.net", "de", joined)
    assert ben.topics == ("clean-energy", "storage")
    assert [(each.list, each.since) for each in ben.subscriptions] == [("extra", joined), ("weekly", joined)]
    assert [(each.list, each.since) for each in cleo.subscriptions] == [("weekly", MONDAY)]


def test_an_import_changes_nothing_that_a_known_reader_chose(publisher: Publisher) -> None:
    brought(publisher, "email,lang,topics\nben@example.net,de,energy\n")

    again = brought(publisher, "email,lang,topics\nben@example.net,fr,storage\n")

    ben = show(publisher, "ben@example.net")
    assert counts_of(again) == {"already subscribed": 1}
    assert ben.reader is not None
    assert (ben.reader.lang, ben.topics) == ("de", ("energy",))


@pytest.mark.parametrize("head", ["", "name,email\n"])
def test_a_row_that_begins_like_a_remark_counts_if_it_has_an_address(publisher: Publisher, head: str) -> None:
    own = "#1," if head else ""
    text = (
        f"# of the fair, see bo@example.net or so\n{head}# more\n{own}#1@example.net\n{own}cleo@example.net\n"
    )

    found = brought(publisher, text)

    assert (counts_of(found), found.refused, found.rows) == ({"added": 2}, 0, 2)
    assert {each.address for each in everybody(publisher)} == {READER, "#1@example.net", "cleo@example.net"}


def test_whoever_left_or_must_not_be_mailed_is_not_brought_back(publisher: Publisher) -> None:
    unsubscribe(publisher, token_of(publisher, READER))
    suppress(publisher, "ben@example.net")

    found = brought(publisher, f"{READER}\nben@example.net\n")

    assert counts_of(found) == {"has unsubscribed": 1, "must not be mailed": 1}
    assert [each.state for each in everybody(publisher)] == [SubscriptionState.UNSUBSCRIBED]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("ben@example.net,,daily,,", "there is no list 'daily' (the lists are: weekly, extra)"),
        ("ben@example.net,,,<i>,", "'<i>' is no language (write a tag such as en or pt-BR)"),
        ("ben@example.net,,,Deutsch,", "'Deutsch' is no language (write a tag such as en or pt-BR)"),
        ("ben@example.net,,,xx-yy-zz,", "'xx-yy-zz' is no language (write a tag such as en or pt-BR)"),
        ("ben@example.net,,,,2031-01-01", "'2031-01-01' is still to come (write when the reader joined)"),
        ("ben,,,,", "'ben' has no @"),
        ("ben@example.net,,,,31.12.2020", "'31.12.2020' is no date (write 2026-10-31 or 2026-10-31 08:00)"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_whole(publisher: Publisher, row: str, why: str) -> None:
    found = brought(publisher, f"email,state,list,lang,joined\n{row}\ncleo@example.net,active,,,\n")

    assert [str(each) for each in found.examples] == [f"readers.csv:2: {why}"]
    assert (found.refused, found.rows, counts_of(found)) == (1, 2, {"added": 1})
    assert {each.address for each in everybody(publisher)} == {READER, "cleo@example.net"}


def test_refused_rows_are_written_to_a_file_that_no_spreadsheet_misreads(
    publisher: Publisher, tmp_path: Path
) -> None:
    errors = tmp_path / "readers.csv.errors.csv"
    wishes = replace(FAIR, errors=errors)

    brought(publisher, "email\n=A1\nben@example.net\n", wishes)
    rows = list(csv.reader(io.StringIO(errors.read_text())))
    mode = errors.stat().st_mode & 0o777
    fine = brought(publisher, "email\ncleo@example.net\n", wishes)

    assert rows == [
        ["email", "line", "why"],
        ["'=A1", "2", "'=A1' has no @"],
    ]
    assert mode == 0o600
    assert fine.errors is None
    assert not errors.exists()


def test_refused_rows_are_mended_where_they_stand_and_imported_again(
    publisher: Publisher, tmp_path: Path
) -> None:
    errors = tmp_path / "readers.csv.errors.csv"
    text = (
        "email;=name;state;lang\n'+ben@example.net;Ben, B.;active;Deutsch\n"
        'cleo@example.net;=1+1\ndan@example.net;"D" D;;;x\ngone@example.net;;unsubscribed\nx;y;;;z\n'
    )
    brought(publisher, text, replace(FAIR, errors=errors))
    rows = list(csv.reader(io.StringIO(errors.read_text())))

    mended = errors.read_text().replace("Deutsch", "de")
    found = brought(publisher, mended, replace(FAIR, errors=tmp_path / "again.csv"))

    assert rows[0] == ["email", "'=name", "state", "lang", "line", "why"]
    assert rows[1][:5] == ["'+ben@example.net", "Ben, B.", "active", "Deutsch", "2"]
    assert rows[2][:5] == ["dan@example.net", "D D", "", "", "4"]
    assert rows[2][6:] == ["x"]
    assert rows[3] == ["x", "y", "", "", "6", "'x' has no @", "z"]
    assert counts_of(found) == {"added": 2}
    assert found.columns.unused() == ("'=name",)
    assert {each.address for each in everybody(publisher) if each.state is SubscriptionState.ACTIVE} == {
        READER,
        "+ben@example.net",
        "cleo@example.net",
        "dan@example.net",
    }
    again = list(csv.reader(io.StringIO((tmp_path / "again.csv").read_text())))
    assert again == [rows[0], ["x", "y", "", "", "4", "'x' has no @"]]


def test_whoever_has_left_by_what_the_file_says_is_kept_as_that_and_is_no_error(publisher: Publisher) -> None:
    text = (
        "email,state\nben@example.net,Unsubscribed\ncleo@example.net,cleaned\ndan@example.net,complained\n"
        f"eve@example.net,on hold\nnobody,unsubscribed\n{READER},unsubscribed\n"
    )
    dry = brought(publisher, text, replace(FAIR, dry_run=True))
    found = brought(publisher, text)
    later = brought(publisher, "ben@example.net\ncleo@example.net\neve@example.net\n")

    assert (found.inactive, found.refused, found.new_readers, counts_of(found)) == (6, 0, 0, {})
    assert (dry.inactive, dry.counts) == (found.inactive, found.counts)
    assert counts_of(later) == {"added": 1, "has unsubscribed": 1, "must not be mailed": 1}
    assert add(publisher, "ben@example.net") == {"weekly": Added.LEFT}
    reasons = [show(publisher, f"{name}@example.net").suppression for name in ("cleo", "dan")]
    assert [each and each.reason for each in reasons] == ["hard bounce", "complaint"]
    assert {each.address: each.state.value for each in everybody(publisher)} == {
        READER: "active",
        "ben@example.net": "unsubscribed",
        "eve@example.net": "active",
    }


def test_readers_here_are_not_changed_by_what_a_file_says_of_them(publisher: Publisher) -> None:
    before = everybody(publisher)

    found = brought(publisher, f"email,state\n{READER},unsubscribed\n{READER},bounced\n")

    assert found.inactive == 2
    assert everybody(publisher) == before
    assert show(publisher, READER).suppression is None


def test_new_readers_and_rows_without_an_address_are_counted(publisher: Publisher) -> None:
    text = (
        "email,list\nben@example.net,weekly;extra\n,weekly\n,\nben@example.net,extra\n" + f"{READER},extra\n"
    )

    found = brought(publisher, text)

    assert (counts_of(found), found.new_readers) == ({"added": 3, "already subscribed": 1}, 1)
    assert (found.nameless, found.rows) == (1, 3)


def test_columns_that_are_left_in_the_file_are_named(publisher: Publisher) -> None:
    text = "E-Mail,First name,Opt-in date\nben@example.net,Ben,2026-01-02\n"

    columns = brought(publisher, text, replace(FAIR, dry_run=True)).columns

    assert columns.used() == {Field.EMAIL: "E-Mail"}
    assert columns.unused() == ("First name", "Opt-in date")
    assert columns.likely() == {Field.JOINED: "Opt-in date"}


def test_a_dry_run_changes_nothing_but_writes_what_would_be_refused(
    publisher: Publisher, tmp_path: Path
) -> None:
    before, errors = everything(publisher), tmp_path / "errors.csv"
    wishes = replace(FAIR, dry_run=True, errors=errors)

    found = brought(publisher, f"ben@example.net\n{READER}\nnobody\n", wishes)

    assert (counts_of(found), found.refused) == ({"added": 1, "already subscribed": 1}, 1)
    assert everything(publisher) == before
    assert errors.read_text().splitlines() == ["email,line,why", "nobody,3,'nobody' has no @"]


ADDRESSES = (READER, "gone@example.net", "ADA@example.NET", "b@example.net", "c@example.net", "x", "d@e.net")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(ADDRESSES),
            st.sampled_from(["", "extra", "weekly;extra"]),
            st.sampled_from(["", "", "unsubscribed", "bounced", "on hold"]),
        )
    )
)
def test_a_dry_run_says_what_the_import_will_say(publisher: Publisher, rows: list[tuple[str, ...]]) -> None:
    suppress(publisher, "gone@example.net")
    text = "email,list,state\n" + "".join(f"{','.join(row)}\n" for row in rows)

    dry = brought(publisher, text, replace(FAIR, dry_run=True))
    wet = brought(publisher, text, replace(FAIR, again=True))

    assert replace(dry, examples=()) == replace(wet, examples=())
    assert sum(wet.counts.values()) <= 2 * wet.rows


def test_a_finished_file_is_not_read_again_unless_that_is_wanted(publisher: Publisher) -> None:
    first = brought(publisher, "ben@example.net\n")

    second = brought(publisher, "ben@example.net\n")
    third = brought(publisher, "ben@example.net\n", replace(FAIR, again=True))
    other = brought(publisher, "ben@example.net\n", replace(FAIR, lists=("extra",)))

    assert (first.earlier, second.earlier, third.earlier) == (None, MONDAY, None)
    assert counts_of(first) == counts_of(second) == counts_of(other) == {"added": 1}
    assert counts_of(third) == {"already subscribed": 1}


class CrashError(Exception):
    """What a test raises in the middle of an import."""


def crash_after(portions: int) -> Iterator[None]:
    yield from [None] * portions
    raise CrashError


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.sampled_from([*(f"r{number}@example.net" for number in range(30)), "nobody"]), min_size=1
    ),
    crashes=st.lists(st.integers(0, 3), max_size=3),
)
def test_an_import_that_is_broken_off_again_and_again_ends_as_if_it_had_not_been(
    newsroom: Newsroom, publisher: Publisher, rows: list[str], crashes: list[int]
) -> None:
    empty(publisher)
    errors = newsroom.root / "errors.csv"
    wishes = replace(FAIR, errors=errors)
    for portions in crashes:
        steps = crash_after(portions)
        with ignoring(CrashError):
            brought(publisher, "\n".join(rows), replace(wishes, progress=lambda *_, to=steps: next(to)))

    found = brought(publisher, "\n".join(rows), wishes)

    readers = [each.address for each in everybody(publisher)]
    assert Counter(readers) == Counter(set(rows) - {"nobody"})
    assert found.rows == len(rows)
    assert sum(found.counts.values()) + found.refused == len(rows)
    assert found.counts[Added.ADDED] == len(readers)
    written = list(csv.reader(errors.read_text().splitlines())) if errors.exists() else []
    assert [row[1] for row in written[1:]] == [
        str(line) for line, row in enumerate(rows, 1) if row == "nobody"
    ]


def empty(publisher: Publisher) -> None:
    with publisher.database.begin() as db:
        db.execute(schema.subscribers.delete())
        db.execute(schema_readers.imports.delete())


def test_it_says_where_it_went_on(publisher: Publisher) -> None:
    steps = crash_after(1)
    with pytest.raises(CrashError):
        brought(publisher, "a@e.net\n" * 20, replace(FAIR, progress=lambda *_: next(steps)))

    assert brought(publisher, "a@e.net\n" * 20).went_on_at == 8


def test_two_imports_of_one_file_do_not_run_beside_each_other(publisher: Publisher) -> None:
    def another(_done: int, _total: int, rows: int) -> None:
        if rows == 4:
            brought(publisher, "a@e.net\n" * 20)

    with pytest.raises(TransitionError, match=r"another process imports 'readers\.csv' at this moment"):
        brought(publisher, "a@e.net\n" * 20, replace(FAIR, progress=another))


def test_progress_is_told_to_the_end(publisher: Publisher) -> None:
    told: list[tuple[int, int, int]] = []

    brought(publisher, "a@e.net\n" * 6, replace(FAIR, progress=lambda *each: told.append(each)))

    assert told == [(32, 48, 4), (48, 48, 6)]


def test_an_import_is_in_the_audit_without_an_address(publisher: Publisher) -> None:
    brought(publisher, "ben@example.net\nnobody\n")

    with publisher.database.read() as db:
        row = audit.listed(db, subject="subscribers")[0]
    assert (row.actor, row.verb) == ("ann", "import")
    assert row.detail["counts"] == {"added": 1, "new readers": 1, "refused": 1} | dict.fromkeys(
        ("already subscribed", "has unsubscribed", "must not be mailed", "not active", "without an address"),
        0,
    )
    assert "@" not in str(row.detail)


def test_a_wanted_list_that_is_not_there_is_told(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match=r"no list 'dayly' \(the lists are: weekly, extra\)"):
        brought(publisher, READER, replace(FAIR, lists=("dayly",)))


def test_readers_come_in_on_postgresql_too(newsroom: Newsroom, postgresql_url: str) -> None:
    newsroom.sets(f'[database]\nurl = "{postgresql_url}"\n')
    rows = [f"r{number}@example.net,{'de' if number % 2 else ''},energy" for number in range(10)]
    with newsroom.opened() as publisher:
        add(publisher, "r3@example.net")

        gone = ["left@example.net,,,unsubscribed", "bounced@example.net,,,bounced"]
        found = brought(publisher, "\n".join(["email,lang,topics,state", *rows, *gone, rows[0]]))

        assert (counts_of(found), found.inactive) == ({"added": 9, "already subscribed": 2}, 2)
        assert add(publisher, "left@example.net") == {"weekly": Added.LEFT}
        assert add(publisher, "bounced@example.net") == {"weekly": Added.SUPPRESSED}
        with publisher.database.read() as db:
            found_rows = db.execute(
                select(schema.subscribers.c.lang, func.count()).group_by(schema.subscribers.c.lang)
            )
            languages: dict[str | None, int] = {row[0]: row[1] for row in found_rows}
            assert languages == {None: 7, "de": 4}
            assert db.scalar(select(func.count()).select_from(schema_readers.topics)) == 9


def test_the_answers_of_mapped_and_plain_files_are_the_same(publisher: Publisher) -> None:
    plain = brought(publisher, "ben@example.net\n")
    mapped: Mapping[Field, str] = {Field.EMAIL: "wer"}

    again = brought(publisher, "wer\nben@example.net\n", replace(FAIR, columns=mapped))

    assert counts_of(plain) == {"added": 1}
    assert counts_of(again) == {"already subscribed": 1}


@pytest.mark.parametrize(
    "address", ["eve@Example.NET", "EVE@example.net", "Eve+x@xn--mller-kva.de", "zoë@Müller.de"]
)
def test_an_address_is_kept_as_if_it_had_been_added_by_hand(publisher: Publisher, address: str) -> None:
    by_hand = brought(publisher, f"{address}\n")
    add(publisher, f"x{address}")

    shown = show(publisher, address).reader
    other = show(publisher, f"x{address}").reader
    assert by_hand.refused == 0
    assert shown is not None
    assert other is not None
    assert other.address == f"x{shown.address}"
    assert add(publisher, address) == {"weekly": Added.ALREADY}


@pytest.mark.parametrize("secret", [b"k" * 32, b"k" * 99, b""])
def test_a_hasher_for_many_addresses_makes_the_hash_of_each(secret: bytes) -> None:
    hashed = address_hasher(secret)

    assert [hashed(key) for key in ("ada@example.net", "zoë@example.net")] == [
        address_hash(secret, key) for key in ("ada@example.net", "zoë@example.net")
    ]
