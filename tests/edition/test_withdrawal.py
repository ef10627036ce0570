from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher.edition.withdrawal import alone, withdrawn
from publisher.model.edition import Direction
from publisher.model.phrases import PHRASES
from publisher.model.records import EditionRecord
from tests.editions import MASTHEAD

STORIES = tuple(
    {
        "id": f"tag:example.org,2026:{slug}",
        "slug": slug,
        "url": f"https://news.example.org/stories/{slug}/",
        "title": f"The {slug}",
        "lang": lang,
        "dir": direction,
        "summary": "What it said.",
        "minutes": 4,
        "tags": ["energy"],
        "link": "https://example.net/",
    }
    for slug, lang, direction in (("sun", "en", "ltr"), ("shams", "ar", "rtl"))
)
RECORD = EditionRecord(
    id=1,
    issue="heat",
    entry_id="tag:example.org,2026:issue:heat",
    content_hash="5f" * 32,
    nonce="5eed",
    printed_at=datetime(2026, 10, 6, tzinfo=UTC),
    url="https://news.example.org/issues/w%C3%A4rme/",
    title="Heat",
    subject="Heat",
    summary="What it said.",
    lang="en",
    dir="ltr",
    minutes=7,
    number=3,
    lists=("weekly",),
    tags=("energy",),
    stories=STORIES,
    masthead=MASTHEAD,
)


def test_titles_say_it_in_their_languages_and_ids_addresses_and_tags_stay() -> None:
    edition = withdrawn(RECORD, reason="Made up.", stories={str(each["id"]) for each in STORIES})

    assert (edition.id, edition.slug, edition.url) == (RECORD.entry_id, "wärme", RECORD.url)
    assert edition.title == "Withdrawn: Heat"
    assert [(story.id, story.url) for story in edition.stories] == [
        (each["id"], each["url"]) for each in STORIES
    ]
    assert [story.title for story in edition.stories] == ["Withdrawn: The sun", "مسحوب: The shams"]
    assert [story.dir for story in edition.stories] == [Direction.LTR, Direction.RTL]
    assert all(story.tags == ("energy",) for story in edition.stories)


def test_the_reason_is_all_that_is_left_and_no_markup() -> None:
    edition = withdrawn(RECORD, reason='It was <b>made</b> "up" & *so on*.', stories={str(STORIES[0]["id"])})

    (story,) = edition.stories
    for words in (edition.opening, story.lead):
        assert words.html == "<p>It was &lt;b&gt;made&lt;/b&gt; &#34;up&#34; &amp; *so on*.</p>"
        assert words.text == 'It was <b>made</b> "up" & *so on*.'
    assert (story.link, story.sections, story.picture) == ("", (), None)


def test_the_issue_alone_has_no_stories() -> None:
    edition = withdrawn(RECORD, reason="Made up.", stories={str(STORIES[0]["id"])})

    assert alone(edition) == replace(edition, stories=())


@pytest.mark.parametrize("lang", PHRASES)
def test_every_language_says_where_the_title_goes(lang: str) -> None:
    assert PHRASES[lang].withdrawn.count("{}") == 1
    assert PHRASES[lang].withdrawn != "{}"
