"""Frozen prints, and the cards that shared artefacts are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from publisher.errors import TransitionError
from publisher.model import fillins
from publisher.model.edition import Correction, Direction, Edition
from publisher.model.rendered import IssueCard, Part
from publisher.model.states import IssueState
from publisher.store import editions, issues, schema
from publisher.store.database import Database
from tests.databases import NOW
from tests.editions import picture, rich_edition
from tests.ledgers import NONCE, add_issue, parts_of

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def test_a_print_comes_back_as_it_was_stored(database: Database) -> None:
    edition = rich_edition()
    with database.begin() as db:
        number = _add(db, edition, parts=parts_of("notebooks"))

        record = editions.find(db, number)

        assert record is not None
        assert (record.id, record.issue, record.entry_id) == (number, "notebooks", edition.id)
        assert (record.content_hash, record.nonce, record.printed_at) == (edition.content_hash, NONCE, NOW)
        assert (record.title, record.subject, record.summary) == (
            edition.title,
            edition.subject,
            edition.preheader,
        )
        assert (record.lists, record.tags, record.dir) == (edition.lists, edition.tags, "ltr")
        assert record.masthead.timezone == "Europe/Madrid"
        assert [story["slug"] for story in record.stories] == ["laboratory", "meta-element", "shams"]
        assert record.stories[2]["title"] == edition.stories[2].title
        assert (record.published_at, record.fillins) == (None, {})
        assert editions.find(db, number + 1) is None


def test_a_print_is_known_by_the_slug_of_its_issue_whatever_its_page_is_called(database: Database) -> None:
    with database.begin() as db:
        record = editions.find(db, _add(db, issue="forty-years"))

        assert record is not None
        assert (record.issue, record.url) == ("forty-years", rich_edition().url)


def test_parts_come_back_byte_for_byte(database: Database) -> None:
    parts = parts_of("notebooks")
    with database.begin() as db:
        number = _add(db, parts=parts)

        every = editions.parts(db, number)
        some = editions.parts(db, number, outputs=("email", "page"))

        assert sorted(every, key=repr) == sorted(parts, key=repr)
        assert [part.output for part in some] == ["email", "page"]
        assert editions.parts(db, number, outputs=()) == []


def test_a_print_may_have_neither_parts_nor_pictures(database: Database) -> None:
    with database.begin() as db:
        number = _add(db, replace(rich_edition(), pictures=()))

        assert editions.parts(db, number) == []


def test_a_picture_is_kept_once_and_is_public_with_the_first_print_that_is(database: Database) -> None:
    name = picture().name
    with database.begin() as db:
        first = _add(db)
        _add(db)
        assert db.execute(select(func.count()).select_from(schema.pictures)).scalar_one() == 1
        assert editions.picture(db, name) is None
        assert editions.public_pictures(db) == {}
        assert editions.picture(db, name, public_only=False) == ("image/png", picture().body)

        _publish(db, first, NOW)

        assert editions.picture(db, name) == ("image/png", picture().body)
        assert editions.public_pictures(db) == {f"/media/{name}": name}
        assert editions.picture(db, "other.png", public_only=False) is None


def test_a_print_becomes_public_once(database: Database) -> None:
    with database.begin() as db:
        number = add_issue(db, "energy")
        _publish(db, number, NOW, issue_number=41)

        with pytest.raises(TransitionError, match="public already"):
            _publish(db, number, NOW + DAY)

        record = editions.find(db, number)
        assert record is not None
        assert (record.published_at, record.updated_at, record.number) == (NOW, NOW, 41)
        assert record.fillins["date"] == "6 October 2026"


def test_the_card_of_a_print_is_the_same_before_and_after_it_is_published(database: Database) -> None:
    with database.begin() as db:
        number = add_issue(db, "energy")
        record = editions.find(db, number)
        assert record is not None
        before = editions.card(replace(record, number=41, fillins=_values(NOW, 41)))
        _publish(db, number, NOW, issue_number=41)
        _move(db, "energy", IssueState.PUBLISHED)

        assert editions.recent(db, issues=1) == (before,)


def test_a_card_tells_an_issue_and_its_stories(database: Database) -> None:
    with database.begin() as db:
        _public(db, "energy", NOW, number=41)

        (card,) = editions.recent(db, issues=1)

        assert (card.slug, card.number, card.lang, card.dir) == ("energy", 41, "ja", Direction.LTR)
        assert (card.published, card.updated, card.lists) == (NOW, NOW, ("weekly",))
        (story,) = card.stories
        assert (story.slug, story.title, story.tags) == ("denchi", "蓄電池、夕方の主役へ", ("電力",))
        assert story.published == story.updated == NOW - timedelta(seconds=1)


def test_corrections_are_told_by_the_print_that_has_them(database: Database) -> None:
    told = Correction(at=NOW, note="One number was wrong.", stories=("tag:one",))
    with database.begin() as db:
        number = add_issue(db, "energy")
        _publish(db, number, NOW, corrections=(told,))

        record = editions.find(db, number)

        assert record is not None
        assert record.corrections == (told,)


def test_only_what_is_public_now_has_a_card(database: Database) -> None:
    with database.begin() as db:
        _public(db, "published", NOW)
        _public(db, "archived", NOW - DAY, state=IssueState.ARCHIVED)
        _public(db, "withdrawn", NOW, state=IssueState.WITHDRAWN)
        add_issue(db, "ready")

        assert _slugs(editions.recent(db, issues=9)) == ["published", "archived"]
        assert _slugs(editions.of_year(db, 2026)) == ["published", "archived"]


def test_where_nothing_is_public_there_are_no_cards_and_no_years(database: Database) -> None:
    with database.read() as db:
        assert editions.recent(db, issues=9) == ()
        assert editions.of_year(db, 2026) == ()
        assert editions.years(db) == ()


def test_a_year_has_its_issues_newest_first(database: Database) -> None:
    with database.begin() as db:
        _public(db, "eve", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC))
        _public(db, "day", datetime(2026, 1, 1, tzinfo=UTC))
        _public(db, "end", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
        _public(db, "old", datetime(2019, 5, 1, tzinfo=UTC))

        cards = editions.of_year(db, 2026)

        assert _slugs(cards) == ["end", "day"]
        assert editions.years(db) == (2026, 2025, 2019)


def test_issues_of_the_same_moment_keep_one_order(database: Database) -> None:
    with database.begin() as db:
        for slug in ("b", "c", "a"):
            _public(db, slug, NOW)

        assert _slugs(editions.recent(db, issues=9)) == ["c", "b", "a"]
        assert _slugs(editions.of_year(db, 2026)) == ["c", "b", "a"]


def test_prints_that_nobody_needs_are_discarded_with_their_pictures(database: Database) -> None:
    with database.begin() as db:
        kept = add_issue(db, "energy")
        unused = _add(db, parts=parts_of("x"))
        public = _add(db, replace(rich_edition(), pictures=()), parts=parts_of("x"))
        _publish(db, public, NOW)

        assert editions.discard_unused(db, before=NOW) == 0
        assert editions.discard_unused(db, before=NOW + SECOND) == 1

        assert editions.find(db, unused) is None
        assert editions.parts(db, unused) == []
        assert editions.find(db, kept) is not None
        assert editions.find(db, public) is not None
        assert editions.picture(db, picture().name, public_only=False) is None
        assert editions.discard_unused(db, before=NOW + SECOND) == 0


def test_a_number_of_a_discarded_print_is_never_given_again(database: Database) -> None:
    with database.begin() as db:
        unused = _add(db)
        editions.discard_unused(db, before=NOW + SECOND)

        assert _add(db) > unused


def _add(
    db: Connection, edition: Edition | None = None, *, parts: Sequence[Part] = (), issue: str = "notebooks"
) -> int:
    return editions.add(db, edition or rich_edition(), issue=issue, nonce=NONCE, parts=parts, printed_at=NOW)


def _public(
    db: Connection,
    slug: str,
    published_at: datetime,
    *,
    number: int | None = None,
    state: IssueState = IssueState.PUBLISHED,
) -> None:
    edition = add_issue(db, slug)
    _publish(db, edition, published_at, issue_number=number)
    _move(db, slug, state)


def _publish(
    db: Connection,
    edition: int,
    published_at: datetime,
    *,
    issue_number: int | None = None,
    corrections: tuple[Correction, ...] = (),
) -> None:
    editions.publish(
        db,
        edition,
        published_at=published_at,
        updated_at=published_at,
        number=issue_number,
        fillins=_values(published_at, issue_number),
        corrections=corrections,
    )


def _values(published_at: datetime, number: int | None) -> dict[str, str]:
    moments = fillins.first_moments(published_at, 1)
    return fillins.values(moments=moments, number=number, date_text="6 October 2026")


def _move(db: Connection, slug: str, state: IssueState) -> None:
    assert issues.change(db, slug, expected=IssueState.READY, state=state)


def _slugs(cards: tuple[IssueCard, ...]) -> list[str]:
    return [card.slug for card in cards]
