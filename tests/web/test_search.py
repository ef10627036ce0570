"""The page to search, as programs and browsers get it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import html5lib
import pytest
from playwright.sync_api import expect
from sqlalchemy import Connection, text
from starlette.testclient import TestClient

from publisher.app import Publisher, open_publisher
from publisher.model.edition import PrintedStory
from publisher.model.rendered import Counted
from publisher.model.search import LONGEST
from publisher.model.shelves import tag_name
from publisher.outputs.words import WORDS
from publisher.settings_file import load_settings
from publisher.store import public, search, shelves
from publisher.web.routes import site
from publisher.web.search_words import SEARCH_WORDS
from publisher.web.server import Server
from tests.browsing import PHONE, Open, Scheme, faults, fits, served
from tests.editions import japanese_edition, rich_edition, single_edition
from tests.web.newsroom import NOW, SETTINGS, MovedClock, make_public


def titles(html: str) -> list[str]:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return ["".join(link.itertext()) for link in tree.iterfind(".//ol[@class='found']//h2/a")]


def hits(html: str) -> set[str]:
    return set(re.findall("<mark>(.*?)</mark>", html))


def test_without_a_question_there_is_a_form_and_the_tags(reader: TestClient) -> None:
    answer = reader.get("/search")

    assert answer.status_code == 200
    assert 'role="search"' in answer.text
    assert "Nothing was found" not in answer.text
    assert "/tags/energy/" in answer.text
    assert "<h2>Tags</h2>" in answer.text


def test_what_is_found_is_shown_with_date_tags_and_a_passage_with_its_hits(reader: TestClient) -> None:
    answer = reader.get("/search", params={"q": "failures notebooks"})

    assert titles(answer.text)[0] == rich_edition().stories[0].title
    assert hits(answer.text) >= {"failures", "notebooks"}
    assert '<time datetime="2026-10-06T04:29:59Z">6 October 2026</time>' in answer.text
    assert 'href="/stories/laboratory/"' in answer.text
    assert 'href="/tags/r%26d-%C3%A9/"' in answer.text
    assert 'value="failures notebooks"' in answer.text


def test_an_issue_is_found_by_its_own_words(reader: TestClient) -> None:
    answer = reader.get("/search", params={"q": '"one of them is old"'})

    assert titles(answer.text) == [rich_edition().title]
    assert hits(answer.text) == {"one of them is old"}


def test_a_result_speaks_its_own_language_in_its_own_direction(reader: TestClient) -> None:
    answer = reader.get("/search", params={"q": "السطوح"})

    assert '<article lang="ar" dir="rtl">' in answer.text
    assert hits(answer.text) == {"السطوح"}


def test_nothing_found_is_said_with_ways_on(reader: TestClient) -> None:
    answer = reader.get("/search", params={"q": "zeppelin"})

    assert answer.status_code == 200
    assert "Nothing was found." in answer.text
    assert 'href="/archive/"' in answer.text
    assert 'href="/tags/energy/"' in answer.text


def test_many_results_are_told_and_turned_over(publisher: Publisher, reader: TestClient) -> None:
    stories = tuple(_about_zeppelins(number) for number in range(25))
    make_public(publisher, replace(single_edition(), stories=stories), moment=NOW - timedelta(days=1))

    first = reader.get("/search", params={"q": "zeppelins"}).text
    second = reader.get("/search", params={"q": "zeppelins", "page": "2"}).text
    beyond = reader.get("/search", params={"q": "zeppelins", "page": "77"}).text

    assert "Results: 25" in first
    assert "Page 1 of 2" in first
    assert 'href="/search?q=zeppelins&amp;page=2"' in first
    assert titles(first) == [f"Zeppelins {number}" for number in range(20)]
    assert titles(second) == titles(beyond) == [f"Zeppelins {number}" for number in range(20, 25)]
    assert 'start="21"' in second
    assert 'href="/search?q=zeppelins"' in second


def _about_zeppelins(number: int) -> PrintedStory:
    slug = f"zeppelins-{number}"
    return replace(
        single_edition().stories[0],
        id=f"tag:example.org,2026:{slug}",
        slug=slug,
        url=f"https://news.example.org/stories/{slug}/",
        title=f"Zeppelins {number}",
    )


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "1" * 400, ""])
def test_a_page_that_is_no_number_is_the_first(reader: TestClient, page: str) -> None:
    assert titles(reader.get("/search", params={"q": "notebooks", "page": page}).text)


def test_the_answer_is_for_a_minute_and_for_no_index(reader: TestClient) -> None:
    answer = reader.get("/search", params={"q": "notebooks"})

    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.text.count('rel="canonical"') == 1
    assert '<link rel="canonical" href="https://news.example.org/search">' in answer.text
    assert "set-cookie" not in answer.headers


def test_the_page_is_only_read(reader: TestClient) -> None:
    got, head = reader.get("/search?q=sun"), reader.head("/search?q=sun")

    assert reader.post("/search", data={"q": "sun"}).status_code == 405
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers


HOSTILE = [
    '"><script>alert(1)</script>',
    "\0",
    '" OR 1=1 --',
    "a" * 20_000,
    "\u202egnirts",
    "%",
    "'; DROP TABLE search",
]


@pytest.mark.parametrize("asked", HOSTILE)
def test_whatever_is_asked_is_text_and_no_more(reader: TestClient, asked: str) -> None:
    answer = reader.get("/search", params={"q": asked})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text
    assert "a" * (LONGEST + 1) not in answer.text
    assert reader.get("/search", params={"q": "notebooks"}).status_code == 200


def test_bytes_that_are_no_text_are_no_error(reader: TestClient) -> None:
    assert reader.get("/search?q=%ff%fe%00").status_code == 200


def test_a_newsroom_may_do_without(publisher: Publisher) -> None:
    settings = publisher.settings
    root = settings.root / "publisher.toml"
    root.write_text(root.read_text(encoding="utf-8") + "\n[web]\nsearch = false\n", encoding="utf-8")

    without = open_publisher(load_settings(settings.root), clock=publisher.clock, actor="tester")
    with TestClient(site(without)) as reader:
        answers = [reader.get(path).status_code for path in ("/search", "/search?q=sun", "/opensearch.xml")]
    without.close()

    assert answers == [404, 404, 404]


def test_below_a_home_url_with_a_path_it_leads_to_places_below_it(
    open_copy: Callable[..., Publisher],
) -> None:
    with TestClient(site(open_copy(home_url="https://example.org/news"))) as reader:
        answer = reader.get("/news/search", params={"q": "notebooks"})

    assert 'action="/news/search"' in answer.text
    assert 'href="/news/tags/energy/"' in answer.text


def test_browsers_learn_how_to_search(reader: TestClient) -> None:
    answer = reader.get("/opensearch.xml")

    root = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    name, url = root.find("o:ShortName", space), root.find("o:Url", space)
    assert name is not None
    assert url is not None
    assert 0 < len(name.text or "") <= 16
    assert url.get("template") == "https://news.example.org/search?q={searchTerms}"
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    assert 'href="/opensearch.xml"' in reader.get("/search").text


def test_a_search_that_takes_too_long_is_answered_with_what_to_do(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "publisher.toml").write_text(f'{SETTINGS}\n[database]\nurl = "{postgresql_url}"\n')
    publisher = open_publisher(load_settings(tmp_path), clock=MovedClock(), actor="tester")
    monkeypatch.setattr(search, "find", partial(search.find, patience=timedelta(milliseconds=20)))
    with TestClient(site(publisher)) as reader, publisher.database.begin() as db:
        db.execute(text("LOCK TABLE search IN ACCESS EXCLUSIVE MODE"))

        answer = reader.get("/search", params={"q": "batteries"})

    publisher.close()
    assert answer.status_code == 503
    assert "The search takes too long; use more words." in answer.text
    assert 'value="batteries"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_topics_are_counted_once_for_each_generation(
    reader: TestClient, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    counted = shelves.tags

    def noting(db: Connection) -> tuple[Counted, ...]:
        counts.append(public.generation(db))
        return counted(db)

    monkeypatch.setattr(shelves, "tags", noting)
    pages = [reader.get("/search", params={"q": word}).text for word in ("", "zeppelin", "balloon")]
    assert len(counts) == 1
    assert all("/tags/energy/" in page for page in pages)

    make_public(publisher, japanese_edition(), moment=NOW - timedelta(days=1))
    counts.clear()

    tag = quote(tag_name(japanese_edition().stories[0].tags[0]))
    assert all(f"/tags/{tag}/" in reader.get("/search").text for _ in range(2))
    assert len(counts) == 1


def test_the_page_speaks_every_language_that_pages_speak(open_copy: Callable[..., Publisher]) -> None:
    assert SEARCH_WORDS.keys() == WORDS.keys()
    for lang in ("ar", "ja"):
        with TestClient(site(open_copy(language=lang))) as reader:
            assert SEARCH_WORDS[lang].nothing in reader.get("/search", params={"q": "zeppelin"}).text


@pytest.fixture
def home(publisher: Publisher) -> Iterator[str]:
    make_public(publisher, japanese_edition(), moment=NOW - timedelta(days=1))
    yield from served(Server(site(publisher), host="127.0.0.1", port=0))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_on_a_phone(opened: Open, home: str, scheme: Scheme) -> None:
    page = opened(f"{home}/search", width=PHONE, scheme=scheme)
    before = faults(page)

    page.get_by_role("searchbox").fill("電池 -zeppelin")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark").first).to_have_text("電池")

    assert page.url == f"{home}/search?q={quote('電池')}+-zeppelin"
    assert before == faults(page) == []
    assert fits(page)
    page.goto(f"{home}/search?q=zeppelin")
    assert faults(page) == []
    assert page.locator(".search .tags").evaluate("tags => parseFloat(getComputedStyle(tags).rowGap)") >= 8
