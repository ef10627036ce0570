from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from itertools import product
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import httpx2
import pytest
from starlette.testclient import TestClient

from publisher.actions.check import check_issue
from publisher.check.codes import CODES
from publisher.errors import Place
from publisher.model.finding import Finding
from publisher.settings_file import load_settings
from publisher.theme import open_theme
from publisher.web.findings import notes
from publisher.web.preview import VIEWS, preview
from publisher.web.saved import saves, stream
from publisher.web.server import Server

ISSUE = "borrowed-power"


@pytest.fixture
def editor(newsroom: Path) -> TestClient:
    """A browser on the machine of the newsroom."""
    return TestClient(preview(newsroom), base_url="http://127.0.0.1", follow_redirects=False)


def within(html: str, place: str) -> Element:
    found = html5lib.parse(html, namespaceHTMLElements=False).find(place)
    assert found is not None
    return found


def shown(html: str) -> str:
    """Return the words of a page."""
    return words_of(within(html, "body"))


def words_of(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def stamp(html: str) -> str:
    return html5lib.parse(html, namespaceHTMLElements=False).get("data-stamp", "")


def test_the_list_has_every_issue_with_what_the_check_says(editor: TestClient, newsroom: Path) -> None:
    story = newsroom / "issues" / ISSUE / "chip-heat.md"
    story.write_text(story.read_text(encoding="utf-8").replace("\nThe ", "\nTK The ", 1), encoding="utf-8")

    page = shown(editor.get("/").text)

    assert page.index("Borrowed power") < page.index("Xi and Putin in Kazan")
    assert "Borrowed power borrowed-power ready 1 error" in page
    assert "水がつくるもの mizu archived" in page


def test_a_newsroom_without_issues_says_how_to_begin(editor: TestClient, newsroom: Path) -> None:
    (newsroom / "issues").rename(newsroom / "elsewhere")

    assert "publisher new" in shown(editor.get("/").text)


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_of_an_issue_stands_beside_its_findings(editor: TestClient, view: str) -> None:
    page = editor.get(f"/{ISSUE}/?view={view}")

    assert page.status_code == 200
    assert f'<a href="?view={view}" aria-current="page">' in page.text
    assert "What the check says" in shown(page.text)
    assert page.headers["cache-control"] == "no-store"


def test_the_mail_is_filled_in_and_can_be_left_nowhere(editor: TestClient, newsroom: Path) -> None:
    settings = newsroom / "publisher.toml"
    text = settings.read_text(encoding="utf-8").replace('"The Weekly"', '"R&D <weekly>"')
    settings.write_text(text, encoding="utf-8")

    mail = editor.get(f"/{ISSUE}/mail").text
    left = editor.get(f"/{ISSUE}/leaving")

    assert ".qz" not in mail
    assert "R&D <weekly>" in shown(mail)
    assert '<a href="leaving" target="_blank"' in mail
    assert "/unsubscribe/" not in mail
    assert "nobody was unsubscribed" in shown(left.text)


def test_the_mail_is_shown_in_light_and_in_dark_whatever_the_browser_prefers(editor: TestClient) -> None:
    light, dark = editor.get(f"/{ISSUE}/mail").text, editor.get(f"/{ISSUE}/mail?scheme=dark").text

    assert "prefers-color-scheme" not in light + dark
    assert 'content="light dark"' not in light + dark
    assert "@media (max-width:0){" in light
    assert "@media (min-width:0){" in dark


def test_a_client_that_inverts_colours_by_force_gets_the_light_mail_inverted(editor: TestClient) -> None:
    light = editor.get(f"/{ISSUE}/mail").text
    forced = editor.get(f"/{ISSUE}/mail?scheme=forced").text

    before, inverted, after = forced.partition("<style>html{background:#fff;filter:invert(1)")
    assert inverted
    assert before + after.partition("</style>")[2] == light
    assert editor.get(f"/{ISSUE}/mail?scheme=purple").text == light


def test_mail_and_text_are_the_parts_of_the_message_that_would_be_sent(editor: TestClient) -> None:
    answer = editor.get(f"/{ISSUE}/message.eml")
    message = message_from_bytes(answer.content, policy=default)

    plain, html = message.iter_parts()

    assert answer.headers["content-type"] == "message/rfc822"
    assert shown(editor.get(f"/{ISSUE}/mail").text) == shown(html.get_content())
    text = within(editor.get(f"/{ISSUE}/?view=text").text, ".//pre").text
    assert text == plain.get_content().replace("\r\n", "\n")


def test_the_source_begins_with_the_headers_and_the_body_is_folded(editor: TestClient) -> None:
    page = editor.get(f"/{ISSUE}/?view=source").text

    headers, body = within(page, ".//pre").text or "", within(page, ".//details/pre").text or ""

    assert headers.startswith("From: The Sample Dispatch <dispatch@example.org>\nTo: reader@example.org\n")
    assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in headers
    assert "\n\n" not in headers
    assert "text/plain" in body.partition("\n\n")[0]
    assert html5lib.parse(page, namespaceHTMLElements=False).find(".//details[@open]") is None


def test_the_inbox_shows_sender_subject_and_the_first_words_as_clients_cut_them(editor: TestClient) -> None:
    page = editor.get(f"/{ISSUE}/?view=inbox").text
    words = shown(page)

    assert "In a browser cut as Gmail does" in words
    assert (
        "T The Sample Dispatch Borrowed power: noon for the evening, heat for a pool, a drill for a day"
        in words
    )
    assert "Borrowed power: noon for the evening,… Three stories about things that do more when" in words
    for kind, scheme in product(("web", "phone", "desk"), ("light", "dark")):
        assert page.count(f'<div class="row {kind} {scheme}" lang="en" dir="ltr"') == 1


@pytest.mark.parametrize("view", ["desktop", "phone", "dark", "forced", "inbox"])
def test_what_the_check_says_of_the_subject_stands_at_the_row_and_not_in_the_list(
    editor: TestClient, newsroom: Path, view: str
) -> None:
    edit(newsroom / "issues" / ISSUE / "issue.md", 'subject: "Borrowed', 'subject: "TODO Borrowed')

    page = editor.get(f"/{ISSUE}/?view={view}").text

    finding = "'TODO' says that something is missing here"
    assert finding in words_of(within(page, ".//section[@class='view']"))
    assert finding not in words_of(within(page, ".//section[@class='findings']"))
    assert "about the inbox row stand" in shown(page)


def test_where_no_row_is_shown_the_list_has_what_is_said_of_it(editor: TestClient, newsroom: Path) -> None:
    edit(newsroom / "issues" / ISSUE / "issue.md", 'subject: "Borrowed', 'subject: "TODO Borrowed')

    page = editor.get(f"/{ISSUE}/?view=text").text

    said = words_of(within(page, ".//section[@class='findings']"))
    assert "E302 issue.md:4 'TODO' says" in said.partition("The inbox row")[2]


@pytest.mark.parametrize(
    ("code", "field", "at_row"),
    [
        ("W205", "title", True),
        ("E302", "title", True),
        ("I807", "title", False),
        ("E113", "title", False),
        ("I807", "subject", True),
        ("E302", "preheader", True),
        ("E302", "tags", False),
    ],
)
def test_a_finding_stands_at_the_row_if_it_is_about_words_in_it(
    newsroom: Path, code: str, field: str, *, at_row: bool
) -> None:
    checked = check_issue(load_settings(newsroom), open_theme(None), ISSUE)
    assert checked.issue is not None
    place = Place(path=checked.issue.place.path, line=checked.issue.lines[field])
    finding = Finding(code=code, what="what", fix="fix", place=place)

    found = notes(replace(checked, findings=(finding,)), ())

    assert [each.finding for each in found.row] == ([finding] if at_row else [])
    assert found.count == 1


def test_findings_are_listed_by_story_the_issues_own_first_and_lead_to_their_line_and_story(
    editor: TestClient, newsroom: Path
) -> None:
    folder = newsroom / "issues" / ISSUE
    edit(folder / "tool-library.md", "image_alt:", "x_alt:")
    edit(folder / "grid-batteries.md", "\nOn an", "\nTK On an")
    edit(folder / "issue.md", "\nThree stories", "\nTK Three stories")

    listed = within(editor.get(f"/{ISSUE}/").text, ".//section[@class='findings']")

    titles = ["The issue", "Grid batteries take over the evening", "A library where you borrow a drill"]
    said = ["".join(title.itertext()) for title in listed.iter("h3")]
    assert [title for title in said if title in titles] == titles
    links = [(link.get("href"), link.get("target")) for link in listed.findall(".//h3/a")]
    assert {("mail#story-1", "mail"), ("mail#story-3", "mail")} <= set(links)
    errors = [each for each in listed.iter("div") if each.get("class") == "finding E"]
    places = [link.get("href", "") for each in errors for link in each.findall(".//a[@class='place']")]
    files = editor.get(f"/{ISSUE}/?view=files").text
    for place, code in zip(places, ("E302", "E302", "E501"), strict=True):
        line = within(files, f".//*[@id='{place.removeprefix('?view=files#')}']")
        assert code in words_of(line)
    assert 'id="story-3"' in editor.get(f"/{ISSUE}/mail").text


def test_the_files_are_shown_with_each_finding_below_its_line(editor: TestClient, newsroom: Path) -> None:
    edit(newsroom / "issues" / ISSUE / "tool-library.md", "image_alt:", "x_alt:")

    page = editor.get(f"/{ISSUE}/?view=files").text

    sheets = [words_of(sheet) for sheet in html5lib.parse(page, namespaceHTMLElements=False).iter("section")]
    assert "issues/borrowed-power/issue.md 1 --- 2 id: 6238984e" in sheets[0]
    assert "10 image: tool-library.png E501 'tool-library.png' has no alt text write image_alt" in sheets[0]
    assert '<a class="code" href="../codes/E501"' in page


def test_every_code_that_the_check_knows_is_explained(editor: TestClient) -> None:
    for code in CODES.values():
        page = editor.get(f"/codes/{code.code}")

        assert page.status_code == 200
        for text in (code.title, code.why, code.example, code.fix):
            assert "".join(text.replace("`", "").split()) in shown(page.text).replace(" ", "")
    assert editor.get("/codes/E999").status_code == 404


def test_an_issue_that_nobody_is_mailed_says_so(editor: TestClient, newsroom: Path) -> None:
    edit(newsroom / "issues" / ISSUE / "issue.md", "lang: en", "lang: en\nlists: []")

    assert "for pages and feeds only" in shown(editor.get(f"/{ISSUE}/").text)
    assert "for pages and feeds only" not in shown(editor.get(f"/{ISSUE}/?view=page").text)
    assert editor.get(f"/{ISSUE}/message.eml").status_code == 200


def test_an_issue_for_some_readers_says_for_which(editor: TestClient, newsroom: Path) -> None:
    edit(newsroom / "issues" / ISSUE / "issue.md", "lang: en", "lang: en\nsegment: (tag:energy)")

    assert "Only some readers get it: tag:energy" in shown(editor.get(f"/{ISSUE}/").text)


def test_the_pages_and_entries_of_the_stories_can_be_seen_as_well(editor: TestClient) -> None:
    for document in ("page", "entry"):
        whole = shown(editor.get(f"/{ISSUE}/{document}").text)
        story = shown(editor.get(f"/{ISSUE}/{document}?story=chip-heat").text)

        assert "A library where you borrow a drill" in whole
        assert "The warm side of a computer" in story
        assert len(story) < len(whole)


def test_every_file_that_a_document_needs_comes_from_the_preview_itself(editor: TestClient) -> None:
    for document in ("mail", "page", "entry"):
        tree = html5lib.parse(editor.get(f"/{ISSUE}/{document}").text, namespaceHTMLElements=False)
        files = [each.get("src", "") for each in tree.iter("img")]
        files += [each.get("href", "") for each in tree.iter("link") if each.get("rel") == "stylesheet"]

        answers = [editor.get(f"/{ISSUE}/{file}") for file in files]

        assert len(files) >= 3
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.headers["content-type"].partition("/")[0] for answer in answers} <= {"image", "text"}


def test_a_home_url_with_a_path_changes_nothing_of_that(editor: TestClient, newsroom: Path) -> None:
    settings = newsroom / "publisher.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("http://127.0.0.1:8000", "https://example.org/news"), encoding="utf-8")

    page = editor.get(f"/{ISSUE}/page").text

    assert '<link rel="stylesheet" href="style.css">' in page
    assert 'src="media/' in page


def test_the_sources_of_the_entries_are_those_of_the_feeds(editor: TestClient) -> None:
    page = html5lib.parse(
        editor.get(f"/{ISSUE}/?view=entry&story=chip-heat").text, namespaceHTMLElements=False
    )

    rss, atom, item = ("".join(source.itertext()) for source in page.iter("pre"))

    assert rss.startswith("<item")
    assert atom.startswith("<entry")
    assert json.loads(item)["title"] == "The warm side of a computer"


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_frame_runs_nothing_and_stands_in_no_page_of_others(
    editor: TestClient, newsroom: Path, *, is_broken: bool
) -> None:
    if is_broken:
        (newsroom / "issues" / ISSUE / "issue.md").write_text("", encoding="utf-8")

    for document in ("mail", "page", "entry"):
        policy = editor.get(f"/{ISSUE}/{document}").headers["content-security-policy"]

        assert "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox;" in policy
        assert "allow-scripts" not in policy
        assert "frame-ancestors 'self'" in policy
        assert "script-src" not in policy


def test_a_broken_file_is_a_sentence_and_a_mended_one_is_shown_again(
    editor: TestClient, newsroom: Path
) -> None:
    story = newsroom / "issues" / ISSUE / "chip-heat.md"
    good = story.read_text(encoding="utf-8")
    before = editor.get(f"/{ISSUE}/")

    story.write_text(good.replace("title:", "title: a: b #", 1), encoding="utf-8")
    broken, mail = editor.get(f"/{ISSUE}/"), editor.get(f"/{ISSUE}/mail")
    story.write_text(good, encoding="utf-8")
    mended = editor.get(f"/{ISSUE}/")

    assert "chip-heat.md:3" in shown(broken.text)
    assert "cannot be printed as it is" in shown(broken.text)
    assert mail.status_code == 404
    assert len({stamp(page.text) for page in (before, broken)}) == 2
    assert "<iframe" in mended.text


@pytest.mark.parametrize(
    ("file", "text", "status", "sentence"),
    [
        ("publisher.toml", "[publication", 500, "publisher.toml:1"),
        ("templates/web/issue.html", "{% if %}", 200, "E035 issue.html:1"),
        ("templates/email/issue.mjml", "{{ nothing }}", 200, "E035 issue.mjml:1"),
    ],
)
def test_broken_settings_and_templates_are_sentences_too(  # noqa: PLR0917 (a row of the table)
    editor: TestClient, newsroom: Path, file: str, text: str, status: int, sentence: str
) -> None:
    (newsroom / file).parent.mkdir(parents=True, exist_ok=True)
    (newsroom / file).write_text(text, encoding="utf-8")

    page = editor.get(f"/{ISSUE}/")

    assert page.status_code == status
    assert sentence in shown(page.text)
    assert stamp(page.text)
    assert "Traceback" not in page.text


def test_a_broken_template_is_an_error_of_each_issue_in_the_list(editor: TestClient, newsroom: Path) -> None:
    template = newsroom / "templates" / "email" / "issue.mjml"
    template.parent.mkdir(parents=True)
    template.write_text("{% if %}", encoding="utf-8")
    broken = editor.get("/")
    template.unlink()
    mended = editor.get("/")

    assert broken.status_code == 200
    assert shown(broken.text).count("1 error") == 3
    assert '<a href="borrowed-power/">' in broken.text
    assert shown(mended.text).count("passes the check") == 3


def test_an_issue_with_an_unreadable_file_keeps_no_other_from_being_opened(
    editor: TestClient, newsroom: Path
) -> None:
    (newsroom / "issues" / ISSUE / "issue.md").write_bytes(b"---\ntitle: \xff\n---\n")

    assert "borrowed-power borrowed-power 1 error" in shown(editor.get("/").text)
    for view in VIEWS:
        broken = editor.get(f"/{ISSUE}/?view={view}")
        assert broken.status_code == 200
        assert "2 title: \ufffd E002" in shown(broken.text)
        assert f'<a href="?view={view}" aria-current="page">' in broken.text
        assert "<iframe" in editor.get("/mizu/").text


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/nothing/mail",
        f"/{ISSUE}/page?story=nothing",
        f"/{ISSUE}/entry?story=nothing",
        f"/{ISSUE}/media/nothing.png",
        "/%2e%2e/",
    ],
)
def test_what_is_not_there_is_a_sentence(editor: TestClient, path: str) -> None:
    page = editor.get(path)

    assert page.status_code == 404
    assert "there is no" in shown(page.text)


def test_a_missing_slash_is_added(editor: TestClient) -> None:
    assert editor.get(f"/{ISSUE}").headers["location"] == f"./{ISSUE}/"


def test_only_a_browser_on_this_machine_may_look(newsroom: Path) -> None:
    stranger = TestClient(preview(newsroom), base_url="http://rebound.example")

    assert stranger.get("/").status_code == 400


def test_looking_writes_nothing(editor: TestClient, newsroom: Path) -> None:
    before = sorted(newsroom.rglob("*"))

    for path in ("/", f"/{ISSUE}/", f"/{ISSUE}/mail", "/preview.js", "/preview.css"):
        assert editor.get(path).status_code == 200

    assert sorted(newsroom.rglob("*")) == before


@pytest.fixture
def server(newsroom: Path) -> Iterator[Server]:
    server = Server(preview(newsroom), host="127.0.0.1", port=0, patience=5)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize(
    "file", ["issues/borrowed-power/chip-heat.md", "publisher.toml", "templates/web/issue.html"]
)
def test_a_save_is_told_within_a_second(server: Server, newsroom: Path, file: str) -> None:
    with httpx2.Client(base_url=server.url, timeout=5) as http:
        seen = stamp(http.get("/").text)
        with http.stream("GET", f"/saved.stream?seen={seen}") as answer:
            lines = answer.iter_lines()
            assert next(lines) == "retry: 1000"
            (newsroom / file).parent.mkdir(parents=True, exist_ok=True)
            with (newsroom / file).open("a", encoding="utf-8") as saved:
                saved.write("\n")
            event = next(line for line in lines if line.startswith(("event", "data")))
            told = next(line for line in lines if line.startswith("data"))
        now = stamp(http.get("/").text)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert event == "event: saved"
    assert told == f"data: {now}"
    assert now != seen


@pytest.mark.parametrize(
    ("file", "shared"),
    [
        ("issues/borrowed-power/chip-heat.md", False),
        ("issues/_stories/evergreen.md", True),
        ("templates/web/issue.html", True),
        ("publisher.toml", True),
    ],
)
def test_only_what_all_issues_share_has_templates_compiled_again(
    newsroom: Path, file: str, *, shared: bool
) -> None:
    before = saves(newsroom)

    (newsroom / file).parent.mkdir(parents=True, exist_ok=True)
    with (newsroom / file).open("a", encoding="utf-8") as saved:
        saved.write("\n")

    after = saves(newsroom)
    assert after.stamp != before.stamp
    assert (after.shared != before.shared) is shared


def test_what_was_saved_between_page_and_stream_is_told_at_once(server: Server) -> None:
    with httpx2.stream("GET", f"{server.url}/saved.stream?seen=before", timeout=5) as answer:
        lines = list(zip(answer.iter_lines(), range(3), strict=False))

    assert lines[2][0] == "event: saved"


def test_a_server_stops_at_once_though_somebody_listens(server: Server) -> None:
    with httpx2.stream("GET", f"{server.url}/saved.stream", timeout=5) as answer:
        next(answer.iter_lines())
        server.stop()

        assert not server.is_alive


def test_a_folder_that_nobody_can_watch_is_looked_at_all_the_same(tmp_path: Path) -> None:
    async def told() -> list[str]:
        root = tmp_path / "later"
        found = []
        async with aclosing(stream(root, saves(root).stamp, {})) as events:
            async for event in events:
                found.append(event.partition("\n")[0])
                if len(found) == 2:
                    root.mkdir()
                    (root / "publisher.toml").write_text("", encoding="utf-8")
                if found[-1] == "event: saved":
                    return found
        raise AssertionError(found)

    assert asyncio.run(told()) == ["retry: 1000", ": still here", "event: saved"]


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [
        ("cross-site", "no-cors", 403),
        ("cross-site", "cors", 403),
        ("cross-site", "navigate", 200),
        ("same-origin", "cors", 200),
        ("none", "navigate", 200),
    ],
)
def test_a_strange_page_may_link_to_the_preview_and_ask_it_for_nothing(
    editor: TestClient, site: str, mode: str, status: int
) -> None:
    asked = editor.get("/preview.css", headers={"sec-fetch-site": site, "sec-fetch-mode": mode})

    assert asked.status_code == status


def test_what_keeps_an_issue_from_being_printed_comes_first_among_its_files(
    editor: TestClient, newsroom: Path
) -> None:
    template = newsroom / "templates" / "email" / "footer.mjml"
    template.parent.mkdir(parents=True)
    template.write_text("{{ nothing }}", encoding="utf-8")

    page = shown(editor.get(f"/{ISSUE}/").text)

    assert page.index("templates/email/footer.mjml") < page.index("issues/borrowed-power/issue.md")
