"""What every output promises; a new row in `OUTPUTS` is held to it without a word here."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import html5lib
import pytest
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from publisher.model.edition import Edition, Printed, PrintedStory
from publisher.model.fillins import LIST, PREFERENCES, UNSUBSCRIBE, Ink
from publisher.model.rendered import Artefact, Part
from publisher.outputs.all import OUTPUTS, join_all, render_all
from tests.editions import (
    AWKWARD_TITLE,
    MARKUP_TITLE,
    MASTHEAD,
    japanese_edition,
    rich_edition,
    single_edition,
)
from tests.sites import INK, days_before, fillins, publish, site, theme
from tests.validity.all import artefact_faults

EDITIONS = {"rich": rich_edition, "japanese": japanese_edition, "single": single_edition}
SLOTS = {UNSUBSCRIBE, PREFERENCES, LIST}

ARTICLES = {"content", "encoded"}

every_print = pytest.mark.parametrize(("name", "edition"), list(product(OUTPUTS, EDITIONS)))


def parts(name: str, edition: str) -> tuple[Part, ...]:
    return OUTPUTS[name].render(EDITIONS[edition](), theme=theme(), ink=INK)


def joined() -> dict[str, Artefact]:
    cards = (publish(rich_edition()), publish(japanese_edition(), published=days_before(3)))
    return {artefact.path: artefact for artefact in join_all(site(*cards), theme=theme())}


def read_html(body: bytes) -> str:
    """Return the text of a page or mail; any parse error fails."""
    document = html5lib.HTMLParser(strict=True).parse(body.decode())
    return " ".join(document.find("{http://www.w3.org/1999/xhtml}body").itertext())


def read_article(content: str) -> str:
    """Return the text of the HTML in a feed's entry; any parse error fails."""
    return " ".join(html5lib.HTMLParser(strict=True).parseFragment(content).itertext())


def read_xml(body: bytes) -> str:
    """Return the text of a document, or of an entry that is cut out of one."""
    root = b'<r xmlns:%b="-" xmlns:%b="-" xmlns:%b="-" xmlns:%b="-">%b</r>' % (
        *(b"atom", b"content", b"dc", b"media"),
        re.sub(rb"<\?.*?\?>", b"", body),
    )
    return " ".join(
        read_article(element.text) if etree.QName(element).localname in ARTICLES else element.text
        for element in etree.fromstring(root).iter()
        if element.text
    )


def read_json(body: bytes) -> str:
    """Return the text of a feed, or of an item of one."""
    value = json.loads(body)
    items = value.get("items", [value])
    return " ".join([value["title"], *(read_article(item["content_html"]) for item in items)])


READERS: Mapping[str, Callable[[bytes], str]] = {
    "text/html": read_html,
    "application/xml": read_xml,
    "text/x-opml": read_xml,
    "application/feed+json": read_json,
    "text/plain": bytes.decode,
    "text/css": bytes.decode,
    "text/javascript": bytes.decode,
    "image/svg+xml": read_xml,
}


def read(media_type: str, body: bytes) -> str:
    return READERS[media_type.partition(";")[0]](body)


def texts(story: PrintedStory) -> Iterator[str]:
    """Yield all that a story says."""
    fragments: list[Printed] = [story.lead, story.closing, story.sponsor, *story.footnotes, *story.facts]
    for takeaway in story.takeaways:
        fragments += [takeaway.lead, takeaway.text]
    for section in story.sections:
        fragments.append(section.body)
        yield section.heading
    yield from (story.title, story.source, story.author)
    yield from (read_article(fragment.html) for fragment in fragments)


def words(*said: str) -> set[str]:
    return {word for text in said for word in re.findall(r"[^\W\d_]+|\d+", text)}


def test_an_output_is_known_by_its_own_name() -> None:
    assert {name: output.name for name, output in OUTPUTS.items()} == {name: name for name in OUTPUTS}


@every_print
def test_parts_say_what_they_are_parts_of(name: str, edition: str) -> None:
    found = parts(name, edition)

    keys = [part.key for part in found]
    assert {part.output for part in found} <= {name}
    assert set(keys) <= {"", *(story.slug for story in EDITIONS[edition]().stories)}
    assert len(keys) == len(set(keys))


@every_print
def test_parts_are_well_formed(name: str, edition: str) -> None:
    for part in parts(name, edition):
        assert read(part.media_type, part.body)


@pytest.mark.parametrize(("name", "edition"), list(product(sorted(OUTPUTS.keys() - {"plain"}), EDITIONS)))
def test_every_word_of_every_story_is_in_the_main_body(name: str, edition: str) -> None:
    printed: Edition = EDITIONS[edition]()
    stories = {story.slug: words(*texts(story)) for story in printed.stories}
    issue = {word for story in stories.values() for word in story} | words(
        *(read_article(part.html) for part in (printed.opening, printed.closing, printed.sponsor))
    )

    for part in parts(name, edition):
        said = re.sub(r"\s", "", read(part.media_type, part.body))
        assert {word for word in stories.get(part.key, issue) if word not in said} == set()


@every_print
def test_tokens_are_known_fill_ins_or_slots_and_none_is_left_after_filling(name: str, edition: str) -> None:
    known = fillins(EDITIONS[edition]())

    for part in parts(name, edition):
        filled = INK.fill(part.body, known)

        assert INK.names(part.body) <= known.keys() | SLOTS
        assert INK.names(filled) <= SLOTS
        assert INK.names(filled) == set() or name in ("email", "text")


@every_print
def test_a_print_differs_from_another_in_its_nonce_alone(name: str, edition: str) -> None:
    again = OUTPUTS[name].render(EDITIONS[edition](), theme=theme(), ink=Ink(nonce="5eee"))

    assert [part.body.replace(b"zq5eee.", b"zq5eed.") for part in again] == [
        part.body for part in parts(name, edition)
    ]


@every_print
def test_there_are_no_addresses_of_people_but_the_publications_own(name: str, edition: str) -> None:
    own = {MASTHEAD.sender_address, MASTHEAD.reply_to}

    for part in parts(name, edition):
        found = set(re.findall(rb"[\w.+-]+@[\w-]+\.[\w.-]+", part.body))
        assert {address.decode() for address in found} <= own


def test_shared_artefacts_are_well_formed_and_have_no_tokens() -> None:
    for artefact in joined().values():
        assert read(artefact.media_type, artefact.body)
        assert INK.names(artefact.body) == set()


def test_every_feed_is_valid_with_issues_and_without() -> None:
    for made in (joined().values(), join_all(site(), theme=theme())):
        assert [fault for artefact in made for fault in artefact_faults(artefact)] == []


def test_every_public_path_is_made_by_one_output_alone() -> None:
    printed = [part.path for part in render_all(rich_edition(), theme=theme(), ink=INK) if part.path]
    shared = [artefact.path for artefact in join_all(site(), theme=theme())]

    assert all(path.startswith("/") for path in printed + shared)
    assert len(set(printed + shared)) == len(printed + shared)


def test_a_site_without_issues_is_well_formed() -> None:
    for artefact in join_all(site(), theme=theme()):
        assert read(artefact.media_type, artefact.body)


PRINT_ALL = """
import hashlib
from tests.contracts.test_outputs import all_bytes
print(hashlib.sha256(all_bytes()).hexdigest())
"""


def all_bytes() -> bytes:
    """Return everything that is made of the sample editions, in one piece."""
    printed = [part.body for name in OUTPUTS for edition in EDITIONS for part in parts(name, edition)]
    return b"\0".join([*printed, *(artefact.body for artefact in joined().values())])


@pytest.mark.parametrize(
    ("seed", "zone", "locale"), [("1", "Asia/Kolkata", "C.UTF-8"), ("2", "America/New_York", "fr_FR.UTF-8")]
)
def test_equal_arguments_give_equal_bytes_in_any_process(seed: str, zone: str, locale: str) -> None:
    surroundings = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}

    run = subprocess.run(
        [sys.executable, "-c", PRINT_ALL],
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert run.stdout.strip() == hashlib.sha256(all_bytes()).hexdigest()


def test_eight_threads_at_once_get_equal_bytes() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {future.result() for future in [pool.submit(all_bytes) for _ in range(8)]}

    assert made == {all_bytes()}


@pytest.mark.parametrize("path", ["/feed.rss", "/feed.atom"])
def test_a_feed_reader_reads_back_ids_titles_and_dates(path: str) -> None:
    stories = [*rich_edition().stories, *japanese_edition().stories]

    feed = feedparser.parse(joined()[path].body)

    assert not feed.bozo
    assert [entry.id for entry in feed.entries] == [story.id for story in stories]
    assert [entry.title for entry in feed.entries][:2] == [AWKWARD_TITLE, MARKUP_TITLE]
    assert [entry.link for entry in feed.entries] == [story.url for story in stories]
    assert [tuple(entry.published_parsed)[3:6] for entry in feed.entries] == [
        *((4, 29, 59), (4, 29, 58), (4, 29, 57), (4, 29, 59))
    ]
    assert all(entry.updated_parsed == entry.published_parsed for entry in feed.entries)
    assert "]]&gt;" in feed.entries[0].content[0].value
    assert feed.feed.title == MASTHEAD.title


GOLDEN = ("/feed.rss", "/feed.atom", "/feed.json", "/issues/feed.atom", "/sitemap-2026.xml", "/feeds.opml")


@pytest.mark.parametrize("path", [*GOLDEN, "/", "/archive/2026/"])
def test_shared_artefacts_are_as_they_were(path: str, golden: Callable[[str, bytes], None]) -> None:
    name = f"public/{path.strip('/') or 'front'}"

    golden(f"{name}.html" if path.endswith("/") else name, joined()[path].body)


@pytest.mark.parametrize(
    ("edition", "key"), [("rich", ""), ("rich", "laboratory"), ("rich", "shams"), ("japanese", "denchi")]
)
def test_pages_are_as_they_were(edition: str, key: str, golden: Callable[[str, bytes], None]) -> None:
    page = next(part for part in parts("page", edition) if part.key == key)

    golden(f"public{page.path}".rstrip("/") + ".html", page.body)
