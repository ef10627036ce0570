"""Finding pages by their words: the same on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, text

from publisher.errors import TooSlowError
from publisher.model.characters import clean_line
from publisher.model.edition import Direction
from publisher.model.rendered import Part
from publisher.model.search import MOST_FOUND, Searchable, Words, read_query
from publisher.model.states import IssueState
from publisher.store import editions, schema, search
from publisher.store.database import Database, open_database
from tests.databases import NOW, FixedClock
from tests.ledgers import add_issue

HOUR = timedelta(hours=1)

PAGES = {
    "title": Words(title="Batteries at dusk", lead="What the grid stores.", body="Copper and patience."),
    "lead": Words(title="A quiet shift", lead="Batteries carried the evening.", body="Sun and dusk."),
    "body": Words(
        title="Dusk over Madrid", lead="Warm again.", body="Nobody had ordered batteries. NEAR the sea."
    ),
    "french": Words(title="L’été à l’école", lead="Des élèves.", body="Un crème brûlée, s’il vous plaît."),
    "japanese": Words(
        title="蓄電池、夕方の主役へ", lead="静かな交代だった。", body="電池の価格は一年で三分の一下がった。"
    ),
    "arabic": Words(title="الشمس فوق السطوح", lead="صارت الألواح أرخص.", body="أوّل لوح عام ١٩٨٦."),
    "russian": Words(title="Ёлка", lead="Зимой.", body="Снег и йод."),
    "thai": Words(title="แบตเตอรี่", lead="ราคาถูก", body="พลังงานแสงอาทิตย์"),
    "korean": Words(title="배터리가 온다", lead="전력", body="태양광"),
}


def page(key: str, words: Words, *, edition: int, hours: int = 0) -> Searchable:
    return Searchable(
        edition=edition,
        key=key,
        url=f"https://news.example.net/stories/{key}/",
        title=words.title,
        summary=words.lead,
        lang="en",
        dir=Direction.LTR,
        published=NOW - hours * HOUR,
        tags=("energy",),
        words=words,
    )


def fill(db: Connection) -> int:
    """Put all pages into the index, the first one published last; return their edition."""
    edition = add_issue(db, "energy")
    search.put(
        db,
        [page(key, words, edition=edition, hours=hours) for hours, (key, words) in enumerate(PAGES.items())],
        instead_of="energy",
    )
    return edition


def found(db: Connection, asked: str) -> list[str]:
    pages = search.read(db, search.find(db, read_query(asked)))
    return [each.url.split("/")[-2] for each in pages]


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ("batteries", ["title", "lead", "body"]),
        ("BATTER", ["title", "lead", "body"]),
        ("batteries dusk", ["title", "body", "lead"]),
        ("dusk", ["title", "body", "lead"]),
        ("grid batteries", ["title"]),
        ('"carried the evening"', ["lead"]),
        ('"the evening carried"', []),
        ('"dusk what"', []),
        ("batteries -copper", ["lead", "body"]),
        ('batteries -"copper and"', ["lead", "body"]),
        ("batteries -batteries", []),
        ("-batteries", []),
        ("ba", []),
        ("l'ete ecole", ["french"]),
        ("brulee", ["french"]),
        ("電池", ["japanese"]),
        ("池", ["japanese"]),
        ("価格は一年", ["japanese"]),
        ("池電", []),
        ("夕方 価格 -電力", ["japanese"]),
        ("الألواح", ["arabic"]),
        ("اول 1986", ["arabic"]),
        ("елка иод", ["russian"]),
        ("เตอรี่", ["thai"]),
        ("배터리", ["korean"]),
        ("터리가", ["korean"]),
        ("near", ["body"]),
        ("NEAR(the", ["body"]),
        ("title: batteries", []),
        ("batteries*", ["title", "lead", "body"]),
        ("^dusk", ["title", "body", "lead"]),
        ("zzz", []),
    ],
)
def test_what_is_asked_is_found_the_best_first(database: Database, asked: str, keys: list[str]) -> None:
    with database.begin() as db:
        fill(db)

        assert found(db, asked) == keys


def test_the_newest_comes_first_among_equals_also_within_a_second(database: Database) -> None:
    words = Words(title="Batteries")
    with database.begin() as db:
        edition = add_issue(db, "energy")
        pages = [page(f"s{number}", words, edition=edition, hours=number) for number in (3, 1, 2)]
        same = [page(name, words, edition=edition, hours=2) for name in ("a", "b")]
        search.put(db, [*pages, *same], instead_of="energy")

        assert found(db, "batteries") == ["s1", "b", "a", "s2", "s3"]


hostile = st.one_of(
    st.text(max_size=250),
    st.lists(
        st.sampled_from(
            [
                "\0",
                '"',
                "'",
                "NEAR(",
                "*",
                "^",
                ":",
                "-",
                "(",
                ")",
                " AND ",
                " NOT ",
                "a",
                "日",
                "\\",
                "&",
                "!",
                "<->",
            ]
        )
    ).map("".join),
    st.lists(st.sampled_from(["battery", "日本", "-", '"', " ", "ab"]), max_size=60).map("".join),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hostile)
def test_nothing_that_is_asked_is_an_error(database: Database, text: str) -> None:
    with database.read() as db:
        assert search.find(db, read_query(text)) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.text(max_size=60).map(clean_line), min_size=3, max_size=3))
def test_every_text_can_be_put_into_the_index_and_its_words_find_it(
    database: Database, texts: list[str]
) -> None:
    title, lead, body = texts
    words = Words(title=title, lead=lead, body=body)
    with database.begin() as db:
        edition = db.scalar(select(func.max(schema.editions.c.id))) or add_issue(db, "energy")
        search.put(db, [page("x", words, edition=edition)], instead_of="energy")

        for text in texts:
            query = read_query(text)
            expected = ["x"] if query and not query.without else None
            assert expected is None or found(db, text) == expected


def test_a_page_says_what_it_is_and_the_words_that_were_printed(database: Database) -> None:
    words = PAGES["title"]
    with database.begin() as db:
        edition = fill(db)
        db.execute(
            schema.parts.insert().values(
                edition=edition,
                output="plain",
                key="title",
                media_type="text/plain",
                body=words.written().encode(),
            )
        )

        first, second = search.read(db, search.find(db, read_query("batteries"))[:2])

    assert (first.title, first.lang, first.dir, first.tags) == (
        "Batteries at dusk",
        "en",
        Direction.LTR,
        ("energy",),
    )
    assert first.published == NOW
    assert first.text == "What the grid stores. Copper and patience."
    assert second.text == "Batteries carried the evening."


def test_an_issue_is_found_by_its_last_words_alone_and_by_none_when_it_is_gone(database: Database) -> None:
    with database.begin() as db:
        edition = fill(db)
        other = add_issue(db, "other")
        search.put(db, [page("kept", Words(title="Copper"), edition=other)], instead_of="other")

        search.put(db, [page("title", Words(title="Pumps"), edition=edition)], instead_of="energy")
        corrected = found(db, "pumps"), found(db, "batteries"), found(db, "copper")
        search.put(db, [], instead_of="energy")

        assert corrected == (["title"], [], ["kept"])
        assert (found(db, "pumps"), found(db, "copper")) == ([], ["kept"])


def test_words_go_with_the_print_that_they_are_of(database: Database) -> None:
    with database.begin() as db:
        fill(db)
        db.execute(schema.issues.update().values(edition=None, state="draft"))
        db.execute(schema.editions.delete())

        assert search.find(db, read_query("batteries")) == []
        if database.is_sqlite:
            assert db.exec_driver_sql("SELECT count(*) FROM search_words").scalar() == 0


def test_more_than_can_be_shown_are_not_looked_for(database: Database) -> None:
    with database.begin() as db:
        edition = add_issue(db, "energy")
        words = Words(title="Sun")
        some = [page(f"s{number}", words, edition=edition, hours=number) for number in range(MOST_FOUND + 20)]
        best = page("best", Words(title="Sun and dusk", body="moon"), edition=edition, hours=9999)
        search.put(db, [*some, best], instead_of="energy")

        numbers = search.find(db, read_query("sun"))

        assert len(numbers) == MOST_FOUND + 1
        assert [each.url.split("/")[-2] for each in search.read(db, numbers[:2])] == ["s0", "s1"]
        assert found(db, "sun dusk") == ["best"]


def test_a_page_of_far_too_many_words_is_public_and_found_by_the_first_of_them(database: Database) -> None:
    body = " ".join(f"w{number:x}{'é' * 50}" for number in range(20_000))
    with database.begin() as db:
        edition = add_issue(db, "energy")
        search.put(db, [page("long", Words(title="Long", body=body), edition=edition)], instead_of="energy")

        assert found(db, "long w1f") == ["long"]


def test_public_editions_of_which_nothing_can_be_found_are_known(database: Database) -> None:
    with database.begin() as db:
        number = add_issue(db, "energy", state=IssueState.ARCHIVED)
        add_issue(db, "draft")
        before = editions.unsearchable(db)
        db.execute(schema.editions.update().where(schema.editions.c.id == number).values(published_at=NOW))
        missing = [record.id for record in editions.unsearchable(db)]
        search.put(db, [page("x", PAGES["title"], edition=number)], instead_of="energy")

        assert (before, missing, editions.unsearchable(db)) == ([], [number], [])


def test_those_of_which_nothing_can_be_found_are_looked_for_among_some(database: Database) -> None:
    with database.begin() as db:
        numbers = [add_issue(db, slug, state=IssueState.ARCHIVED) for slug in ("energy", "water", "air")]
        db.execute(schema.editions.update().values(published_at=NOW))
        search.put(db, [page("x", PAGES["title"], edition=numbers[0])], instead_of="energy")

        assert [record.id for record in editions.unsearchable(db, among=numbers[:2])] == [numbers[1]]


def test_a_search_that_takes_too_long_is_given_up(postgresql_url: str, clock: FixedClock) -> None:
    with open_database(postgresql_url, clock=clock) as database, database.begin() as other:
        other.execute(text("LOCK TABLE search IN ACCESS EXCLUSIVE MODE"))

        with pytest.raises(TooSlowError, match="use more words"), database.read() as db:
            search.find(db, read_query("batteries"), patience=timedelta(milliseconds=20))
        with database.read() as db:
            assert db.scalar(text("SHOW statement_timeout")) == "0"


def test_two_parts_of_one_edition_are_two_pages(database: Database) -> None:
    with database.begin() as db:
        edition = add_issue(db, "energy")
        story = page("story", PAGES["lead"], edition=edition, hours=1)
        search.put(
            db,
            [replace(story, key="", url="https://news.example.net/issues/energy/"), story],
            instead_of="energy",
        )
        part = Part(output="plain", key="", media_type="text/plain", body=b"A\n\n\nOf the issue.\n\n\n\n")
        db.execute(
            schema.parts.insert().values(
                edition=edition, output=part.output, key=part.key, media_type=part.media_type, body=part.body
            )
        )

        pages = search.read(db, search.find(db, read_query("evening")))

    assert sorted(each.text for each in pages) == ["Batteries carried the evening.", "Of the issue."]
