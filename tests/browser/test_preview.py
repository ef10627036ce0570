"""The preview as an editor sees it: every view, with a mouse, with the keyboard, on a phone, after a save."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Frame, Page, expect

from publisher import data_files
from publisher.web.preview import VIEWS, preview
from publisher.web.server import Server
from tests.browsing import Open, Scheme, faults, fits, launched, opening, served

DESK, PHONE, NARROW = 1280, 390, 320
ISSUE = "borrowed-power"
MAIL_VIEWS = ("desktop", "phone", "dark", "forced")
KINDS = ("desktop", "text", "inbox", "page", "files")
"""One view of each kind: in a frame or not, of a mail or a page, in rows or lines."""

INLINE = "script:not([src]):not([type='application/ld+json'])"
"""A script that a browser would run; what pages say of themselves to programs is data."""

HOSTILE_STORY = """\
---
id: 0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01
title: "</iframe><script>top.location = 'https://example.net/'</script>"
status: draft
link: https://example.net/hostile
source: "<form action=https://example.net/><button>Press</button></form>"
---

The words `</iframe><style>*{display:none}</style>` are only words.

## Deep Analysis

They <https://example.net/> stay words, and [this](javascript:top.document.title='run') leads nowhere.
"""

HOSTILE_MAIL = """\
<mjml><mj-head><mj-title>Hostile</mj-title></mj-head><mj-body><mj-raw>
<script>parent.document.body.remove(); document.title = "run"</script>
<img src="data:image/png;base64,x" alt="" onerror="document.title = 'run'">
<form action="https://example.net/" id="form"><button>Press</button></form>
<a id="link" href="javascript:document.title='run'">Follow</a>
<iframe src="../" id="inner"></iframe>
{{ slots.unsubscribe }}
</mj-raw></mj-body></mjml>
"""


def sample_in(root: Path) -> Path:
    sample = data_files.sample_newsroom()
    shutil.copytree(sample / "issues", root / "issues")
    shutil.copy(sample / "publisher.toml", root)
    return root


def previewed(root: Path) -> Iterator[str]:
    yield from served(Server(preview(root), host="127.0.0.1", port=0))


def changes(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The preview of a newsroom that stays as it is, with a finding of each kind."""
    root = sample_in(tmp_path_factory.mktemp("fixed"))
    issue = root / "issues" / ISSUE
    changes(issue / "issue.md", 'subject: "Borrowed', 'subject: "TODO Borrowed')
    changes(issue / "chip-heat.md", "\nThe ", "\nTK The ")
    changes(issue / "tool-library.md", "image_alt:", "x_alt:")
    yield from previewed(root)


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A newsroom whose files a test changes."""
    return sample_in(tmp_path)


@pytest.fixture
def changing(newsroom: Path) -> Iterator[str]:
    yield from previewed(newsroom)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open addresses; at the end no script of ours may have failed, or been refused by a policy."""
    yield from opening(browser)


def mail_in(page: Page) -> Frame:
    """Return the frame of the mail, loaded."""
    page.wait_for_load_state("load")
    frame = next(each for each in page.frames if "/mail" in each.url)
    frame.wait_for_load_state("load")
    return frame


def top_of(frame: Frame, selector: str) -> float:
    """Return how far an element stands below the upper edge of its frame."""
    return float(frame.locator(selector).evaluate("element => element.getBoundingClientRect().top"))


def scrolled_to(shown: Page | Frame, top: int) -> None:
    """Wait until a page or frame is scrolled to so many pixels below its top."""
    deadline = time.monotonic() + 5
    while shown.evaluate("scrollY") != top:
        assert time.monotonic() < deadline, shown.evaluate("scrollY")
        time.sleep(0.02)


def current(page: Page) -> str:
    return page.locator(".views [aria-current]").inner_text()


@pytest.mark.parametrize(
    ("width", "scheme", "views"),
    [(DESK, "light", VIEWS), (PHONE, "dark", VIEWS), (DESK, "dark", KINDS), (PHONE, "light", KINDS)],
    ids=["desk-light", "phone-dark", "desk-dark", "phone-light"],
)
def test_every_page_is_accessible(
    opened: Open, fixed: str, width: int, scheme: Scheme, views: Iterable[str]
) -> None:
    page = opened(fixed, width=width, scheme=scheme)
    found = {"list": faults(page)}

    for view in views:
        page.goto(f"{fixed}/{ISSUE}/?view={view}")
        found[view] = faults(page)
    for path in ("codes/E501", f"{ISSUE}/leaving", "nothing/"):
        page.goto(f"{fixed}/{path}")
        found[path] = faults(page)

    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("width", [NARROW, DESK // 2])
def test_nobody_scrolls_sideways_on_a_narrow_screen_or_at_twice_the_size(
    opened: Open, fixed: str, width: int
) -> None:
    page = opened(fixed, width=width)
    fit = {"list": fits(page)}

    for view in VIEWS:
        page.goto(f"{fixed}/{ISSUE}/?view={view}")
        fit[view] = fits(page)
    page.goto(f"{fixed}/codes/E501")

    assert [view for view, does in fit.items() if not does] == []
    assert fits(page)


def test_the_first_tab_skips_to_the_content_and_the_views_come_next_with_a_visible_focus(
    opened: Open, fixed: str
) -> None:
    page = opened(f"{fixed}/{ISSUE}/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    names = []
    page.keyboard.press("Tab")
    for _ in range(len(VIEWS) + 1):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        names.append(focused.inner_text())
        assert focused.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"

    assert names == ["All issues", *VIEWS.values()]


def test_the_skip_link_goes_behind_the_views(opened: Open, fixed: str) -> None:
    page = opened(f"{fixed}/{ISSUE}/?view=files")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.locator("main").evaluate("main => main.contains(document.activeElement)")


def test_arrow_keys_go_round_the_views_and_keep_the_focus_there(opened: Open, fixed: str) -> None:
    page = opened(f"{fixed}/{ISSUE}/")

    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/?view=phone")
    page.get_by_role("link", name="Phone").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/?view=desktop")
    expect(page.get_by_role("link", name="Desktop")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/?view=files")

    assert current(page) == "Files"
    assert "change the view" in page.locator(".keys").inner_text()


def test_the_arrow_keys_work_for_whoever_has_clicked_into_the_mail(opened: Open, fixed: str) -> None:
    page = opened(f"{fixed}/{ISSUE}/")
    mail_in(page).locator("h1").click()

    page.keyboard.press("ArrowRight")

    page.wait_for_url("**/?view=phone")


def test_the_second_tab_skips_to_what_the_check_says(opened: Open, fixed: str) -> None:
    page = opened(f"{fixed}/{ISSUE}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#findings")).to_be_focused()


def test_arrow_keys_with_another_key_are_left_to_the_browser(opened: Open, fixed: str) -> None:
    page = opened(f"{fixed}/{ISSUE}/")

    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+ArrowRight")
    page.wait_for_timeout(300)

    assert current(page) == "Desktop"


@pytest.mark.parametrize("view", MAIL_VIEWS)
def test_a_story_with_a_finding_is_scrolled_to_in_the_mail_without_a_new_page(
    opened: Open, fixed: str, view: str
) -> None:
    page = opened(f"{fixed}/{ISSUE}/?view={view}")
    frame = mail_in(page)
    before = top_of(frame, "#story-3")

    page.locator(".findings").get_by_role("link", name="A library where you borrow a drill").click()

    expect(frame.locator("#story-3")).to_be_in_viewport()
    assert top_of(frame, "#story-3") < before
    assert abs(top_of(frame, "#story-3")) < 50
    assert len(page.context.pages) == 1


def test_a_finding_leads_to_its_line_and_to_the_meaning_of_its_code(opened: Open, fixed: str) -> None:
    page = opened(f"{fixed}/{ISSUE}/")

    page.locator(".findings .E .place").first.click()
    expect(page.locator(":target code")).to_contain_text("TK The")
    expect(page.locator(":target .finding.E").first).to_be_visible()
    expect(page.locator(":target")).to_be_in_viewport()
    page.locator(":target .E .code").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("E302")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()


def test_a_story_of_the_page_opens_in_the_same_frame_and_one_of_the_mail_in_a_tab(
    opened: Open, fixed: str
) -> None:
    page = opened(f"{fixed}/{ISSUE}/?view=page")
    frame = page.frame_locator("iframe")
    frame.locator('a[href="page?story=chip-heat"]').first.click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("The warm side of a computer")

    page.goto(f"{fixed}/{ISSUE}/")
    with page.expect_popup() as tab:
        page.frame_locator("iframe").locator('a[href="page?story=chip-heat"]').last.click()

    expect(tab.value.get_by_role("heading", level=1)).to_have_text("The warm side of a computer")


def test_the_way_out_of_a_mail_opens_a_tab_that_says_what_it_would_have_done(
    opened: Open, fixed: str
) -> None:
    page = opened(f"{fixed}/{ISSUE}/")

    with page.expect_popup() as tab:
        page.frame_locator("iframe").get_by_role("link", name="Unsubscribe").click()

    expect(tab.value.get_by_text("nobody was unsubscribed")).to_be_visible()


def pixel(page: Page, at: tuple[int, int]) -> tuple[int, ...]:
    """Return the colour of a pixel of the mail's frame."""
    mail_in(page)
    picture = Image.open(BytesIO(page.locator("iframe").first.screenshot())).convert("RGB")
    colour = picture.getpixel(at)
    assert isinstance(colour, tuple)
    return colour


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_view_has_its_own_paper_whatever_the_browser_prefers(
    opened: Open, fixed: str, scheme: Scheme
) -> None:
    papers = {
        view: pixel(opened(f"{fixed}/{ISSUE}/?view={view}", scheme=scheme), (60, 200))
        for view in ("desktop", "dark", "forced")
    }

    assert papers == {"desktop": (255, 255, 255), "dark": (20, 23, 26), "forced": (0, 0, 0)}


def test_a_forced_inversion_leaves_the_colours_of_pictures(opened: Open, fixed: str) -> None:
    colours = []
    for view in ("desktop", "forced"):
        page = opened(f"{fixed}/{ISSUE}/?view={view}")
        image = mail_in(page).locator("img").first
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", value=True)
        shot = Image.open(BytesIO(image.screenshot())).convert("RGB").resize((1, 1)).getpixel((0, 0))
        assert isinstance(shot, tuple)
        colours.append(shot)

    assert all(abs(one - other) < 12 for one, other in zip(*colours, strict=True))


def test_rows_of_the_inbox_are_mirrored_from_right_to_left(
    opened: Open, changing: str, newsroom: Path
) -> None:
    changes(newsroom / "issues" / ISSUE / "issue.md", "lang: en", "lang: ar")
    page = opened(f"{changing}/{ISSUE}/?view=inbox")

    for row in page.locator(".row").all():
        initial, words = row.locator(".initial").bounding_box(), row.locator(".words").bounding_box()
        assert initial is not None
        assert words is not None
        assert initial["x"] > words["x"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_comes_back_after_a_save(opened: Open, changing: str, newsroom: Path, view: str) -> None:
    page = opened(f"{changing}/{ISSUE}/?view={view}")

    changes(newsroom / "issues" / ISSUE / "issue.md", 'title: "Borrowed power"', 'title: "Lent power"')

    expect(page.get_by_role("heading", level=1)).to_contain_text("Lent power")
    assert current(page) == VIEWS[view]


@pytest.mark.parametrize(
    "case",
    [
        (f"issues/{ISSUE}/issue.md", "---\ntitle: a: b\n---\n", "cannot be printed as it is"),
        ("publisher.toml", "[publication", "publisher.toml:1"),
        ("templates/email/issue.mjml", "{% if %}", "cannot be printed as it is"),
    ],
)
def test_what_is_broken_says_so_and_the_same_view_comes_back_where_it_was(
    opened: Open, changing: str, newsroom: Path, case: tuple[str, str, str]
) -> None:
    file, broken, sentence = case
    path = newsroom / file
    good = path.read_text(encoding="utf-8") if path.exists() else None
    page = opened(f"{changing}/{ISSUE}/?view=text")
    page.evaluate("scrollTo(0, 700)")

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(broken, encoding="utf-8")
    expect(page.locator(".message")).to_contain_text(sentence)
    if good is None:
        path.unlink()
    else:
        path.write_text(good, encoding="utf-8")

    expect(page.locator("pre")).to_contain_text("Three stories")
    scrolled_to(page, 700)
    assert current(page) == "Text"


def test_what_was_unfolded_and_scrolled_is_so_after_a_save(
    opened: Open, changing: str, newsroom: Path
) -> None:
    page = opened(f"{changing}/{ISSUE}/?view=source")
    page.get_by_text("The body, encoded as it travels").click()
    page.evaluate("scrollTo(0, 3000)")

    changes(newsroom / "issues" / ISSUE / "issue.md", 'title: "Borrowed power"', 'title: "Lent power"')

    expect(page.get_by_role("heading", level=1)).to_contain_text("Lent power")
    expect(page.locator("details")).to_have_attribute("open", "")
    scrolled_to(page, 3000)


def test_the_mail_stays_where_it_was_scrolled_to_after_a_save(
    opened: Open, changing: str, newsroom: Path
) -> None:
    page = opened(f"{changing}/{ISSUE}/?view=desktop")
    mail_in(page).evaluate("scrollTo(0, 1200)")

    changes(newsroom / "issues" / ISSUE / "issue.md", 'title: "Borrowed power"', 'title: "Lent power"')

    expect(page.get_by_role("heading", level=1)).to_contain_text("Lent power")
    scrolled_to(mail_in(page), 1200)


@pytest.mark.parametrize("view", VIEWS)
def test_a_hostile_story_does_nothing_in_any_view(
    opened: Open, changing: str, newsroom: Path, view: str
) -> None:
    (newsroom / "issues" / "hostile.md").write_text(HOSTILE_STORY, encoding="utf-8")

    page = opened(f"{changing}/hostile/?view={view}")

    expect(page.get_by_role("heading", level=1)).to_contain_text("</iframe><script>top.location")
    page.wait_for_load_state("load")
    assert page.url.startswith(changing)
    assert (page.locator("iframe").count() > 0) is (view in (*MAIL_VIEWS, "page", "entry"))
    for frame in page.frames:
        assert frame.locator(f"{INLINE}, form, button, [href^='javascript:']").count() == 0
        assert frame.locator("body").is_visible()


def test_even_a_hostile_mail_runs_and_sends_nothing_in_its_frame(
    browser: Browser, changing: str, newsroom: Path
) -> None:
    template = newsroom / "templates" / "email" / "issue.mjml"
    template.parent.mkdir(parents=True)
    template.write_text(HOSTILE_MAIL, encoding="utf-8")
    page = browser.new_page()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{changing}/{ISSUE}/")
    frame = mail_in(page)

    frame.locator("#form button").click()
    frame.locator("#link").click()
    page.wait_for_timeout(300)

    assert page.locator(".findings").is_visible()
    assert frame.locator("title").evaluate("title => title.textContent") == "Hostile"
    assert [url for url in asked if not url.startswith((changing, "data:"))] == []
    page.close()
