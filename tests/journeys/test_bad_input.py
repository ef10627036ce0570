"""Whatever is wrong with a file, a setting or the machine is one sentence, and nobody else is affected."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.cli.newsroom import now
from tests.journeys.conftest import Person, Said
from tests.newsrooms import Newsroom, newsroom_in

Ready = Callable[..., Path]

FIELDS = "---\nid: bad-1\ntitle: Bad\nsource: Us\n{more}---\n\n"
DEEP = 10_000
SECONDS = 20.0

LONG_AGO = (1_700_000_000, 1_700_000_000)

FILES = {
    "broken YAML": ("---\nid: a\ntitle: [\n---\n", "issues/bad.md:", "E0"),
    "an unquoted colon": ("---\nid: a\ntitle: Bitcoin: the next ten\n---\nx\n", "issues/bad.md:3", "quotes"),
    "a key twice": ("---\nid: a\ntitle: A\ntitle: B\n---\nx\n", "issues/bad.md:4", "title"),
    "an impossible date": (FIELDS.format(more="date: 2026-13-01\n") + "x\n", "issues/bad.md:5", "2026-13-01"),
    "the end of time": (FIELDS.format(more="date: 9999-12-31T23:59\n"), "issues/bad.md:5", "calendar"),
    "a gap of the clock": (
        FIELDS.format(more="date: 2027-03-28T02:00:00.5\ntimezone: Europe/Madrid\n") + "x\n",
        "issues/bad.md:5",
        "does not exist",
    ),
    "a missing picture": (
        FIELDS.format(more="image: covr.jpg\nimage_alt: A cover\n") + "x\n",
        "issues/bad.md:5",
        "covr.jpg",
    ),
    "two megabytes": (FIELDS.format(more="") + "long words " * 200_000, "issues/bad.md", "larger than"),
    "ten thousand nested tags": (FIELDS.format(more="") + "<div>" * DEEP, "issues/bad.md:7", "E0"),
    "ten thousand nested quotes": (FIELDS.format(more="") + ">" * DEEP + " x\n", "issues/bad.md:7", "20"),
    "ten thousand nested lists": (FIELDS.format(more="") + "- " * DEEP + "x\n", "issues/bad.md:7", "20"),
    "ten thousand nested YAML lists": (FIELDS.format(more="tags: " + "[" * DEEP), "issues/bad.md:", "E0"),
    "NUL": (FIELDS.format(more="") + "a\0b\n", "issues/bad.md:7:2", "U+0000"),
    "a control character": (FIELDS.format(more="") + "\n\x1b[31mred\n", "issues/bad.md:8:1", "U+001B"),
    "no end of the front matter": ("---\nid: a\ntitle: Half\n", "issues/bad.md", "---"),
    "a letter cut in half": (FIELDS.format(more="").encode() + b"caf\xc3", "issues/bad.md:7:4", "UTF-8"),
    "nothing at all": ("", "issues/bad.md", "E0"),
    "raw HTML": (FIELDS.format(more="") + "<script>alert(1)</script>\n", "issues/bad.md:7", "E0"),
    "a template's braces": (FIELDS.format(more="") + "Hello {{ name }}\n", "issues/bad.md:7", "{{"),
}
"""What may stand in a file -> its text, the place that the check names, and a word of its sentence."""


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


@pytest.fixture
def editor(newsroom: Newsroom) -> Person:
    """Somebody with a newsroom of their own and one reader."""
    return Person(newsroom.root)


@pytest.fixture
def good(newsroom: Newsroom, editor: Person) -> Person:
    """Return a person who has a good issue in the queue."""
    newsroom.writes("good", title="The good one")
    with newsroom.opened(clock=now) as publisher:
        queue(publisher, "good", Place(at="+7d"))
    return editor


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """Nothing may hang, or come near to it."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SECONDS


def assert_told(said: Said, place: str, word: str) -> None:
    """Assert that one line of what was said names the place and says what is wrong."""
    told = [line for line in re.sub(r"\n +", " ", said.out + said.err).splitlines() if place in line]
    assert told, said
    assert any(word in line for line in told), told
    assert "Traceback" not in said.out + said.err


def states(person: Person) -> dict[str, str]:
    """Return what `publisher status` says of each issue."""
    return {issue["slug"]: issue["state"] for issue in person.types("status", "--json").json["issues"]}


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_file_is_told_with_its_place_and_stays_as_it_is(good: Person, kind: str) -> None:
    text, place, word = FILES[kind]
    body = text if isinstance(text, bytes) else str(text).encode()
    path = good.root / "issues" / "bad.md"
    path.write_bytes(body)

    checked = good.types("check", code=1)
    refused = good.types("queue", "bad", "--at", "+1d", code=1)
    found = states(good)

    assert_told(checked, place, word)
    assert "Traceback" not in refused.err
    assert found.pop("bad", "draft") == "draft"
    assert found == {"good": "queued"}
    assert path.read_bytes() == body


@pytest.mark.parametrize("kind", ["broken YAML", "two megabytes", "NUL", "no end of the front matter"])
def test_a_queued_issue_whose_file_turns_bad_stays_queued_as_it_was(good: Person, kind: str) -> None:
    text, place, _ = FILES[kind]
    before = good.issue("good")
    (good.root / "issues" / "good.md").write_bytes(str(text).encode())

    status = good.types("status", "--json").json

    assert place.replace("bad.md", "good.md").split(":")[0] in " ".join(status["troubles"])
    assert next(each for each in status["issues"] if each["slug"] == "good") == before


def test_an_unknown_key_is_told_with_the_nearest_right_word(good: Person) -> None:
    good.writes("issues/bad.md", FIELDS.format(more="tittle: x\n") + "It happened.\n")

    lax, strict = good.types("check", "bad"), good.types("check", "bad", "--strict", code=1)

    for said in (lax, strict):
        assert_told(said, "issues/bad.md:5", "W301")
        assert_told(said, "issues/bad.md:5", "title")


def test_a_listed_story_that_is_missing_is_told_with_the_nearest_name(good: Person) -> None:
    good.writes("issues/bad/issue.md", "---\nid: bad-1\ntitle: Bad\nstories:\n  - heat\n  - colt\n---\n")
    good.writes("issues/bad/heat.md", FIELDS.format(more="") + "It happened.\n")
    good.writes("issues/bad/cold.md", FIELDS.format(more="").replace("bad-1", "bad-2") + "It happened.\n")

    said = good.types("check", "bad", code=1)

    assert_told(said, "issues/bad/issue.md:", "colt")
    assert "cold" in said.out
    assert states(good)["good"] == "queued"


def test_a_link_that_leads_out_of_the_folder_is_refused(good: Person, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(FIELDS.format(more="") + "the password\n")
    (good.root / "issues" / "bad.md").symlink_to(secret)
    (good.root / "issues" / "worse").symlink_to(tmp_path)

    said = good.types("check", code=1)

    assert_told(said, "issues/bad.md", "leads out of the folder")
    assert "the password" not in said.out
    assert states(good) == {"good": "queued"}


def test_a_file_that_is_being_written_is_read_when_it_is_whole(good: Person, ready_issue: Ready) -> None:
    path = ready_issue("slow")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])

    with good.publisher() as publisher:
        during = scan(publisher)
    path.write_bytes(whole)
    os.utime(path, LONG_AGO)
    later = good.issue("slow")

    assert during.seen == ()
    assert later["state"] == "queued"
    assert later["title"] == "A quiet machine"


def test_copies_that_tools_left_are_told_and_never_sent(good: Person, ready_issue: Ready) -> None:
    text = ready_issue("slow").read_text(encoding="utf-8")
    for name in ("slow (conflicted copy 2026).md", "slow.sync-conflict-2026.md", "slow 1.md", "slow.orig.md"):
        good.writes(f"issues/{name}", text)

    said = good.types("check", code=1)

    assert said.out.count("copy") >= 4
    assert set(states(good)) <= {"good", "slow"}


@pytest.mark.parametrize(
    "words",
    [
        ("new", "Heat"),
        ("import", "-"),
        ("check",),
        ("approve", "good"),
        ("queue", "good"),
        ("unqueue", "good"),
        ("hold", "good", "--reason", "x"),
        ("release", "good"),
        ("archive", "good"),
        ("publish", "good", "--now"),
        ("status",),
        ("build", "site"),
        ("serve", "--port", "0"),
        ("preview", "--port", "0"),
        ("subscribers", "list"),
    ],
    ids=" ".join,
)
def test_a_wrong_setting_is_told_by_every_command(
    newsroom: Newsroom, editor: Person, words: tuple[str, ...]
) -> None:
    newsroom.sets('[web]\nport = "eighty"\n')

    said = editor.types(*words, code=1)

    assert re.fullmatch(r"\S+/publisher\.toml:\d+: web\.port = 'eighty': write a number", said.err)


def test_a_port_in_use_is_told_and_nothing_begins(good: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("serve", "preview"):
            said = good.types(command, "--port", str(port), code=1)

            assert f"port {port} of 127.0.0.1 is in use" in said.err
    assert good.types("status", "--json").json["last_tick"] is None


def test_an_address_of_another_machine_is_told(good: Person) -> None:
    said = good.types("serve", "--host", "192.0.2.1", "--port", "0", code=1)

    assert "'192.0.2.1' is not an address of this machine" in said.err


def spoil_with_a_file(root: Path) -> None:
    for path in (root / "var").iterdir():
        path.unlink() if path.is_file() else None
    (root / "var").rename(root / "old")
    (root / "var").write_text("not a folder")


def spoil_with_a_folder(root: Path) -> None:
    (root / "var" / "publisher.db").unlink()
    (root / "var" / "publisher.db").mkdir()


def spoil_with_text(root: Path) -> None:
    (root / "var" / "publisher.db").write_text("this is no database, but a text that is long enough" * 100)


def spoil_with_a_hole(root: Path) -> None:
    path = root / "var" / "publisher.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


def spoil_with_another_program(root: Path) -> None:
    (root / "var" / "publisher.db").unlink()
    with closing(sqlite3.connect(root / "var" / "publisher.db")) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")


def spoil_with_the_future(root: Path) -> None:
    with closing(sqlite3.connect(root / "var" / "publisher.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()


_HEAD = 100
"""Bytes at the beginning of an SQLite file in which merely opening it may leave a trace."""


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoil_with_a_file, r"the folder of \S+/var/publisher\.db cannot be made: File exists"),
        (spoil_with_a_folder, r"\S+/var/publisher\.db is a folder"),
        (spoil_with_text, r"\S+/var/publisher\.db is not a database"),
        (spoil_with_a_hole, r"\S+/var/publisher\.db is (damaged|not a database)"),
        (spoil_with_another_program, r"\S+/var/publisher\.db belongs to another program"),
        (spoil_with_the_future, r"\S+/var/publisher\.db was made by a newer version of this program"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_database_that_cannot_be_used_is_told_and_left_as_it_is(
    editor: Person, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(editor.root)
    path = editor.root / "var" / "publisher.db"
    before = path.read_bytes()[_HEAD:] if path.is_file() else b""

    for words in (("status",), ("subscribers", "add", "ben@example.org"), ("serve", "--port", "0")):
        said = editor.types(*words, code=1)

        assert re.match(sentence, said.err), said
        assert re.search(r" \([^()]+\)$", said.err.strip())
        assert said.err.count("\n") <= 1
    assert (path.read_bytes()[_HEAD:] if path.is_file() else b"") == before
    assert editor.types("check").code == 0


def test_a_database_that_the_settings_misname_is_told_without_its_password(
    newsroom: Newsroom, editor: Person
) -> None:
    newsroom.sets('[database]\nurl = "mysql://ann:hunter2@db/news"\n')

    said = editor.types("status", code=1)

    assert "is not a database for this program" in said.err
    assert "hunter2" not in said.err


def test_a_folder_in_which_nothing_can_be_written_is_told(editor: Person) -> None:
    file = editor.writes("file", "not a folder")

    said = [
        editor.types("build", str(file / "site"), code=1),
        editor.types("init", str(file / "newsroom"), code=1),
    ]

    assert all("cannot be written: Not a directory" in each.err for each in said)
    assert file.read_text() == "not a folder"


def test_a_maildir_that_cannot_be_written_loses_nobody(editor: Person, ready_issue: Ready) -> None:
    ready_issue("good")
    mails = editor.root / "var" / "mail"
    mails.write_text("not a folder")

    first = editor.types("publish", "good", "--now")
    mails.unlink()
    mailing = editor.issue("good")["mailing"]

    assert "Traceback" not in first.err
    assert mailing["accepted"] + mailing["rejected"] == 0
    assert mailing["audience"] == mailing["pending"] + mailing["deferred"] == 1


def test_the_program_itself_ends_with_1_and_one_line(newsroom: Newsroom) -> None:
    newsroom.sets("[wbe]\n")

    done = subprocess.run(
        [sys.executable, "-m", "publisher", "-C", newsroom.root, "status"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"publisher: \S+:\d+: there is no setting 'wbe' \(did you mean 'web'\?\)\n", done.stderr
    )
