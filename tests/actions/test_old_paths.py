"""Old addresses of texts lead to their pages, and take no place from anything."""

from __future__ import annotations

from pathlib import Path

from publisher.actions.archive import archive
from publisher.actions.bring_in import bring_in_site
from publisher.actions.correct import correct
from publisher.actions.hold import held
from publisher.actions.scan import scan
from publisher.app import Publisher
from publisher.model.records import StoredArtefact
from publisher.store import public
from tests.newsrooms import Newsroom


def served(publisher: Publisher, path: str) -> StoredArtefact | None:
    with publisher.database.read() as db:
        return public.find(db, path)


def leads(publisher: Publisher, path: str) -> tuple[int, str]:
    found = served(publisher, path)
    assert found is not None
    return found.status, found.location


def test_the_old_addresses_of_a_site_lead_to_the_new_pages(
    newsroom: Newsroom, publisher: Publisher, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "bridge.md").write_text(
        "---\ntitle: Bridge\ndate: 2024-01-02\naliases: [/blog/bridge/]\nurl: /posts/bridge.html\n---\nText\n"
    )
    (arrival,) = bring_in_site(publisher, site).arrivals

    assert archive(publisher, held(publisher)) == ()

    assert 'old_paths: ["/blog/bridge/", "/posts/bridge.html"]' in (newsroom.root / arrival.path).read_text()
    assert leads(publisher, "/blog/bridge/") == (301, "/stories/bridge/")
    assert leads(publisher, "/posts/bridge.html") == (301, "/stories/bridge/")


def test_an_old_address_that_is_taken_stays_what_it_is(newsroom: Newsroom, publisher: Publisher) -> None:
    for name in ("heat", "cold"):
        newsroom.writes(name, status="archived", date="2020-01-01", old_paths="[/blog/a/]")
        scan(publisher, patient=False)

    assert leads(publisher, "/blog/a/") == (301, "/stories/heat/")
    assert leads(publisher, "/stories/cold/") == (200, "")


def test_an_old_address_that_is_added_later_comes_with_a_correction(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", status="archived", date="2020-01-01")
    scan(publisher, patient=False)
    newsroom.writes("heat", status="archived", date="2020-01-01", old_paths="[/blog/a/]")

    done = correct(publisher, "heat")

    assert (done.is_same, done.is_minor) == (False, True)
    assert leads(publisher, "/blog/a/") == (301, "/stories/heat/")
