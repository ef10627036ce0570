"""Finding what was published, in three languages; what was corrected and withdrawn is found no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from starlette.testclient import TestClient

from publisher.actions.going_public import go_public
from publisher.actions.masthead import follow_masthead
from publisher.actions.release import Release, edition_of, prepare_again
from publisher.app import Publisher
from publisher.model.states import IssueState
from publisher.store import issues, schema, search
from publisher.web.routes import site
from tests.journeys.conftest import Person
from tests.web.newsroom import NOW

STORY = """\
---
id: 0d0f4a0e-2b0b-4d7e-8e0f-00000000000{number}
title: "{title}"
status: ready
lang: {lang}
link: https://example.net/{number}
source: Example Review
---

{lead}

## Key Takeaways

- **{lead}** {body}
- **{title}:** {body}
- **{body}** {lead}

## Deep Analysis

{body}
"""
ISSUES = {
    "pumps": (
        "en",
        "Pumps that heat a street",
        "Warm water ran under the street.",
        "A turbine hummed all night.",
    ),
    "denchi": ("ja", "蓄電池、夕方の主役へ", "静かな交代だった。", "電池の価格は一年で三分の一下がった。"),
    "shams": ("ar", "الشمس فوق سطوح المدينة", "صارت الألواح أرخص من فاتورة.", "أوّل لوح رُكّب عام ١٩٨٦."),
}


@pytest.fixture
def publisher(editor: Person) -> Iterator[Publisher]:
    """A newsroom in which three issues were archived: public at once, and mailed to nobody."""
    for number, (slug, (lang, title, lead, body)) in enumerate(ISSUES.items(), 1):
        editor.writes(
            f"issues/{slug}.md", STORY.format(number=number, lang=lang, title=title, lead=lead, body=body)
        )
    editor.types("archive", *ISSUES)
    with editor.publisher() as publisher:
        yield publisher


@pytest.fixture
def found(publisher: Publisher) -> Iterator[Callable[[str], list[str]]]:
    """Search as a reader does; return which of the three issues are found."""
    with TestClient(site(publisher, ticking=False)) as reader:

        def ask(asked: str) -> list[str]:
            page = reader.get("/search", params={"q": asked}).text
            return [slug for slug in ISSUES if f'/stories/{slug}/"' in page]

        yield ask


def test_each_language_is_found_by_its_words(found: Callable[[str], list[str]]) -> None:
    assert found("turbin") == ["pumps"]
    assert found('"under the street"') == ["pumps"]
    assert found("電池の価格") == ["denchi"]
    assert found("الالواح 1986") == ["shams"]
    assert found("review") == ["pumps", "denchi", "shams"]
    assert found("review -turbine") == ["denchi", "shams"]


def test_what_is_corrected_is_found_by_its_new_words_and_what_is_withdrawn_by_none(
    publisher: Publisher, found: Callable[[str], list[str]]
) -> None:
    again(publisher, "pumps", before="turbine", after="compressor")
    corrected = found("turbine"), found("compressor")

    withdraw(publisher, "pumps")

    assert corrected == ([], ["pumps"])
    assert found("compressor") == []
    assert found("電池") == ["denchi"]


def test_what_an_older_version_made_public_is_found_after_the_next_start(
    publisher: Publisher, found: Callable[[str], list[str]]
) -> None:
    with publisher.database.begin() as db:
        db.execute(schema.search.delete())
        db.execute(
            schema.parts.delete().where(
                schema.parts.c.output == search.OUTPUT, schema.parts.c.key == "denchi"
            )
        )
    before = found("turbine"), found("電池")

    follow_masthead(publisher)

    assert before == ([], [])
    assert found("turbine") == ["pumps"]
    assert (found("蓄電池"), found("電池の価格")) == (["denchi"], [])


def again(publisher: Publisher, slug: str, *, before: str, after: str) -> None:
    """Make a public issue public anew, with one word of it replaced, as a correction does."""
    with publisher.database.begin() as db:
        record = issues.find(db, slug)
        assert record is not None
        assert record.edition is not None
        old = edition_of(db, record.edition)
        columns = {
            **db.execute(schema.editions.select().where(schema.editions.c.id == old.id)).mappings().one()
        }
        columns |= {"id": old.id + 100, "published_at": None}
        db.execute(schema.editions.insert().values(columns))
        for part in (
            db.execute(schema.parts.select().where(schema.parts.c.edition == old.id)).mappings().all()
        ):
            body = part["body"].replace(before.encode(), after.encode())
            db.execute(schema.parts.insert().values({**part, "edition": columns["id"], "body": body}))

    def note(db: Connection, _: object) -> None:
        issues.change(db, slug, expected=record.state, state=record.state, edition=columns["id"])

    go_public(publisher, lambda db: (prepare_again(db, columns["id"], like=old),), note)


def withdraw(publisher: Publisher, slug: str) -> None:
    """Take an issue back, as a withdrawal does: a new print whose pages are gone."""
    with publisher.database.begin() as db:
        record = issues.find(db, slug)
        assert record is not None
        assert record.edition is not None
        old = edition_of(db, record.edition)
        db.execute(schema.editions.update().where(schema.editions.c.id == old.id).values(published_at=None))

    def choose(db: Connection) -> tuple[Release, ...]:
        return (replace(prepare_again(db, old.id, like=old), leaves_at=NOW + timedelta(days=9999)),)

    def note(db: Connection, _: object) -> None:
        issues.change(db, slug, expected=record.state, state=IssueState.WITHDRAWN, withdrawn_at=NOW)

    go_public(publisher, choose, note)
