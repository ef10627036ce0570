from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

import html5lib
import pytest
from starlette.testclient import TestClient

from publisher.actions.build import build
from publisher.app import Publisher
from publisher.model.rendered import Artefact
from publisher.store import public
from publisher.web.pages import GUESSES
from publisher.web.routes import site
from tests.editions import rich_edition

PAGES = [
    *("/", "/archive/", "/archive/2026/", "/feeds/", "/tags/", "/tags/energy/"),
    f"/issues/{rich_edition().slug}/",
]


@pytest.mark.parametrize("path", [*PAGES, f"/stories/{rich_edition().stories[0].slug}/"])
def test_a_page_is_the_stored_bytes_with_validators(
    reader: TestClient, publisher: Publisher, path: str
) -> None:
    with publisher.database.read() as db:
        stored = public.find(db, path)
    assert stored is not None

    first = reader.get(path, headers={"accept-encoding": "identity"})
    with reader.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        squeezed = b"".join(answer.iter_raw())
    again = reader.get(path, headers={"if-none-match": answer.headers["etag"]})

    assert first.content == gzip.decompress(squeezed) == stored.body
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert first.headers["etag"] == stored.etag
    assert again.status_code == 304


def test_a_page_lets_nothing_run_and_nobody_frame_it(reader: TestClient) -> None:
    answer = reader.get("/")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "max-age=" in answer.headers["strict-transport-security"]
    assert not {"set-cookie", "server"} & set(answer.headers)


def test_a_site_without_https_does_not_ask_for_it(open_copy: Callable[..., Publisher]) -> None:
    with TestClient(site(open_copy(home_url="http://127.0.0.1:8000"))) as reader:
        answer = reader.get("/")

    assert "strict-transport-security" not in answer.headers
    assert "img-src 'self' http://127.0.0.1:8000 https:" in answer.headers["content-security-policy"]


def test_what_the_pages_need_is_allowed_by_their_own_policy(reader: TestClient) -> None:
    tree = html5lib.parse(reader.get(PAGES[-1]).text, namespaceHTMLElements=False)

    assert not [element for element in tree.iter() if "style" in element.attrib]
    assert {script.get("type") for script in tree.iter("script")} == {"application/ld+json"}
    addresses = [element.get("src", "") for element in tree.iter("img")]
    addresses += [element.get("href", "") for element in tree.iter("link")]
    assert all(address.startswith(("/", "https:")) for address in addresses), addresses


def test_a_picture_is_served_for_ever_under_its_name(reader: TestClient) -> None:
    picture = rich_edition().pictures[0]

    answer = reader.get(f"/media/{picture.name}")

    assert answer.content == picture.body
    assert answer.headers["content-type"] == picture.media_type
    assert "immutable" in answer.headers["cache-control"]
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("name", ["missing.png", "..%2Fpublisher.toml", "%00", "a%2Fb.png"])
def test_a_picture_that_no_issue_shows_is_not_there(reader: TestClient, name: str) -> None:
    assert reader.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize("guess", [*GUESSES, "/feed/", "/rss/"])
def test_where_programs_look_for_a_feed_they_are_sent_to_it(reader: TestClient, guess: str) -> None:
    answer = reader.get(guess)

    assert answer.status_code == 301
    assert reader.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("path", ["/archive", "/feeds", "/issues/" + rich_edition().slug])
def test_a_missing_slash_is_added(reader: TestClient, path: str) -> None:
    answer = reader.get(path)

    assert answer.status_code == 301
    assert answer.headers["location"] == f"{path}/"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/issues/none/",
        "/404.html",
        "/%2Fevil.example",
        "/..%2F..%2Fetc%2Fhosts",
        "/%00",
        "/%ff",
    ],
)
def test_what_is_not_there_is_404_with_the_publications_own_page(
    reader: TestClient, publisher: Publisher, path: str
) -> None:
    with publisher.database.read() as db:
        stored = public.find(db, "/404.html")
    assert stored is not None

    answer = reader.get(path)

    assert answer.status_code == 404
    assert answer.content == stored.body


def test_the_page_of_feeds_alone_may_run_its_own_script(reader: TestClient) -> None:
    policies = {path: reader.get(path).headers["content-security-policy"] for path in ["/feeds/", *PAGES]}

    assert "script-src 'self'" in policies.pop("/feeds/")
    assert policies
    assert not [path for path, policy in policies.items() if "script" in policy]
    assert reader.get("/copy.js").headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["energy", "r%26d-%C3%A9", "r&d-%c3%a9"])
def test_a_tag_has_a_page_whichever_way_its_address_is_encoded(reader: TestClient, name: str) -> None:
    answer = reader.get(f"/tags/{name}/")

    assert answer.status_code == 200
    assert f"/tags/{quote(unquote(name))}/feed.atom" in answer.text


def test_the_address_of_a_tag_without_its_slash_is_sent_on_percent_encoded(reader: TestClient) -> None:
    answer = reader.get("/tags/r%26d-%C3%A9")

    assert (answer.status_code, answer.headers["location"]) == (301, "/tags/r%26d-%C3%A9/")


def store(publisher: Publisher, *artefacts: Artefact) -> None:
    with publisher.database.begin() as db:
        generation = public.generation(db)
        assert public.raise_generation(db, expected=generation)
        slug = rich_edition().slug
        public.put(db, artefacts, generation=generation + 1, now=publisher.now(db), issue=slug)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_was_withdrawn_is_gone_and_the_page_says_so(
    reader: TestClient, publisher: Publisher, method: str
) -> None:
    body = b"<!doctype html><title>Gone</title><p>Withdrawn."
    gone = Artefact(path="/stories/old/", media_type="text/html; charset=utf-8", body=body, status=410)
    store(publisher, gone)

    answer = reader.request(method, "/stories/old/", headers={"if-none-match": "*"})

    assert answer.status_code == 410
    assert method == "HEAD" or answer.content == body
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("root", ["", "/news"])
def test_what_has_moved_is_sent_on_below_the_home_url(open_copy: Callable[..., Publisher], root: str) -> None:
    publisher = open_copy(home_url=f"https://news.example.org{root}")
    moved = Artefact(
        path="/stories/old/", media_type="text/html", body=b"x", status=301, location="/stories/né & w/"
    )
    store(publisher, moved)

    with TestClient(site(publisher), follow_redirects=False) as reader:
        answer = reader.get(f"{root}/stories/old/")

    assert answer.status_code == 301
    assert answer.headers["location"] == f"{root}/stories/n%C3%A9%20%26%20w/"


def test_every_address_serves_what_is_stored_and_what_a_build_writes(
    reader: TestClient, publisher: Publisher, tmp_path: Path
) -> None:
    build(publisher, tmp_path / "site")
    with publisher.database.read() as db:
        found = {path: public.find(db, path) for path in public.index(db)}
    paths = [path for path in found if path != "/404.html"]

    assert len(paths) > 40
    for path in paths:
        stored = found[path]
        assert stored is not None
        file = tmp_path / "site" / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
        address = quote(path)
        answer, head = reader.get(address), reader.head(address)
        again = reader.get(address, headers={"if-none-match": stored.etag})
        assert answer.status_code == head.status_code == 200, path
        assert answer.content == stored.body == file.read_bytes(), path
        assert answer.headers["etag"].replace("-gzip", "") == stored.etag, path
        assert answer.headers["content-type"] == stored.media_type, path
        assert head.content == b"", path
        assert again.status_code == 304, path
        if path.endswith("/") and path != "/":
            bare = reader.get(address.rstrip("/"))
            assert (bare.status_code, bare.headers["location"]) == (301, address), path


@pytest.mark.parametrize("path", ["/", "/nothing", "/healthz", "/media/x"])
def test_a_page_is_only_read(reader: TestClient, path: str) -> None:
    answer = reader.post(path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/nothing", "/feed"])
def test_head_says_what_get_would(reader: TestClient, path: str) -> None:
    got, head = reader.get(path), reader.head(path)

    assert head.status_code == got.status_code
    assert head.headers == got.headers


def test_below_a_home_url_with_a_path_all_answers_with_and_without_it(
    open_copy: Callable[..., Publisher],
) -> None:
    publisher = open_copy(home_url="https://example.org/news")
    with TestClient(site(publisher), follow_redirects=False) as reader:
        paths = ("/", "/archive/", "/feed.atom", "/style.css", "/healthz")

        answers = {path: (reader.get(path), reader.get(f"/news{path}")) for path in paths}
        moved = [reader.get(path).headers["location"] for path in ("/news/rss", "/rss", "/news/archive")]
        home = reader.get("/news")

    assert all(one.status_code == other.status_code == 200 for one, other in answers.values())
    assert all(one.content == other.content for one, other in answers.values())
    assert moved == ["/news/feed.rss", "/news/feed.rss", "/news/archive/"]
    assert (home.status_code, home.headers["location"]) == (301, "/news/")
