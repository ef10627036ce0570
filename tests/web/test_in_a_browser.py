"""The pages that answer people, as a browser shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Route, expect

from publisher.actions.subscribe import add, everybody
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.subscriber import SubscriptionState
from publisher.store import keys
from publisher.store.schema import subscribers
from publisher.web.looking import looking
from publisher.web.server import Server
from tests.browsing import PHONE, Open, Scheme, faults, fits, served
from tests.web.test_mailbox import deliver
from tests.web.test_own_feed import link_of


@pytest.fixture
def tools(newsroom: Path, tmp_path: Path) -> Iterator[str]:
    """The preview of the sample newsroom, and a Maildir with a mail."""
    deliver(tmp_path / "mail", 7)
    yield from served(Server(looking(newsroom, mail=tmp_path / "mail"), host="127.0.0.1", port=0))


def has_paper_of_its_own(document: Frame) -> bool:
    """Return whether a document in a frame does not lie on the white paper of the frame."""
    colour = document.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return bool(colour != "rgba(0, 0, 0, 0)")


@pytest.fixture
def way_out(publisher: Publisher, home: str) -> str:
    """The address in the mails of a reader."""
    add(publisher, "ada@example.net")
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    public_id = everybody(publisher)[0].public_id
    return f"{home}/unsubscribe/{tokens.make(secret, kid=str(kid), public_id=public_id, list='weekly')}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_leaving_a_list_takes_one_press_on_a_phone_and_is_accessible(
    opened: Open, publisher: Publisher, way_out: str, scheme: Scheme
) -> None:
    page = opened(way_out, width=PHONE, scheme=scheme)
    asked = faults(page), fits(page)

    page.get_by_role("button", name="Unsubscribe").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")

    assert asked == ([], True)
    assert (faults(page), fits(page)) == ([], True)
    assert everybody(publisher)[0].state is SubscriptionState.UNSUBSCRIBED


def test_a_link_that_does_not_work_is_an_accessible_page(opened: Open, home: str) -> None:
    page = opened(f"{home}/unsubscribe/x", width=PHONE)

    assert (faults(page), fits(page)) == ([], True)


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/preview/", "light"),
        ("/preview/borrowed-power/", "dark"),
        ("/preview/borrowed-power/?view=phone", "light"),
        ("/preview/borrowed-power/?view=entry", "dark"),
        ("/preview/nothing/", "light"),
        ("/mails/", "dark"),
    ],
)
def test_the_tools_are_accessible(opened: Open, tools: str, path: str, scheme: Scheme) -> None:
    page = opened(tools + path, scheme=scheme)

    assert faults(page) == []


@pytest.mark.parametrize(
    ("path", "frame"),
    [
        ("/preview/borrowed-power/", "mail"),
        ("/preview/borrowed-power/?view=page", "page"),
        ("/preview/borrowed-power/?view=entry", "entry"),
    ],
)
def test_a_frame_shows_its_document_with_pictures_and_without_scripts(
    opened: Open, tools: str, path: str, frame: str
) -> None:
    page = opened(tools + path)
    document = next(each for each in page.frames if each.url.endswith(f"/{frame}"))
    picture = document.locator("img").first

    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", value=True)

    assert picture.evaluate("image => image.naturalWidth") > 0
    assert document.locator("body").evaluate("body => getComputedStyle(body).fontFamily") != "Times New Roman"


def test_the_preview_comes_back_by_itself_after_a_save_also_after_a_broken_one(
    opened: Open, tools: str, newsroom: Path
) -> None:
    issue = newsroom / "issues" / "borrowed-power" / "issue.md"
    text = issue.read_text(encoding="utf-8")
    page = opened(f"{tools}/preview/borrowed-power/")

    issue.write_text(text.replace('"Borrowed power', '"Lent power', 1), encoding="utf-8")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lent power")
    issue.write_text(text.replace('"Borrowed power"', "Borrowed: power", 1), encoding="utf-8")
    expect(page.get_by_text("issue.md:3")).to_be_visible()
    issue.write_text(text, encoding="utf-8")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Borrowed power")


def test_a_frame_whose_issue_breaks_while_its_page_loads_says_so(
    opened: Open, tools: str, newsroom: Path
) -> None:
    issue = newsroom / "issues" / "borrowed-power" / "issue.md"
    page = opened(f"{tools}/preview/", scheme="dark")

    def save_half(route: Route) -> None:
        if route.request.frame.parent_frame:
            issue.write_text("", encoding="utf-8")
        route.continue_()

    page.route("**/*", save_half)
    page.route("**/saved.stream*", lambda route: route.abort())
    page.goto(f"{tools}/preview/borrowed-power/")

    expect(page.frame_locator("iframe").get_by_role("alert")).to_contain_text("cannot be printed as it is")
    assert has_paper_of_its_own(page.frames[1])


def test_an_entry_can_be_read_in_the_dark(opened: Open, tools: str) -> None:
    page = opened(f"{tools}/preview/borrowed-power/?view=entry", scheme="dark")

    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    assert has_paper_of_its_own(page.frames[1])


def test_a_mail_is_shown_and_nothing_in_it_runs(opened: Open, tools: str) -> None:
    page = opened(f"{tools}/mails/")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))

    page.locator(".rows a").first.click()

    expect(page.frame_locator("iframe").get_by_text("Rich words 7")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_own_feed_is_made_on_a_phone_without_a_script_and_is_accessible(
    browser: Browser, publisher: Publisher, home: str, scheme: Scheme
) -> None:
    page = browser.new_page(viewport={"width": PHONE, "height": 800}, color_scheme=scheme)
    page.goto(f"{home}/preferences/{link_of(publisher)}/feed")
    asked = faults(page), fits(page)

    page.get_by_role("button", name="Make my feed").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("addresses of your feed")

    assert asked == ([], True)
    assert (faults(page), fits(page)) == ([], True)
    assert page.locator("script").count() == 0
    page.close()


def test_agreeing_to_clicks_takes_a_press_and_is_accessible(
    opened: Open, publisher: Publisher, home: str
) -> None:
    token = link_of(publisher)
    with publisher.database.begin() as db:
        db.execute(subscribers.update().values(counts_clicks=True))
    page = opened(f"{home}/preferences/{token}/clicks", width=PHONE)
    asked = faults(page), fits(page)

    page.get_by_role("button", name="Do not count my clicks").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert asked == ([], True)
    assert (faults(page), fits(page)) == ([], True)
