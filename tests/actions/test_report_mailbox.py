"""Reading the mailbox of reports over IMAP: what is deleted, what is left, and what is said of trouble."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from publisher.actions import imap, report_mailbox
from publisher.actions.report_mailbox import LARGEST_HEAD, PORTION, read_reports
from publisher.actions.subscribe import everybody
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.reports.mail import LARGEST
from publisher.errors import StoreError
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SubscriptionState
from publisher.schedule.beside import Beside
from tests.delivery.reports import samples
from tests.imap_server import CERTIFICATES, PASSWORD, USERNAME, ImapServer
from tests.newsrooms import PATIENCE, READER, HandClock, Newsroom, token_of
from tests.reports import RETURN_PATH, path_of, reports_of, send, suppressed

LETTER = samples.letter("desk@news.example.net")


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer() as started:
        yield started


def mailbox_at(port: int, *, more: str = "") -> str:
    """Return settings that read the mailbox on this machine."""
    lines = (
        RETURN_PATH,
        'imap_host = "127.0.0.1"\n',
        f"imap_port = {port}\n",
        f'imap_ca_file = "{CERTIFICATES / "ca.pem"}"\n',
        f'imap_username = "{USERNAME}"\n',
        'imap_password_file = "password"\n',
    )
    return "".join(lines) + more


@contextmanager
def reading(newsroom: Newsroom, port: int, *, more: str = "") -> Iterator[Publisher]:
    """Open the newsroom with that mailbox; one issue was sent to one reader."""
    (newsroom.root / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    newsroom.sets(mailbox_at(port, more=more))
    with newsroom.opened() as publisher:
        send(publisher)
        yield publisher


@pytest.fixture
def publisher(newsroom: Newsroom, server: ImapServer) -> Iterator[Publisher]:
    with reading(newsroom, server.port) as opened:
        yield opened


def troubles(publisher: Publisher) -> list[str]:
    """Read the mailbox and return what the log says."""
    with capture_logs() as logs:
        read_reports(publisher)
    return [str(entry.get("what", entry["event"])) for entry in logs]


def bounce(publisher: Publisher) -> bytes:
    return samples.postfix(path_of(publisher, READER))


def test_a_report_is_recorded_and_deleted_and_a_letter_is_left_unread(
    publisher: Publisher, server: ImapServer
) -> None:
    _, letter, _ = server.holds(bounce(publisher), LETTER, samples.exim(path_of(publisher, READER)))

    assert read_reports(publisher) == 2

    assert {uid: mail.flags for uid, mail in server.mails.items()} == {letter: set()}
    assert reports_of(publisher, "heat") == {ReportKind.HARD_BOUNCE: 1}
    assert server.said[-1] == "LOGOUT"


def to_leave(token: str) -> bytes:
    return f"From: {READER}\r\nSubject: unsubscribe {token}\r\n\r\n".encode()


def state(publisher: Publisher) -> SubscriptionState:
    return everybody(publisher, lists=["weekly"])[0].state


def test_a_mail_to_leave_ends_the_subscription_and_is_deleted(
    publisher: Publisher, server: ImapServer
) -> None:
    server.holds(to_leave(token_of(publisher, READER)), to_leave(token_of(publisher, READER)))

    assert read_reports(publisher) == 1

    assert state(publisher) is SubscriptionState.UNSUBSCRIBED
    assert server.mails == {}


def test_a_forged_mail_to_leave_changes_nothing_and_is_left(publisher: Publisher, server: ImapServer) -> None:
    token = token_of(publisher, READER)
    other = tokens.make(b"k" * 32, kid="1", public_id=token.split(".")[2], list="weekly")
    server.holds(to_leave(f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}"), to_leave(other))

    assert read_reports(publisher) == 0

    assert state(publisher) is SubscriptionState.ACTIVE
    assert len(server.mails) == 2


def test_a_mailbox_is_read_once_in_a_while(
    publisher: Publisher, server: ImapServer, clock: HandClock
) -> None:
    read_reports(publisher)
    server.holds(bounce(publisher))
    clock.passes(seconds=59)

    assert read_reports(publisher) == 0
    clock.passes(seconds=1)
    assert read_reports(publisher) == 1


def test_what_was_left_is_not_looked_at_twice(
    publisher: Publisher, server: ImapServer, clock: HandClock
) -> None:
    first = server.holds(LETTER)
    read_reports(publisher)
    second = server.holds(LETTER)
    clock.passes(minutes=1)

    read_reports(publisher)

    fetched = [int(said.split(" ")[1]) for said in server.said if said.startswith("FETCH")]
    assert fetched == first + second


def test_a_mailbox_that_was_made_anew_is_read_from_its_beginning(
    publisher: Publisher, server: ImapServer, clock: HandClock
) -> None:
    server.skips(1000)
    server.holds(LETTER)
    read_reports(publisher)
    server.validity += 1
    server.mails = {}
    server._next_uid = 1
    server.holds(bounce(publisher))
    clock.passes(minutes=1)

    assert read_reports(publisher) == 1
    assert server.mails == {}


def test_mails_behind_a_wide_gap_of_numbers_are_found(publisher: Publisher, server: ImapServer) -> None:
    server.holds(LETTER)
    server.skips(5 * imap.WINDOW)
    server.holds(bounce(publisher))

    assert read_reports(publisher) == 1


def test_many_reports_are_recorded_and_deleted_portion_by_portion(
    publisher: Publisher, server: ImapServer
) -> None:
    raw = bounce(publisher)
    server.holds(*(raw.replace(b"<20261006", f"<{n}.20261006".encode()) for n in range(2 * PORTION + 1)))

    assert read_reports(publisher) == 2 * PORTION + 1
    assert server.mails == {}
    assert sum(said.startswith("EXPUNGE") for said in server.said) == 3


def test_of_a_large_mail_only_the_beginning_is_fetched(publisher: Publisher, server: ImapServer) -> None:
    server.holds(bounce(publisher) + b"x" * 5 * LARGEST)

    assert read_reports(publisher) == 1
    assert [said for said in server.said if said.startswith("FETCH")] == [
        f"FETCH 1 (BODY.PEEK[HEADER]<0.{LARGEST_HEAD}>)",
        f"FETCH 1 (BODY.PEEK[]<0.{LARGEST}>)",
    ]


def test_of_a_letter_no_more_than_the_head_is_fetched(publisher: Publisher, server: ImapServer) -> None:
    server.holds(LETTER)

    read_reports(publisher)

    assert [said for said in server.said if said.startswith("FETCH")] == [
        f"FETCH 1 (BODY.PEEK[HEADER]<0.{LARGEST_HEAD}>)"
    ]


def test_an_answer_of_a_machine_is_recorded_and_deleted(publisher: Publisher, server: ImapServer) -> None:
    server.holds(samples.auto_reply(path_of(publisher, READER), subject="Out of office"))

    assert read_reports(publisher) == 1
    assert server.mails == {}
    assert reports_of(publisher, "heat") == {ReportKind.AUTO_REPLY: 1}


def test_what_takes_too_long_goes_on_with_the_next_tick(
    publisher: Publisher, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_mailbox, "SECONDS", -1.0)
    raw = bounce(publisher)
    server.holds(*(raw.replace(b"<20261006", f"<{n}.20261006".encode()) for n in range(PORTION + 1)))

    assert [read_reports(publisher) for _ in range(2)] == [PORTION, 1]


def test_nothing_is_deleted_that_was_not_recorded(
    publisher: Publisher, server: ImapServer, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (uid,) = server.holds(bounce(publisher))

    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(report_mailbox, "take", full)
        assert troubles(publisher) == ["the disk is full"]
    assert server.mails[uid].flags == set()

    clock.passes(minutes=1)
    assert read_reports(publisher) == 1
    assert server.mails == {}


@pytest.mark.parametrize("command", ["STORE", "EXPUNGE"])
def test_what_was_recorded_before_a_crash_is_deleted_after_it_and_counts_once(
    publisher: Publisher, server: ImapServer, clock: HandClock, command: str
) -> None:
    (uid,) = server.holds(bounce(publisher))
    server.dies_at = command
    assert "does not delete reports that are recorded" in troubles(publisher)[0]
    assert uid in server.mails
    server.dies_at = ""
    server.mails[uid].flags.clear()
    clock.passes(minutes=1)

    assert read_reports(publisher) == 0
    assert server.mails == {}
    assert reports_of(publisher, "heat") == {ReportKind.HARD_BOUNCE: 1}


def test_a_server_that_cannot_delete_single_mails_only_marks_ours(newsroom: Newsroom) -> None:
    with ImapServer(uidplus=False) as server, reading(newsroom, server.port) as publisher:
        ours, letter = server.holds(bounce(publisher), LETTER)

        assert read_reports(publisher) == 1

    assert (server.mails[ours].flags, server.mails[letter].flags) == ({r"\Deleted"}, set())


def test_a_server_without_plain_is_entered_by_login(newsroom: Newsroom) -> None:
    with ImapServer(plain=False) as server, reading(newsroom, server.port) as publisher:
        server.password = ascii(PASSWORD)
        (newsroom.root / "password").write_text(server.password, encoding="utf-8")
        server.holds(bounce(publisher))

        assert read_reports(publisher) == 1
        assert "LOGIN" in server.said


def test_a_folder_may_have_a_name_of_any_letters(newsroom: Newsroom) -> None:
    more = 'imap_folder = "Zurück & \\"quer\\" 戻"\n'
    with (
        ImapServer(folder='Zur&APw-ck &- \\"quer\\" &Yjs-') as server,
        reading(newsroom, server.port, more=more) as publisher,
    ):
        server.holds(bounce(publisher))

        assert read_reports(publisher) == 1


def test_trouble_is_told_once_until_it_is_over(
    publisher: Publisher, server: ImapServer, clock: HandClock
) -> None:
    server.refuses["SELECT"] = "NO the folder is locked"
    said = []
    for _ in range(3):
        said += troubles(publisher)
        clock.passes(minutes=1)
    server.refuses.clear()

    said += troubles(publisher)

    where, cure = f"127.0.0.1:{server.port}", "mend imap_folder under [reports]"
    assert said == [
        f"{where} does not open the folder 'INBOX' for changes: the folder is locked ({cure})",
        "the mailbox of reports can be read again",
    ]


def test_a_password_that_is_refused_is_not_told_even_if_the_server_does(
    newsroom: Newsroom, publisher: Publisher, server: ImapServer
) -> None:
    (newsroom.root / "password").write_text("gehèim\n", encoding="utf-8")

    where, cure = f"127.0.0.1:{server.port}", "mend imap_username and imap_password under [reports]"
    assert troubles(publisher) == [
        f"{where} does not let 'reports' in: [AUTHENTICATIONFAILED] … is wrong ({cure})"
    ]


def test_a_server_whose_certificate_is_not_good_learns_no_password(
    newsroom: Newsroom, server: ImapServer
) -> None:
    with reading(newsroom, server.port, more='imap_folder = "x"\n') as publisher:
        text = (newsroom.root / "publisher.toml").read_text()
        (newsroom.root / "publisher.toml").write_text(text.replace("ca.pem", "name_ca.pem"))
        with newsroom.opened() as strict:
            (said,) = troubles(strict)

    assert "its certificate is refused" in said
    assert server.said == []
    del publisher


@pytest.mark.parametrize(
    ("command", "answer", "said"),
    [
        ("SELECT", "OK [READ-ONLY] look only", "does not open the folder 'INBOX' for changes"),
        ("SEARCH", "NO not now", "does not say what is new in the mailbox: not now (it is tried again)"),
        ("FETCH", "BAD what?", "does not hand out a mail: "),
        ("STORE", "NO read-only", "does not delete reports that are recorded: read-only"),
    ],
)
def test_what_a_server_refuses_is_a_sentence(
    publisher: Publisher, server: ImapServer, command: str, answer: str, said: str
) -> None:
    server.holds(bounce(publisher))
    server.refuses[command] = answer

    (told,) = troubles(publisher)

    assert said in told


@pytest.mark.parametrize("command", ["CAPABILITY", "AUTHENTICATE", "SELECT", "SEARCH", "FETCH"])
def test_a_server_that_hangs_up_is_a_sentence(
    publisher: Publisher, server: ImapServer, clock: HandClock, command: str
) -> None:
    server.holds(bounce(publisher))
    server.dies_at = command

    (told,) = troubles(publisher)

    assert told.startswith(f"127.0.0.1:{server.port} ")
    server.dies_at = ""
    clock.passes(minutes=1)
    assert read_reports(publisher) == 1


def test_a_server_that_is_not_there_is_a_sentence(newsroom: Newsroom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with reading(newsroom, port) as publisher:
        (told,) = troubles(publisher)

    assert told.startswith(f"127.0.0.1:{port} cannot be reached: ")
    assert "check imap_host" in told


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        ((RETURN_PATH, "[reports]\n"), "no return path by which they are known"),
        (('"password"', '"nothing"'), "cannot be read: No such file or directory"),
        (("ca.pem", "cb.pem"), "the certificates in imap_ca_file"),
    ],
    ids=["return path", "password", "certificates"],
)
def test_settings_that_do_not_go_together_are_a_sentence(
    newsroom: Newsroom, server: ImapServer, replaced: tuple[str, str], said: str
) -> None:
    (newsroom.root / "password").write_text(PASSWORD, encoding="utf-8")
    newsroom.sets(mailbox_at(server.port), instead=replaced)

    with newsroom.opened() as publisher:
        (told,) = troubles(publisher)

    assert said in told
    assert server.said == []


def test_without_a_mailbox_nothing_is_read(newsroom: Newsroom) -> None:
    newsroom.sets(RETURN_PATH)

    with newsroom.opened() as publisher:
        assert read_reports(publisher) == 0


def test_it_can_stand_beside_the_clock(publisher: Publisher, server: ImapServer) -> None:
    server.holds(bounce(publisher))
    beside = Beside(publisher, read_reports)
    beside.start()

    beside.nudge()

    deadline = time.monotonic() + PATIENCE
    while server.mails and time.monotonic() < deadline:
        time.sleep(0.02)
    beside.stop()
    assert suppressed(publisher, READER) is not None
