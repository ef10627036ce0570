"""What the commands print for people."""

from __future__ import annotations

import io
import os
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from publisher.actions import clicks
from publisher.actions.audience import Audience
from publisher.cli.newsroom import whoami
from publisher.cli.output import clock_text, plain
from publisher.cli.publish import _ask
from publisher.errors import PublisherError
from publisher.model.delivery import Stage
from publisher.model.reader_token import TokenPurpose
from publisher.store import reader_tokens
from tests.cli.conftest import Types
from tests.newsrooms import READER, TUESDAY, Newsroom, relay_at
from tests.smtp_server import SmtpServer


def test_an_issue_goes_its_way_and_each_step_names_the_next(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    assert types("check", "heat").out.endswith("\n1 issue: 0 errors, 0 warnings, 1 remark\n")
    assert types("approve", "heat").out == (
        "As of now it goes to 1 reader of The Weekly.\nheat is approved. Next: publisher queue heat\n"
    )
    queued = types("queue", "heat", "--at", "2099-10-06T06:30").out
    assert queued.startswith(
        "heat goes out Tue 2099-10-06 06:30 (Europe/Madrid).\n"
        "When it was approved it had 1 reader of The Weekly.\nIt goes out while `publisher serve`"
    )
    assert "goes out again with: publisher queue heat" in types("unqueue", "heat").out
    types("queue", "heat", "--at", "2099-10-06T06:30")
    assert "publisher release heat" in types("hold", "heat", "--reason", "wait").out
    assert types("release", "heat").out == "heat goes out Tue 2099-10-06 06:30\n"
    assert types("publish", "heat", "--now").out == "heat is published, 1 reader: 1 accepted\n"


def test_findings_are_a_table_with_places_and_cures(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "TK")

    said = types("check", "heat", code=1).out

    assert "issues/heat.md:13  E302" in said
    assert said.splitlines()[-2:] == [
        "`publisher check --explain CODE` tells more.",
        "1 issue: 1 error, 0 warnings, 1 remark",
    ]


def test_remarks_are_shown_of_the_issues_that_are_named(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    assert "I807" in types("check", "heat").out
    assert types("check").out == (
        "1 issue: 0 errors, 0 warnings, 1 remark; name an issue to see its remarks\n"
    )
    assert "I807" in types("check", "--json").out


def test_a_check_says_that_unreadable_files_hide_what_else_there_is(newsroom: Newsroom, types: Types) -> None:
    newsroom.saves("heat.md", "---\ntitle: [\n---\n")
    one = types("check", "heat", code=1).out
    newsroom.saves("rain.md", "---\ntitle: [\n---\n")
    two = types("check", code=1).out

    assert one.endswith(
        "\nSome files cannot be read: the rest of this issue is checked once that is mended.\n"
    )
    assert two.endswith("the rest of these 2 issues is checked once that is mended.\n")


def test_a_files_name_cannot_command_a_terminal_or_a_code_host(newsroom: Newsroom, types: Types) -> None:
    newsroom.saves("heat/issue.md", "---\nid: i\ntitle: Heat\n---\n")
    newsroom.saves("heat/a\x1b]0;x\x07\r\n::warning::b\u202ec.md", "---\nid: a\ntitle: A\n---\nTK\n")
    newsroom.saves("heat/_b.md", "---\nid: a\ntitle: A\n---\nTK\n")

    shown, annotated = types("check", code=1).out, types("check", "--format", "github", code=1).out

    assert not {*"\x1b\x07\r\u202e"} & {*shown, *annotated}
    assert r"a\x1b]0;x\x07\r\n::warning::b\u202ec.md:5" in shown.replace("\n", "").replace(" ", "")
    assert r"file=issues/heat/a\x1b]0;x\x07%0D%0A%3A%3Awarning%3A%3Ab\u202ec.md,line=5" in annotated
    assert all(line.startswith("::") for line in annotated.splitlines())


def test_findings_for_a_code_host_are_its_annotations(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "TK")

    said = types("check", "--format", "github", code=1).out

    remark, error = said.splitlines()
    assert remark.startswith("::notice file=issues/heat.md,line=3,title=I807::")
    assert error.startswith("::error file=issues/heat.md,line=13,title=E302::")


def test_warnings_fail_a_check_only_when_it_is_strict(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "link: https://example.net/heat\nsource: Example Review\n", "")

    types("check")
    types("check", "--strict", code=1)
    newsroom.edits("heat", "status: ready", "status: ready\nallow: [W306]")

    types("check", "--strict")


def test_fixing_gives_ids_and_says_to_which_files(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "id: 0", "x_id: 0")

    types("check", code=1)
    said = types("check", "--fix").out

    assert said.startswith(f"gave an id to {newsroom.issues}/heat.md\n")
    types("check", "--strict")


def test_the_status_shows_issues_slots_readers_and_trouble(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", title="Rain")
    newsroom.saves("broken.md", "---\ntitle: [\n---\n")
    types("publish", "rain", "--now")

    said = types("status", "--slots", "2").out

    assert "heat   queued" in said
    assert "sent: 1 accepted" in said
    assert said.count("weekly  ") == 2
    assert "— empty —" in said
    assert "Readers: 1 on weekly, 0 on extra" in said
    assert "Trouble: issues/broken.md" in said


def test_a_new_newsroom_says_how_to_begin(newsroom: Newsroom, types: Types) -> None:
    assert newsroom.root.is_dir()
    assert types("status").out.startswith("No issues yet. Write one with: publisher new")


def test_a_new_newsroom_says_what_can_be_done_in_it(types: Types, tmp_path: Path) -> None:
    said = types("init", str(tmp_path / "new")).out

    assert said.startswith("A newsroom with ")
    for command in (
        "cd ",
        "publisher check",
        "publisher preview",
        "publisher subscribers add",
        "publisher publish",
    ):
        assert f"  {command}" in said


def test_all_held_issues_are_released_or_archived_at_once(newsroom: Newsroom, types: Types) -> None:
    for number in range(12):
        newsroom.writes(f"story-{number:02}", title=f"Story {number}")
    types("status")

    one = types("release", "story-00").out
    refused = types("archive", "--all", code=1).err
    rest = types("archive", "--all", "--yes").out

    assert one.startswith("story-00 goes out ")
    assert "nothing was archived: would never be mailed: story-01, story-02, " in refused
    assert rest.splitlines() == [
        *(f"story-{number:02}" for number in range(1, 12)),
        "11 of 11 issues archived",
    ]
    assert types("release", "--all").out == types("archive", "--all").out == "no issue is held\n"


def test_subscribers_are_added_imported_and_listed(newsroom: Newsroom, types: Types) -> None:
    readers = newsroom.root / "readers.csv"
    readers.write_text("email\nben@example.net\nnobody\n")

    added = types("subscribers", "add", READER, "cleo@example.net", "--list", "weekly", "--list", "extra").out
    imported = types("subscribers", "import", "readers.csv", "--source", "the fair", code=1)
    piped = types("subscribers", "import", "-", "--source", "x", given="dörte@example.net\n".encode()).out
    nobody = types("subscribers", "import", "-", "--source", "x").out
    listed = types("subscribers", "list").out

    assert added.splitlines() == [
        f"{READER}: already subscribed (weekly)",
        f"{READER}: added (extra)",
        "cleo@example.net: added (weekly)",
        "cleo@example.net: added (extra)",
    ]
    assert imported.out == "1 subscription added (1 new reader), 1 refused\n"
    assert imported.err.splitlines() == [
        "publisher: readers.csv:3: 'nobody' has no @",
        "publisher: the refused rows are in readers.csv.errors.csv",
    ]
    assert (piped, nobody) == ("1 subscription added (1 new reader)\n", "no addresses\n")
    assert listed.splitlines()[-1] == "6 subscriptions"
    assert "dörte@example.net" in listed


def test_articles_are_imported_one_by_one_and_what_is_wrong_with_one_is_told(
    newsroom: Newsroom, types: Types
) -> None:
    (newsroom.root / "a.txt").write_text("Heat\n\nIt is hot.\n")
    (newsroom.root / "b.txt").write_bytes(b"\xff\xfe")

    said = types("import", "a.txt", "b.txt", "c.txt", ".", code=1)

    assert f"wrote {newsroom.issues}/heat.md" in said.out
    assert said.err.splitlines() == [
        "publisher: b.txt: 'b.txt' is not UTF-8 (save it as UTF-8 text)",
        "publisher: c.txt: there is no file 'c.txt'",
        "publisher: .: '.' is this newsroom (name the folder of the other site)",
    ]


def test_a_build_says_how_much_it_wrote_and_what_it_left_out(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat", status="archived", date="2020-01-01")
    newsroom.saves("broken.md", "---\ntitle: [\n---\n")

    said = types("build", "site", "--drafts", code=None)

    assert "files written, 0 unchanged, 0 removed in site" in said.out
    assert "Its pages offer to search, which a site of files alone cannot" in said.out
    assert "publisher: issues/broken.md" in said.err
    assert (newsroom.root / "site" / "issues" / "heat" / "index.html").is_file()


def test_a_build_without_search_has_nothing_to_say_of_it(newsroom: Newsroom, types: Types) -> None:
    newsroom.sets("\n[web]\nsearch = false\n")

    assert "search" not in types("build", "site").out


def test_a_build_says_that_files_take_no_subscriptions_and_one_without_facts_leads_to_no_form(
    newsroom: Newsroom, types: Types
) -> None:
    newsroom.writes("heat", status="archived", date="2020-01-01")

    drafts, site = types("build", "drafts", "--drafts", code=None).out, types("build", "site").out

    front = {name: (newsroom.root / name / "index.html").read_text() for name in ("drafts", "site")}
    assert "form = false" in site
    assert "form = false" not in drafts
    assert '/subscribe"' in front["site"]
    assert "/subscribe" not in front["drafts"]


def test_a_new_issue_is_written_and_the_next_steps_are_named(newsroom: Newsroom, types: Types) -> None:
    said = types("new", "What the sea remembers").out

    (path,) = newsroom.issues.iterdir()
    assert said.startswith(f"wrote {path}. Write it, look at it with `publisher preview`")


def test_what_waits_for_a_relay_and_why_is_told_after_publishing(newsroom: Newsroom, types: Types) -> None:
    newsroom.sets(relay_at(1))
    newsroom.writes("heat")

    said = types("publish", "heat", "--now")

    assert said.out.startswith("heat is published, 1 reader: 1 pending, next try ")
    assert "127.0.0.1" in said.err
    assert said.err.count("\n") == 1


def test_a_test_mail_is_told_address_by_address(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    as_files = types("send-test", "heat", "ed@example.net", "fay@example.net")
    types("approve", "heat")
    as_printed = types("send-test", "heat", "ed@example.net", "--list", "extra")

    assert as_files.out.splitlines() == [
        "ed@example.net: accepted",
        "fay@example.net: accepted",
        "heat as its files are now, list weekly; the mail is in var/mail",
    ]
    assert as_printed.out.splitlines()[-1] == "heat as it was printed, list extra; the mail is in var/mail"
    assert as_files.err == as_printed.err == ""


def test_a_test_mail_that_is_refused_is_told_in_the_words_of_the_relay(
    newsroom: Newsroom, types: Types
) -> None:
    newsroom.writes("heat")
    with SmtpServer() as relay:
        newsroom.sets(relay_at(relay.port))
        relay.when(Stage.RCPT, "550 5.1.1 no such user", recipient="ed@example.net")
        relay.when(Stage.RCPT, "450 4.2.0 come back later", recipient="gus@example.net")

        said = types("send-test", "heat", "ed@example.net", "fay@example.net", "gus@example.net", code=1)

    assert said.out.splitlines() == [
        "ed@example.net: rejected: 550 5.1.1 no such user",
        "fay@example.net: accepted",
        "gus@example.net: deferred: 450 4.2.0 come back later",
        "heat as its files are now, list weekly",
    ]


def test_what_the_check_finds_stands_below_a_test_mail(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "TK")
    newsroom.edits("heat", "link: https://example.net/heat\nsource: Example Review\n", "")

    said = types("send-test", "heat", "ed@example.net")

    assert [line.split(" ")[3] for line in said.err.splitlines()] == ["W306", "E302"]
    assert said.err.startswith("the check: issues/heat.md:3: W306 the story names neither")


def test_pictures_that_a_test_mail_cannot_show_yet_are_told(newsroom: Newsroom, types: Types) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")
    (newsroom.issues / "bar.png").write_bytes(picture.getvalue())
    newsroom.writes("heat", image="bar.png", image_alt="A bar", allow="[W505]")

    before = types("send-test", "heat", "ed@example.net")
    types("approve", "heat")
    frozen = types("send-test", "heat", "ed@example.net")
    types("publish", "heat", "--now")
    after = types("send-test", "heat", "ed@example.net")

    told = "1 picture will be seen once the issue is public\n"
    assert [before.err, frozen.err, after.err] == [told, told, ""]


class _Terminal:
    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answers.pop(0)


@pytest.mark.parametrize(("answer", "sends"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_many_people_are_mailed_only_after_a_question(
    newsroom: Newsroom,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    *,
    sends: bool,
) -> None:
    newsroom.sets(relay_at(25))
    monkeypatch.setattr(sys, "stdin", _Terminal(answer))
    many = Audience(lists=("weekly", "extra"), segment="tag:energy", readers=1234)
    with newsroom.opened() as publisher:
        if sends:
            _ask(publisher, many, yes=False, issue="heat")
        else:
            with pytest.raises(PublisherError, match="nothing was sent"):
                _ask(publisher, many, yes=False, issue="heat")
        _ask(publisher, many, yes=True, issue="heat")
        _ask(publisher, replace(many, readers=0), yes=False, issue="heat")
        _ask(publisher, None, yes=False, issue="heat")

    question = "Send issue heat to 1,234 readers of The Weekly and extra (only: tag:energy)? [y/N]"
    assert question in capsys.readouterr().out


def test_a_moment_is_shown_on_the_wall_clock_of_the_publication() -> None:
    assert clock_text(TUESDAY, "Europe/Madrid") == "Tue 2026-10-06 06:30"
    assert clock_text(None, "Europe/Madrid") == ""


def test_a_document_is_made_of_the_few_types_that_json_knows() -> None:
    value = {1: (TUESDAY, TUESDAY.date()), "path": Path("a/b"), "set": frozenset({2}), "none": None}

    assert plain(value) == {
        "1": ["2026-10-06T04:30:00+00:00", "2026-10-06"],
        "path": "a/b",
        "set": [2],
        "none": None,
    }


def test_whoever_has_no_name_on_this_machine_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)

    assert whoami() == "unknown"


def test_what_watches_readers_is_taken_out_of_links_and_said(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat", title="Heat returns to the north")
    newsroom.edits("heat", "it grew", "it [grew](https://a.example/x?utm_source=y&id=1)")
    path = newsroom.issues / "heat.md"
    before = path.read_bytes()

    said = types("check", "heat", "--fix").out
    as_json = types("check", "--fix", "--json")

    assert said.startswith(f"removed utm_source from a link in {path}:13\n")
    assert path.read_bytes() == before.replace(b"utm_source=y&", b"")
    assert "W408" not in as_json.out
    assert as_json.json["issues"] == 1
    assert as_json.err == ""


def test_a_code_is_explained_without_a_newsroom(types: Types, newsroom: Newsroom) -> None:
    (newsroom.root / "publisher.toml").unlink()

    said = types("check", "--explain", "w408").out

    assert said.startswith("W408: A link that watches readers\n\n")
    assert "What to do: Run `publisher check --fix`" in said
    assert said.endswith("See docs/reference/checks.md#w408.\n")
    assert types("check", "--explain", "W408", "--json").json["docs"] == "checks.md#w408"
    assert "did you mean W408?" in types("check", "--explain", "E408", code=1).err
    assert "lists the codes" in types("check", "--explain", "nonsense", code=1).err


def test_paths_that_are_no_issues_are_checked_without_a_word(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.saves("_inbox/x.md", "TK")

    assert types("check", "issues/_inbox/x.md").out == "0 issues: 0 errors, 0 warnings, 0 remarks\n"
    assert types("check", "--fix", "issues/_inbox/x.md").out.startswith("0 issues")
    assert "there is no issue 'nope'" in types("check", "nope", code=1).err


def test_a_purge_says_what_it_would_remove_and_what_it_has_removed(newsroom: Newsroom, types: Types) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with newsroom.opened() as publisher, publisher.database.begin() as db:
        reader_tokens.keep(db, "t" * 22, purpose=TokenPurpose.ERASE, subscriber=1, payload={}, now=long_ago)

    would, done = types("purge", "--dry-run").out, types("purge").out

    assert re.search(r"^links .* 1 *$", would, re.MULTILINE)
    assert "would be removed" in would
    assert re.search(r"^links .* 1 *$", done, re.MULTILINE)
    assert types("purge").out == "Nothing is older than it may be.\n"


def test_clicks_are_shown_link_by_link_or_why_there_are_none(
    newsroom: Newsroom, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clicks, "FEWEST", 0)
    newsroom.writes("rain", title="A machine that talks")
    types("publish", "rain", "--now")
    none = types("clicks", "rain").out
    newsroom.sets(instead=("[lists.extra]", "clicks = true\n[lists.extra]"))
    newsroom.writes("heat")
    types("publish", "heat", "--now")

    found = types("clicks", "heat").out

    assert none.startswith("The mail of rain counts no clicks")
    assert re.search(r"^0 +https://example\.net/heat *$", found, re.MULTILINE)
    assert "there is no issue 'nobody'" in types("clicks", "nobody", code=1).err
