"""Checking with all that a newsroom knows: the past, other files, and its settings."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import pytest
from PIL import Image

from publisher.actions.approve import approve
from publisher.actions.check import CheckFailedError, check_for_approval, check_issue, check_issues
from publisher.actions.meant import issues_meant
from publisher.actions.mend import untrack_links
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.errors import ContentError, NotFoundError, SettingsError, ThemeError
from publisher.model.states import IssueState
from publisher.theme import open_theme
from tests.newsrooms import Newsroom, history_of, state_of


def found(publisher: Publisher, slug: str) -> list[str]:
    """Return the warnings and errors of an issue as they are before it is approved."""
    return [each.code for each in check_for_approval(publisher, slug).findings if each.code[0] in "EW"]


def publishes(publisher: Publisher, newsroom: Newsroom, slug: str, **fields: str) -> None:
    """Publish an issue now."""
    newsroom.writes(slug, **fields)
    queue(publisher, slug, Place(at="+1h"))
    newsroom.clock.passes(hours=1)
    publish(publisher, slug)
    assert state_of(publisher, slug) is IssueState.PUBLISHED


@pytest.mark.parametrize(
    ("more", "codes"), [(0, []), (1, []), (9, []), (10, ["W110"])], ids=["same", "one", "nine", "ten"]
)
def test_an_audience_that_has_changed_by_much_is_a_warning(
    newsroom: Newsroom, publisher: Publisher, more: int, codes: list[str]
) -> None:
    publishes(publisher, newsroom, "heat", title="Heat returns to the north")
    for number in range(more):
        add(publisher, f"reader{number}@example.net")
    newsroom.writes("rain", title="Rain comes at last")

    assert found(publisher, "rain") == codes


def test_a_large_list_may_change_by_a_fifth(newsroom: Newsroom, publisher: Publisher) -> None:
    for number in range(99):
        add(publisher, f"reader{number}@example.net")
    publishes(publisher, newsroom, "heat", title="Heat returns to the north")
    newsroom.writes("rain", title="Rain comes at last")
    for number in range(20):
        add(publisher, f"new{number}@example.net")
    within = found(publisher, "rain")
    add(publisher, "one-more@example.net")

    assert within == []
    assert found(publisher, "rain") == ["W110"]


def test_other_lists_have_other_audiences(newsroom: Newsroom, publisher: Publisher) -> None:
    publishes(publisher, newsroom, "heat", title="Heat returns to the north")
    for number in range(30):
        add(publisher, f"reader{number}@example.net", lists=["extra"])
    newsroom.writes("rain", title="Rain comes at last", lists="[extra]")

    assert found(publisher, "rain") == []


@pytest.mark.parametrize(
    ("date", "codes"),
    [
        ("2026-10-06T07:30", ["W111"]),
        ("2026-10-07T06:29", ["W111"]),
        ("2026-10-07T06:31", []),
        ("2026-10-05T12:30", ["W111"]),
    ],
)
def test_two_issues_at_nearly_the_same_time_are_a_warning(
    newsroom: Newsroom, publisher: Publisher, date: str, codes: list[str]
) -> None:
    newsroom.writes("heat", title="Heat returns to the north")
    queue(publisher, "heat", Place())
    newsroom.writes("rain", title="Rain comes at last", date=date)
    newsroom.writes("snow", title="Snow falls in June", date=date, lists="[extra]")

    assert found(publisher, "rain") == codes
    assert found(publisher, "snow") == ["W103"]


def test_an_issue_without_a_date_takes_a_slot_and_is_never_too_near(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", title="Heat returns to the north")
    queue(publisher, "heat", Place())
    newsroom.writes("rain", title="Rain comes at last")

    assert found(publisher, "rain") == []


def test_the_subject_of_the_last_mail_is_told(newsroom: Newsroom, publisher: Publisher) -> None:
    publishes(publisher, newsroom, "heat", title="What this week brings")
    newsroom.writes("rain", title="What this week brings")

    assert found(publisher, "rain") == ["W203"]
    (without_the_past,) = check_issues(publisher.settings, publisher.theme, ["rain"])
    assert "W203" not in [each.code for each in without_the_past.findings]


def test_a_page_that_ran_is_told_with_the_number_of_its_issue(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    publishes(publisher, newsroom, "heat", title="Heat returns to the north", number="41")
    newsroom.writes("rain", title="Rain comes at last")
    newsroom.edits("rain", "https://example.net/rain", "https://example.net/heat?utm_source=x")

    told = [str(each) for each in check_for_approval(publisher, "rain").findings if each.code == "W407"]

    assert len(told) == 1
    assert "ran in issue 41" in told[0]


def test_a_public_story_keeps_its_id(newsroom: Newsroom, publisher: Publisher) -> None:
    publishes(publisher, newsroom, "heat", title="Heat returns to the north")
    same = found(publisher, "heat")
    newsroom.edits("heat", "id: 0d0f4a0e", "id: 1d0f4a0e")

    assert "E901" not in same
    assert "E901" in found(publisher, "heat")


def test_what_the_files_allow_is_kept_in_the_audit_beside_what_the_approver_allows(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", title="Heat returns to the north", allow="[W409, W306]")
    newsroom.edits("heat", "it grew", "it [grew](http://a.example/x) and [fell](https://bit.ly/x)")
    scan(publisher, patient=False)

    with pytest.raises(CheckFailedError, match="W410"):
        approve(publisher, "heat")
    approve(publisher, "heat", allow=["W410"])

    assert history_of(publisher, "heat")[-1].detail["allowed"] == ["W409", "W410"]


def test_a_reprint_keeps_what_the_files_allow_in_the_audit_too(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", title="Heat returns to the north", allow="[W409]")
    newsroom.edits("heat", "it grew", "it [grew](http://a.example/x)")
    queue(publisher, "heat", Place())
    newsroom.edits("heat", "it will go on", "it will end")
    scan(publisher, patient=False)

    last = history_of(publisher, "heat")[-1]
    assert (last.verb, last.detail["allowed"]) == ("reprint", ["W409"])


def test_a_damaged_picture_that_cannot_be_printed_is_a_finding(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    picture = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(picture, "PNG")
    (newsroom.issues / "a.png").write_bytes(picture.getvalue()[:9000])
    newsroom.writes("heat", title="Heat returns", image="a.png", image_alt="Rows of batteries")

    assert found(publisher, "heat") == ["W505", "E500"]


@pytest.mark.parametrize(
    ("place", "source", "what"),
    [
        ("email/footer.mjml:2", "<p>\n{{ edition.titel }}</p>", "has no attribute 'titel'"),
        ("email/footer.txt:1", "{{ words.why", "unexpected end of template"),
        ("email/button.mjml:1", "{% macro button(light, url, label) %}x", "Unexpected end of template"),
        ("web/story.html:1", "{% extends 'web/none.html' %}", "no template 'web/none.html'"),
    ],
)
def test_a_template_that_does_not_work_is_a_finding_of_each_issue_with_its_line(
    newsroom: Newsroom, publisher: Publisher, place: str, source: str, what: str
) -> None:
    newsroom.writes("heat", title="Heat returns to the north")
    file = newsroom.root / "templates" / place.partition(":")[0]
    file.parent.mkdir(parents=True)
    file.write_text(source)
    themed = replace(publisher, theme=open_theme(newsroom.root / "templates"))

    (checked,) = check_issues(themed.settings, themed.theme, ["heat"])
    (broken,) = (each for each in checked.findings if each.code == "E035")

    assert str(broken.place) == f"templates/{place}"
    assert what.lower() in broken.what.lower()
    with pytest.raises(ThemeError, match=place):
        approve(themed, "heat")


def test_unreadable_files_are_refused_with_the_first_error_and_the_number_of_the_others(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.saves("heat/issue.md", "---\nid: i\ntitle: Heat\nx: 1\n---\n")
    broken = [newsroom.saves(f"heat/{name}.md", "---\ntitle: [\n---\n") for name in "abc"]
    with pytest.raises(ContentError) as several:
        queue(publisher, "heat", Place())
    for path in broken[1:]:
        path.unlink()
    with pytest.raises(ContentError) as single:
        queue(publisher, "heat", Place())

    assert str(several.value).startswith("issues/heat/a.md")
    assert str(several.value).endswith("; and 2 more: `publisher check heat`)")
    assert "more" not in str(single.value)


def test_of_an_archived_issue_only_what_its_page_needs_is_told(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    links = "[here](http://a.example/x?utm_source=y) and [b](https://a.b/1) and [c](https://a.b/1)"
    told = {}
    for status in ("archived", "ready"):
        newsroom.writes("heat", title="Heat returns to the north", subject="News", status=status)
        newsroom.edits("heat", "it grew", links)
        told[status] = {
            each.code for each in check_issue(publisher.settings, publisher.theme, "heat").findings
        }

    assert told["archived"] == {"W405", "W409"}
    assert {"W202", "W405", "W406", "W408", "W409", "I807"} <= told["ready"]


def test_a_template_that_does_not_work_is_told_beside_errors_of_the_files(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.saves("heat/issue.md", "---\nid: i\ntitle: Heat\n---\n")
    newsroom.saves("heat/a.md", "---\nid: a\ntitle: A\nsource: A\n---\nText.\n\n# Again\n")
    newsroom.saves("../templates/email/footer.txt", "{{ words.why")

    checked = check_issue(publisher.settings, open_theme(newsroom.root / "templates"), "heat")

    assert {"E019", "E035"} <= {each.code for each in checked.findings}


def test_an_issue_that_was_copied_has_the_ids_of_another_also_if_it_alone_is_checked(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for name, moment in (("rain", 2_000_000), ("heat", 1_000_000)):
        for file, id_ in (("issue", "id-of-the-week"), ("a", "id-of-a-story")):
            path = newsroom.saves(f"{name}/{file}.md", f"---\nid: {id_}\ntitle: {name}\n---\nText.")
            os.utime(path, (moment, moment))
    newsroom.saves("snow.md", "---\nid: id-of-snow\ntitle: Snow\n---\nText.")

    for told in (
        check_issue(publisher.settings, publisher.theme, "rain").findings,
        *(each.findings for each in check_issues(publisher.settings, publisher.theme, ["rain"])),
        check_issues(publisher.settings, publisher.theme, [])[1].findings,
    ):
        assert [(str(each.place), each.what) for each in told if each.code == "E105"] == [
            ("issues/rain/a.md:2", "the id id-of-a-story is used in issues/heat/a.md"),
            ("issues/rain/issue.md:2", "the id id-of-the-week is used in issues/heat/issue.md"),
        ]
    for name in ("heat", "snow"):
        checked = check_issue(publisher.settings, publisher.theme, name)
        assert "E105" not in [each.code for each in checked.findings]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("W5O3", "there is no code 'W5O3' (did you mean W503?)"),
        ("E503", "there is no code 'E503' (did you mean W503?)"),
        ("nonsense", "there is no code 'nonsense' (docs/reference/checks.md lists the codes)"),
        ("E004", "E004 cannot be switched off"),
        ("E101", "E101 cannot be switched off"),
    ],
)
def test_only_codes_that_exist_and_keep_nobody_safe_are_switched_off(
    newsroom: Newsroom, code: str, words: str
) -> None:
    newsroom.sets(f'[check]\noff = ["{code}"]\n')

    with newsroom.opened() as publisher, pytest.raises(SettingsError) as refused:
        check_issues(publisher.settings, publisher.theme, [])

    assert str(refused.value).startswith("publisher.toml:15: [check] off: ")
    assert words in str(refused.value)


def test_the_limits_of_the_settings_are_those_of_the_check(newsroom: Newsroom) -> None:
    newsroom.writes("heat", title="Heat returns to the north")
    newsroom.sets(
        '[check]\noff = ["I807"]\nmax_subject = 20\nmax_takeaway_words = 5\nmax_lead_paragraphs = 1\n'
    )
    newsroom.edits("heat", "it grew", "it grew and grew and grew and grew")
    newsroom.edits("heat", "\n\n## Key", "\n\nMore.\n\n## Key")

    with newsroom.opened() as publisher:
        (checked,) = check_issues(publisher.settings, publisher.theme, [])

    assert [each.code for each in checked.findings] == ["W202", "I801", "I802"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("heat", ["heat.md"]),
        ("issues/heat.md", ["heat.md"]),
        ("climate", ["2026-10-06-climate"]),
        ("issues/2026-10-06-climate", ["2026-10-06-climate"]),
        ("issues/2026-10-06-climate/a.md", ["2026-10-06-climate"]),
        ("issues/2026-10-06-climate/cover.png", ["2026-10-06-climate"]),
        ("issues/_inbox/x.md", []),
        ("issues/_templates/weekly/a.md", []),
        ("issues/README.md", []),
        ("notes.md", []),
        ("issues/_stories/x.md", ["2026-10-06-climate", "heat.md"]),
        ("issues/_sponsors/x.md", ["2026-10-06-climate", "heat.md"]),
        ("publisher.toml", ["2026-10-06-climate", "heat.md"]),
        ("templates/email/issue.mjml", ["2026-10-06-climate", "heat.md"]),
        ("issues", ["2026-10-06-climate", "heat.md"]),
        (".", ["2026-10-06-climate", "heat.md"]),
    ],
)
def test_any_path_of_a_newsroom_means_the_issues_that_it_concerns(
    newsroom: Newsroom, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, name: str, meant: list[str]
) -> None:
    newsroom.writes("heat")
    for path in ("2026-10-06-climate/issue.md", "2026-10-06-climate/a.md", "2026-10-06-climate/cover.png"):
        newsroom.saves(path, "---\ntitle: A\n---\nText.")
    for path in ("_inbox/x.md", "_templates/weekly/a.md", "README.md", "_stories/x.md", "_sponsors/x.md"):
        newsroom.saves(path, "Text.")
    newsroom.saves("../templates/email/issue.mjml", "")
    newsroom.saves("../notes.md", "")
    monkeypatch.chdir(newsroom.root)

    here = issues_meant(publisher.settings, [name])
    monkeypatch.chdir(newsroom.root.parent)
    above = issues_meant(publisher.settings, [f"newsroom/{name}" if "." in name or "/" in name else name])

    assert sorted(here) == sorted(above) == meant


def test_a_name_that_means_nothing_is_an_error(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError, match=r"there is no issue 'issues/none\.md'"):
        issues_meant(publisher.settings, ["issues/none.md"])


def test_shared_stories_and_sponsors_are_mended_with_the_issue_that_uses_them(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    watching, clean = "[a](https://a.example/x?utm_source=y&id=1)", "[a](https://a.example/x?id=1)"
    newsroom.saves("rain/issue.md", "---\nid: i\ntitle: Rain\nstories: [_stories/x]\nsponsor: acme\n---\n")
    shared = newsroom.saves("_stories/x.md", f"---\nid: x\ntitle: X\n---\n{watching}\n")
    sponsor = newsroom.saves("_sponsors/acme.md", f"{watching}\n")
    unused = newsroom.saves("_stories/y.md", f"---\nid: y\ntitle: Y\n---\n{watching}\n")

    mended = untrack_links(publisher.settings, [])

    assert [each.path for each in mended] == [sponsor, shared]
    assert clean in shared.read_text()
    assert clean in sponsor.read_text()
    assert watching in unused.read_text()
    assert untrack_links(publisher.settings, []) == []


def test_a_template_that_nothing_uses_is_told_once_with_the_nearest_name(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", title="Heat returns to the north")
    file = newsroom.root / "templates" / "email" / "heder.mjml"
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    themed = replace(publisher, theme=open_theme(newsroom.root / "templates"))

    (checked,) = check_issues(themed.settings, themed.theme, ["heat"])

    (told,) = (each for each in checked.findings if each.code == "I037")
    assert str(told.place) == "templates/email/heder.mjml"
    assert "header.mjml" in told.fix


def test_only_the_first_issue_is_printed_as_more_than_a_mail(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.writes("heat", title="Heat returns to the north")
    newsroom.writes("rain", title="Rain comes at last")

    checked = check_issues(publisher.settings, publisher.theme, [])

    outputs = [{part.output for part in each.printed.parts} for each in checked if each.printed]
    assert outputs == [{"page", "email", "text"}, {"email"}]
