"""Each kind of link is good for its own page alone: every token at every address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.reader_token import TokenPurpose
from publisher.store import consents, reader_tokens
from publisher.web.clicks import Clicks
from publisher.web.pages import Pages
from publisher.web.routes import every_route, site
from tests.web.newsroom import NOW
from tests.web.readers import OWN, READER, chosen, contents, token_for

MAILED = (tokens.UNSUBSCRIBE, tokens.PREFERENCES, tokens.TEST)
PLACES = {
    "unsubscribe": ("", "/undo", "/reason"),
    "preferences": ("", "/pause", "/resume", "/address", "/data", "/erase", "/feed", "/clicks"),
    "confirm": ("",),
    "change": ("",),
    "erase": ("",),
    "data": ("",),
    "count": ("",),
    "remove-feed": ("",),
}
"""Every address of a reader's own page, and those of its forms."""

GOOD = {
    ("unsubscribe", tokens.UNSUBSCRIBE),
    ("preferences", tokens.PREFERENCES),
    ("unsubscribe", tokens.TEST),
    ("preferences", tokens.TEST),
    ("confirm", TokenPurpose.CONFIRM),
    ("change", TokenPurpose.CHANGE_ADDRESS),
    ("erase", TokenPurpose.ERASE),
    ("data", TokenPurpose.OWN_DATA),
    ("count", TokenPurpose.COUNT_CLICKS),
    ("remove-feed", TokenPurpose.REMOVE_FEED),
}
"""What belongs together; links of test mails say so wherever they may be pressed, and act on nobody."""

WISH = {"lists": ["weekly"], "lang": "en", "source": "/subscribe", "network": ""}
"""What a link to confirm does."""

ELSEWHERE = {
    "/subscribe": "shows the form of another site once more, filled in",
    "/unsubscribe/{token}": "is pressed by mail programs (RFC 8058)",
    "/reports": "takes what is signed",
}
"""What other sites and programs may post to, and why that does no harm."""

SENT = {"list": "daily", "until": "2026-10-20", "address": "eve@x.example", "reason": "other"}


@pytest.fixture
def every_token(publisher: Publisher) -> dict[str, str]:
    """One token of each kind, all of one reader and all good."""
    found = {purpose: token_for(publisher, purpose) for purpose in MAILED}
    number = chosen(publisher, found[tokens.PREFERENCES]).subscriber
    with publisher.database.begin() as db:
        for purpose in TokenPurpose:
            found[purpose] = f"{purpose.name:_<22}"
            payload = {"side": "old", "address": "eve@x.example", "other": "-", **WISH}
            payload["version"] = consents.keep_text(db, "I agree.")
            reader_tokens.keep(
                db, found[purpose], purpose=purpose, subscriber=number, payload=payload, now=NOW
            )
    return found


@pytest.fixture
def reader(publisher: Publisher) -> Iterator[TestClient]:
    with TestClient(site(publisher), follow_redirects=False, headers=OWN) as client:
        yield client


def test_a_token_reads_and_does_nothing_at_an_address_that_is_not_its_own(
    reader: TestClient, publisher: Publisher, every_token: dict[str, str]
) -> None:
    before, tried = contents(publisher), 0

    for place, forms in PLACES.items():
        for kind, token in every_token.items():
            if (place, kind) in GOOD:
                continue
            answers = [reader.get(f"/{place}/{token}")]
            answers += [reader.post(f"/{place}/{token}{form}", data=SENT) for form in forms]
            for answer in answers:
                tried += 1
                assert answer.status_code == 404, (place, kind)
                assert READER not in answer.text
                assert "…@" not in answer.text
    assert contents(publisher) == before
    assert tried == sum(
        1 + len(forms) for place, forms in PLACES.items() for kind in every_token if (place, kind) not in GOOD
    )


def test_a_token_that_is_none_of_a_feed_or_of_the_api_opens_neither(
    reader: TestClient, every_token: dict[str, str]
) -> None:
    feeds = {kind: reader.get(f"/own/{token}/feed.atom").status_code for kind, token in every_token.items()}
    api = {
        kind: reader.get("/api/v1/lists", headers={"authorization": f"Bearer {token}"}).status_code
        for kind, token in every_token.items()
    }

    assert {kind for kind, status in feeds.items() if status not in (404, 410)} == {TokenPurpose.FEED}
    assert feeds[TokenPurpose.FEED] == 200
    assert set(api.values()) == {401}


def test_no_other_site_can_press_a_button_of_ours(
    publisher: Publisher, reader: TestClient, every_token: dict[str, str]
) -> None:
    pressed = {
        route.path
        for route in every_route(publisher, Pages(publisher), Clicks(publisher))
        if isinstance(route, Route) and "POST" in (route.methods or ()) and route.path not in ELSEWHERE
    }
    before = contents(publisher)

    for path in pressed:
        for token in every_token.values():
            answer = reader.post(
                path.replace("{token}", token), data=SENT, headers={"sec-fetch-site": "cross-site"}
            )
            assert answer.status_code == 403, path
    assert len(pressed) >= 14
    assert contents(publisher) == before


@pytest.mark.parametrize(("place", "kind"), sorted(GOOD))
def test_a_token_is_good_at_its_own_address(
    reader: TestClient, every_token: dict[str, str], place: str, kind: str
) -> None:
    assert reader.get(f"/{place}/{every_token[kind]}").status_code == 200
    assert reader.post(f"/{place}/{every_token[kind]}", data=SENT).status_code in (200, 303)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("token", ["x", "%00", "v1.1.x.y.z.w", "a" * 3000, "\u00e9", "{{ token }}"])
def test_what_is_no_token_at_all_is_nobodys(reader: TestClient, place: str, token: str) -> None:
    assert reader.get(f"/{place}/{token}").status_code == 404
    assert reader.post(f"/{place}/{token}").status_code == 404


def test_a_token_of_another_reader_does_not_become_ones_own_by_changing_its_parts(
    reader: TestClient, publisher: Publisher
) -> None:
    mine = token_for(publisher, address="eve@x.example").split(".")
    hers = token_for(publisher).split(".")
    before = contents(publisher)

    mixed = [".".join((*hers[:position], *mine[position:])) for position in range(1, 6)]
    forged = [token for token in mixed if token not in {".".join(mine), ".".join(hers)}]

    assert len(forged) >= 2
    for token in forged:
        assert reader.post(f"/preferences/{token}", data=SENT).status_code == 404
    assert contents(publisher) == before
