"""`publisher subscribers`: what an editor reads, types and is asked."""

from __future__ import annotations

import io
import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.cli.subscriber_history import _NOTICES
from publisher.cli.subscribers_files import _asked
from publisher.model.notices import NoticeKind, first_payload
from publisher.model.reader_notices import ReaderNotice, reader_item
from publisher.store import consents, notices
from publisher.store.schema import subscriptions
from tests.cli.conftest import Types
from tests.delivery.reports import samples
from tests.newsrooms import READER, Newsroom, suppress, until
from tests.reports import RETURN_PATH, path_of, send

FAIR = ("--source", "the fair")
ROWS = 12_000


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_are_mapped_and_a_dry_run_says_it_first(newsroom: Newsroom, types: Types) -> None:
    (newsroom.root / "r.csv").write_bytes("Wer;Sprache\nben@example.net;de\nJörg;de\n".encode("cp1252"))
    words = ("subscribers", "import", "r.csv", *FAIR, "--map", "email=Wer", "--map", "lang=Sprache")

    dry = types(*words, "--dry-run", code=1)
    wet = types(*words, code=1)
    shown = types("subscribers", "show", "ben@example.net", "--json").json

    said = "1 subscription added (1 new reader), 1 refused"
    assert dry.out == f"{said} (a dry run: nothing was changed)\n"
    assert wet.out == f"{said}\n"
    assert wet.err.splitlines() == [
        "publisher: email <- Wer, lang <- Sprache",
        "publisher: the file is not UTF-8 and was read as Windows-1252; look whether addresses are right",
        "publisher: r.csv:3: 'Jörg' has no @",
        "publisher: the refused rows are in r.csv.errors.csv",
    ]
    assert shown["reader"]["lang"] == "de"


def test_a_file_that_is_finished_is_told(newsroom: Newsroom, types: Types) -> None:
    (newsroom.root / "r.csv").write_text("ben@example.net\nnobody\n")
    words = ("subscribers", "import", "r.csv", *FAIR)
    types(*words, code=1)

    again = types(*words)
    wanted = types(*words, "--again", code=1)

    local = f"{datetime.now(ZoneInfo('Europe/Madrid')):%a %Y-%m-%d %H}"
    assert again.err.startswith(f"publisher: this file was imported {local}:")
    assert again.err.endswith(", nothing is done (--again reads it once more)\n")
    assert again.out == "Then: 1 subscription added (1 new reader), 1 refused\n"
    assert wanted.out == "1 already subscribed, 1 refused\n"


def test_what_is_left_out_of_a_file_is_told_and_is_no_error(newsroom: Newsroom, types: Types) -> None:
    text = "E-Mail,first name,opt-in date,status\nben@example.net,Ben,,\nx@example.net,,,cleaned\n,Cleo,,\n"
    (newsroom.root / "r.csv").write_text(text)

    said = types("subscribers", "import", "r.csv", *FAIR, "--dry-run")

    assert said.err == (
        "publisher: email <- E-Mail, state <- status; not used: first name, opt-in date"
        ' (--map joined="opt-in date")\n'
    )
    assert said.out == (
        "1 subscription added (1 new reader), 1 not active in the file, left out, 1 row without an address"
        " (a dry run: nothing was changed)\n"
    )


def test_how_readers_agreed_is_asked_for_at_a_terminal(
    newsroom: Newsroom, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    (newsroom.root / "r.csv").write_text("ben@example.net\n")

    refused = types("subscribers", "import", "r.csv", code=1)
    monkeypatch.setattr(sys, "stdin", _Terminal("at the fair\n"))
    answer = _asked("r.csv")
    types("subscribers", "import", "r.csv", "--source", answer)

    assert "nobody has said how the readers in 'r.csv' agreed to be mailed (write --source" in refused.err
    assert answer == "at the fair"
    assert "at the fair" in types("subscribers", "show", "ben@example.net").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "gone.csv", *FAIR), "there is no file 'gone.csv'"),
        (("import", ".", *FAIR), "'.' cannot be read: Is a directory"),
        (("import", "-", *FAIR, "--map", "phone=x"), "nothing called 'phone' is kept of a reader (map email"),
        (
            ("import", "-", *FAIR, "--list", "dayly"),
            "there is no list 'dayly' (the lists are: ",
        ),
        (("export", "--list", "dayly"), "there is no list 'dayly' (the lists are: "),
        (("export", "gone/x.csv"), "'gone/x.csv' cannot be written: No such file or directory"),
        (("show", "ben@example.net"), "there is no subscriber 'ben@example.net' (publisher subscribers find"),
        (("erase", "ben@example.net", "--yes"), "there is no subscriber 'ben@example.net'"),
        (("erase", READER), "not erased, because nobody can be asked here (write --yes)"),
        (("suppress", READER, "--lift"), f"'{READER}' is not suppressed"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(types: Types, words: tuple[str, ...], sentence: str) -> None:
    said = types("subscribers", *words, code=1)

    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_readers_are_found_and_shown(newsroom: Newsroom, types: Types) -> None:
    newsroom.sets(RETURN_PATH)
    with newsroom.opened() as publisher:
        send(publisher)
        (newsroom.root / "bounce").write_bytes(samples.postfix(path_of(publisher, READER)))
        suppress(publisher, "gone@example.net")
    types("report", "bounce")

    found = types("subscribers", "find", "ada").out
    shown = types("subscribers", "show", READER).out
    gone = types("subscribers", "show", "gone@example.net").out

    assert found.splitlines()[-2:] == [f"1       {READER}  weekly: active", "1 subscriber"]
    assert f"{READER} (number 1)" in shown
    assert "must not be mailed since" in shown
    assert "hard bounce, tried once more from" in shown
    assert "weekly: active since Mon 2026-10-05 10:00 (added by hand)" in shown
    assert "heat (weekly): accepted" in shown
    assert "hard bounce of heat: 5.1.1 " in shown
    assert gone.splitlines()[0] == "gone@example.net: no subscriber"
    assert types("subscribers", "find", "nobody").out == "0 subscribers\n"


def test_a_reader_is_known_by_number_and_by_the_letters_of_a_domain(types: Types) -> None:
    types("subscribers", "add", "ben@MÜNCHEN.de")

    found = [types("subscribers", "find", text).out for text in ("münchen", "@münchen.de", "xn--mnchen")]
    shown = types("subscribers", "show", "2").out

    assert all("2       ben@xn--mnchen-3ya.de (münchen.de)  weekly: active" in out for out in found)
    assert shown.startswith("ben@xn--mnchen-3ya.de (münchen.de) (number 2)\n")
    assert types("subscribers", "erase", "2", "--yes").out == "1 subscriber erased\n"


def test_consents_and_notices_are_shown_in_words_and_days_are_the_publications(
    newsroom: Newsroom, types: Types
) -> None:
    late = datetime(2026, 10, 5, 22, 30, tzinfo=UTC)
    item = reader_item(lang="en", url="https://example.org/", list="Weekly")
    with newsroom.opened() as publisher, publisher.database.begin() as db:
        version = consents.keep_text(db, "I want the Weekly\nby mail.")
        yes = {"version": version, "source": "example.org", "network": ""}
        consents.add(db, subscriber=1, lists=["weekly"], now=late, **yes)
        payload = first_payload(item)
        kind = ReaderNotice.OWN_DATA
        notices.add(db, kind=kind, address=READER, payload=payload, now=late, subscriber=1)
        db.execute(subscriptions.update().values(since=late))

    shown = types("subscribers", "show", READER).out
    listed = types("subscribers", "list").out

    assert "Tue 2026-10-06 00:30  weekly, on example.org: “I want the Weekly by mail.”" in shown
    assert "Tue 2026-10-06 00:30  the link to all that is kept: pending" in shown
    assert version not in shown
    assert "2026-10-06" in listed


def test_every_notice_has_a_name_that_can_be_read() -> None:
    assert {*_NOTICES} == {*ReaderNotice, *NoticeKind}


def test_readers_are_exported_to_a_file_or_to_the_next_program(newsroom: Newsroom, types: Types) -> None:
    types("subscribers", "add", "+ben@example.net")

    said = types("subscribers", "export", "r.csv").out
    lines = types("subscribers", "export", "--json", "--state", "active").out.splitlines()

    assert said == "2 subscriptions written to r.csv\n"
    assert (
        (newsroom.root / "r.csv").read_text().splitlines()[2].startswith("'+ben@example.net,weekly,active,")
    )
    assert [json.loads(line)["email"] for line in lines] == [READER, "+ben@example.net"]


def test_erasing_leaves_nothing_to_find_and_nobody_comes_back(types: Types) -> None:
    erased = types("subscribers", "erase", READER, "1", "--yes")
    added = types("subscribers", "add", READER)

    assert erased.out == "1 subscriber erased\n"
    assert added.out == f"{READER}: must not be mailed (weekly)\n"
    assert types("subscribers", "find", "ada").out == "0 subscribers\n"


def test_addresses_are_suppressed_one_by_one_or_from_a_file(newsroom: Newsroom, types: Types) -> None:
    (newsroom.root / "r.txt").write_text(f"{READER}\nben@example.net\nnobody\n")

    one = types("subscribers", "suppress", READER, "cleo@example.net").out
    many = types("subscribers", "suppress", "--file", "r.txt", "--reason", "complaint", code=1)
    lifted = types("subscribers", "suppress", "cleo@example.net", READER, "--lift", code=1)

    assert one == f"{READER}: is not mailed any more\ncleo@example.net: is not mailed any more\n"
    assert many.out == "2 suppressed, 0 suppressed before, 1 refused\n"
    assert many.err == "publisher: r.txt:3: 'nobody' has no @\n"
    assert lifted.out == "cleo@example.net: may be mailed again (it was: by hand)\n"
    assert "stays suppressed: its owner complained" in lifted.err


def test_an_import_that_is_killed_goes_on_and_nobody_is_lost_or_doubled(
    newsroom: Newsroom, types: Types
) -> None:
    readers = [f"r{number}@example.net" for number in range(ROWS)]
    file = newsroom.root / "r.csv"
    file.write_text("email\n" + "".join(f"{each}\nnobody{each[:-12]}\n" for each in readers))
    words = [sys.executable, "-m", "publisher", "-C", str(newsroom.root), "subscribers", "import"]
    database = newsroom.root / "var" / "publisher.db"

    def rows_done() -> int:
        with closing(sqlite3.connect(database)) as db:
            return int((db.execute("SELECT max(rows_done) FROM imports").fetchone() or [0])[0] or 0)

    with subprocess.Popen(
        [*words, str(file), *FAIR], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        until(rows_done)
        run.kill()
    done = rows_done()
    said = types("subscribers", "import", str(file), *FAIR, code=1)

    assert run.returncode == -signal.SIGKILL
    assert 0 < done < 2 * ROWS
    assert f"went on after line {done + 1:,}, where an earlier import was broken off" in said.err
    assert said.out == f"{ROWS:,} subscriptions added ({ROWS:,} new readers), {ROWS:,} refused\n"
    with closing(sqlite3.connect(database)) as db:
        found = [address for (address,) in db.execute("SELECT address FROM subscribers ORDER BY id")]
        on_lists = db.execute("SELECT count(*) FROM subscriptions").fetchone()[0]
    assert sorted(found) == sorted([READER, *readers])
    assert on_lists == ROWS + 1
    lines = Path(f"{file}.errors.csv").read_text().splitlines()
    assert [line.split(",")[1] for line in lines] == ["line", *map(str, range(3, 2 * ROWS + 2, 2))]
