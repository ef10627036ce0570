"""Exports: complete, harmless in a spreadsheet, and something that can be imported again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from publisher.actions.bring_readers import Wishes, bring
from publisher.actions.subscribe import add, everybody, unsubscribe
from publisher.actions.take_out import COLUMNS, Form, Whom, export, written
from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError
from publisher.model.subscriber import SubscriptionState
from publisher.store import readers, schema
from tests.newsrooms import READER, token_of

EVERYBODY = Whom()


def exported(publisher: Publisher, whom: Whom = EVERYBODY, form: Form = Form.CSV) -> str:
    file = io.StringIO()
    export(publisher, file, whom=whom, form=form)
    return file.getvalue()


def brought(publisher: Publisher, text: str) -> None:
    bring(publisher, io.BytesIO(text.encode()), name="x", wishes=Wishes(source="the old house"))


def test_every_subscription_is_a_row(publisher: Publisher) -> None:
    brought(publisher, "email,lang,topics,list\nben@example.net,de,heat;energy,extra;weekly\n")

    rows = list(csv.DictReader(io.StringIO(exported(publisher))))

    assert tuple(rows[0]) == COLUMNS
    assert [(row["email"], row["list"]) for row in rows] == [
        (READER, "weekly"),
        ("ben@example.net", "extra"),
        ("ben@example.net", "weekly"),
    ]
    assert rows[1] == {
        "email": "ben@example.net",
        "list": "extra",
        "state": "active",
        "since": "2026-10-05T10:00:00+02:00",
        "consent": "the old house",
        "lang": "de",
        "topics": "energy;heat",
        "bounced": "",
        "complained": "",
    }


def test_lines_of_json_say_the_same(publisher: Publisher) -> None:
    brought(publisher, "email,topics\nzoë@example.net,heat;energy\n")

    lines = [json.loads(line) for line in exported(publisher, form=Form.JSON_LINES).splitlines()]

    assert [line["email"] for line in lines] == [READER, "zoë@example.net"]
    assert tuple(lines[1]) == COLUMNS
    assert (lines[1]["topics"], lines[1]["bounced"]) == (["energy", "heat"], None)


def test_lists_and_states_can_be_chosen(publisher: Publisher) -> None:
    add(publisher, "ben@example.net", lists=["extra", "weekly"])
    unsubscribe(publisher, token_of(publisher, READER))

    active = exported(publisher, Whom(states=(SubscriptionState.ACTIVE,), lists=("weekly",)))
    left = exported(publisher, Whom(states=(SubscriptionState.UNSUBSCRIBED, SubscriptionState.PAUSED)))

    assert [row[:2] for row in csv.reader(io.StringIO(active))][1:] == [["ben@example.net", "weekly"]]
    assert [row[:2] for row in csv.reader(io.StringIO(left))][1:] == [[READER, "weekly"]]


def test_a_filter_chooses_active_readers(publisher: Publisher) -> None:
    brought(publisher, "email,lang,list\nben@example.net,de,extra;weekly\ncy@example.org,de,weekly\n")
    brought(publisher, "email,lang,list\ndi@example.net,de,weekly\n")
    unsubscribe(publisher, token_of(publisher, "di@example.net"))

    chosen = exported(publisher, Whom(segment="lang:de AND domain:example.net"))
    of_a_list = exported(publisher, Whom(segment="lang:de", lists=("weekly",)))

    assert [row[:2] for row in csv.reader(io.StringIO(chosen))][1:] == [
        ["ben@example.net", "extra"],
        ["ben@example.net", "weekly"],
    ]
    assert [row[:2] for row in csv.reader(io.StringIO(of_a_list))][1:] == [
        ["ben@example.net", "weekly"],
        ["cy@example.org", "weekly"],
    ]


def test_all_pages_of_a_filter_are_exported(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    page = readers.page
    monkeypatch.setattr(readers, "page", lambda db, **which: page(db, limit=2, **which))
    brought(publisher, "email,lang\n" + "".join(f"r{number}@example.net,de\n" for number in range(7)))

    chosen = exported(publisher, Whom(segment="lang:de"))

    assert len(list(csv.reader(io.StringIO(chosen)))) == 1 + 7


@pytest.mark.parametrize(
    ("whom", "why"),
    [
        (Whom(segment="lang:de AND"), "filter"),
        (Whom(segment=""), "filter"),
        (Whom(segment="list:dayly"), "no list 'dayly'"),
        (Whom(segment="lang:de", states=(SubscriptionState.PAUSED,)), "active subscriptions only"),
    ],
    ids=["broken", "empty", "of a list that is not there", "with a state"],
)
def test_a_filter_that_cannot_be_used_is_told(publisher: Publisher, whom: Whom, why: str) -> None:
    file = io.StringIO()

    with pytest.raises(PublisherError, match=why):
        export(publisher, file, whom=whom, form=Form.CSV)

    assert file.getvalue() == ""


def test_a_list_that_is_not_there_is_told(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match=r"no list 'dayly' \(the lists are: weekly, extra\)"):
        exported(publisher, Whom(lists=("dayly",)))


def test_all_pages_are_exported(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    brought(publisher, "".join(f"r{number}@example.net\n" for number in range(7)))
    page = readers.page
    monkeypatch.setattr(readers, "page", lambda db, **which: page(db, limit=3, **which))

    assert exported(publisher).count("\n") == 9


def test_an_export_comes_back_as_it_was_formulas_and_all(publisher: Publisher) -> None:
    hostile = ["=1@example.net", "+1@example.net", "-1@example.net", "'=1@example.net", "o'x@example.net"]
    rows = "".join(f"'{each},de,heat,2020-01-01\n" for each in hostile)
    brought(publisher, f"email,lang,topics,since\n{rows}")
    text = exported(publisher)
    with publisher.database.begin() as db:
        db.execute(schema.subscribers.delete())

    brought(publisher, text)

    assert not [row for row in csv.reader(io.StringIO(text)) for cell in row if cell[:1] in tuple("=+-@")]
    text = text.replace("added by hand", "the old house")
    assert sorted(exported(publisher).splitlines()) == sorted(text.splitlines())


def test_whoever_has_left_elsewhere_does_not_come_back_with_an_export(publisher: Publisher) -> None:
    add(publisher, "ben@example.net")
    unsubscribe(publisher, token_of(publisher, "ben@example.net"))
    text = exported(publisher)
    with publisher.database.begin() as db:
        db.execute(schema.subscribers.delete())

    brought(publisher, text)

    assert {each.address: each.state.value for each in everybody(publisher)} == {
        READER: "active",
        "ben@example.net": "unsubscribed",
    }


def test_a_file_is_written_whole_or_not_at_all_and_for_nobody_elses_eyes(tmp_path: Path) -> None:
    path = tmp_path / "readers.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), written(path) as file:  # noqa: PT012 - half a file is the point
        file.write("half")
        raise RuntimeError
    kept = path.read_text()
    with written(path) as file:
        file.write("whole")

    assert (kept, path.read_text()) == ("before", "whole")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(PublisherError, match=r"'\S+/gone/x' cannot be written: No such file"),
        written(tmp_path / "gone" / "x"),
    ):
        pass
