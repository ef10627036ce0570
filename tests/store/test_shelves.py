"""Which entries stand where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from publisher.model.rendered import Part
from publisher.model.shelves import Filed
from publisher.store import editions, shelves
from publisher.store.database import Database
from tests.databases import NOW
from tests.editions import rich_edition

DAY = timedelta(days=1)


def test_what_is_put_on_a_shelf_is_found_newest_first(database: Database) -> None:
    with database.begin() as db:
        old, new = _filed(db, "old", age=3), _filed(db, "new", age=1)
        shelves.put(db, [old], instead_of="old")
        shelves.put(db, [new], instead_of="new")

        assert shelves.newest(db, "stories", most=9) == [new, old]
        assert shelves.newest(db, "stories", most=1) == [new]
        assert shelves.oldest(db, "stories") == [old, new]
        assert shelves.newest(db, "issues", most=9) == []


def test_what_an_issue_files_takes_the_place_of_what_it_had(database: Database) -> None:
    with database.begin() as db:
        first, other = _filed(db, "one", age=3), _filed(db, "two", age=2)
        again = replace(_filed(db, "one", age=3), updated=NOW, entry="changed")
        shelves.put(db, [first, replace(first, shelf="tag:a")], instead_of="one")
        shelves.put(db, [other], instead_of="two")

        shelves.put(db, [again], instead_of="one")

        assert shelves.newest(db, "stories", most=9) == [again, other]
        assert shelves.keys(db) == ("stories",)
        assert shelves.of_issues(db, ["one"]) == [again]


def test_a_correction_moves_an_entry_up_but_not_into_another_month(database: Database) -> None:
    with database.begin() as db:
        old, new = _filed(db, "old", age=40), _filed(db, "new", age=1)
        corrected = replace(old, updated=NOW)
        shelves.put(db, [corrected], instead_of="old")
        shelves.put(db, [new], instead_of="new")

        assert shelves.newest(db, "stories", most=9) == [corrected, new]
        assert shelves.months(db, "stories") == {"2026-08": 1, "2026-10": 1}
        assert shelves.of_month(db, "stories", "2026-08") == [corrected]


def test_tags_are_counted_without_other_shelves(database: Database) -> None:
    with database.begin() as db:
        one, two = _filed(db, "one", age=3), _filed(db, "two", age=2)
        shelves.put(db, [one, replace(one, shelf="tag:r&d", title="R&D")], instead_of="one")
        shelves.put(db, [replace(two, shelf="tag:r&d", title="r&d")], instead_of="two")

        assert [(each.shelf.key, each.shelf.title, each.count) for each in shelves.tags(db)] == [
            ("tag:r&d", "r&d", 2)
        ]


def test_an_entry_of_another_issue_is_known_as_such(database: Database) -> None:
    with database.begin() as db:
        filed = _filed(db, "one", age=3)
        shelves.put(db, [filed], instead_of="one")

        assert shelves.elsewhere(db, {filed.entry, "none"}, issues={"two"}) == {filed.entry: filed.key}
        assert shelves.elsewhere(db, {filed.entry}, issues={"one"}) == {}


def test_a_withdrawn_entry_is_nowhere_else_and_comes_back_with_another_issue(database: Database) -> None:
    with database.begin() as db:
        filed = replace(_filed(db, "one", age=3), leaves_at=NOW + DAY)
        back = replace(_filed(db, "two", age=2), entry=filed.entry)
        shelves.put(db, [filed], instead_of="one")

        assert shelves.elsewhere(db, {filed.entry}, issues={"two"}) == {}
        assert shelves.withdrawn(db, {filed.entry, "none"}) == [filed]
        shelves.put(db, [back], instead_of="two")
        assert shelves.withdrawn(db, {filed.entry}) == []
        assert shelves.of_issues(db, {"one", "two"}) == [back]


def test_entries_leave_their_shelves_when_their_time_is_over(database: Database) -> None:
    with database.begin() as db:
        leaving = replace(_filed(db, "one", age=3), leaves_at=NOW)
        staying = replace(_filed(db, "two", age=2), leaves_at=NOW + DAY)
        shelves.put(db, [leaving], instead_of="one")
        shelves.put(db, [staying], instead_of="two")

        assert shelves.leaving(db, NOW) == [leaving]
        shelves.take_off(db, NOW)

        assert shelves.oldest(db, "stories") == [staying]


def test_the_largest_form_of_an_entry_counts_and_its_bytes_are_found(database: Database) -> None:
    with database.begin() as db:
        filed = _filed(db, "one", age=3)

        assert shelves.sizes(db, [filed], ("atom", "rss")) == {(filed.edition, "story"): 7}
        assert shelves.bodies(db, [filed], ("atom", "rss")) == {
            (filed.edition, "story"): {"atom": b"entry", "rss": b"an item"}
        }


def _filed(db: Connection, issue: str, *, age: int) -> Filed:
    """Store a print with a story in two formats, and return how it is filed among all stories."""
    parts = [
        Part(output=output, key="story", media_type="text/xml", body=body)
        for output, body in {"atom": b"entry", "rss": b"an item", "page": b"a whole page"}.items()
    ]
    number = editions.add(db, rich_edition(), issue=issue, nonce="1", parts=parts, printed_at=NOW)
    moment = NOW - age * DAY
    return Filed(
        shelf="stories",
        entry=f"tag:{issue}",
        edition=number,
        key="story",
        title="",
        published=moment,
        updated=moment,
    )
