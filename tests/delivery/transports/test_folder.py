from __future__ import annotations

import mailbox
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from publisher.delivery.transports.folder import FolderSettings, FolderTransport
from publisher.model.delivery import DeliveryState, Message, Stage
from tests.delivery.transports.samples import BODY, message, send

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    return tmp_path / "var" / "mail"


def deliver(maildir: Path, *messages: Message) -> list[DeliveryState]:
    transport = FolderTransport(FolderSettings(path=maildir))
    return [outcome.state for outcome in send(transport, *messages)]


def files(maildir: Path) -> list[Path]:
    return [*(maildir / "new").iterdir(), *(maildir / "cur").iterdir(), *(maildir / "tmp").iterdir()]


def test_a_mail_program_finds_the_mail_with_its_envelope(maildir: Path) -> None:
    deliver(maildir, message(sender="m1-d1@bounces.example.com"))

    (mail,) = mailbox.Maildir(maildir, create=False)
    assert mail["Return-Path"] == "<m1-d1@bounces.example.com>"
    assert mail["Delivered-To"] == "reader@example.org"
    assert mail["Subject"] == "Grid batteries"
    assert mail.get_payload() == "Four hours are enough.\n"


def test_the_bytes_of_the_message_are_untouched(maildir: Path) -> None:
    deliver(maildir, message())

    (path,) = files(maildir)
    assert (
        path.read_bytes() == b"Return-Path: <m1@example.com>\r\nDelivered-To: reader@example.org\r\n" + BODY
    )


@pytest.mark.parametrize("moved", ["cur/{}", "cur/{}:2,", "cur/{}:2,S", "cur/{}:2,FRSab", "cur/{},U=7:2,S"])
def test_a_mail_that_the_reader_has_moved_is_not_delivered_again(maildir: Path, moved: str) -> None:
    transport = FolderTransport(FolderSettings(path=maildir))
    send(transport, message())
    (path,) = files(maildir)
    path.rename(maildir / moved.format(path.name))

    again = send(transport, message())
    after_restart = deliver(maildir, message())

    assert [again[0].state, *after_restart] == [DeliveryState.ACCEPTED] * 2
    assert len(files(maildir)) == 1


def test_two_deliveries_never_share_a_file(maildir: Path) -> None:
    other_newsroom = Message(
        key="m1-d1",
        message_id="<other@example.com>",
        envelope_from="m1@example.com",
        envelope_to="reader@example.org",
        body=BODY,
    )
    odd_key = Message(
        key="../../m1:d1\n",
        message_id="<odd@example.com>",
        envelope_from="m1@example.com",
        envelope_to="reader@example.org",
        body=BODY,
    )

    deliver(maildir, message(1), message(2), other_newsroom, odd_key)

    assert len(files(maildir)) == 4
    assert all(path.parent.name == "new" for path in files(maildir))
    assert all(
        path.name.replace(".", "").replace("-", "").replace("_", "").isalnum() for path in files(maildir)
    )


def test_a_killed_sender_leaves_whole_mails_and_the_next_one_completes_them(maildir: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from publisher.delivery.transports.folder import FolderSettings, FolderTransport\n"
        "from tests.delivery.transports.samples import message, send\n"
        "for number in range(1000):\n"
        f"    send(FolderTransport(FolderSettings(path=Path({str(maildir)!r}))), message(number))\n"
        "    print(number, flush=True)\n"
    )
    sender = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    assert sender.stdout is not None
    while sender.stdout.readline() != b"20\n":
        assert sender.poll() is None
    sender.send_signal(signal.SIGKILL)
    sender.communicate()
    before = len(list((maildir / "new").iterdir()))

    deliver(maildir, *(message(number) for number in range(before + 10)))

    mails = list((maildir / "new").iterdir())
    assert before >= 21
    assert len(mails) == before + 10
    assert {len(path.read_bytes()) for path in mails} == {len(mails[0].read_bytes())}


def test_a_full_folder_stays_cheap(maildir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(maildir)
    transport = FolderTransport(FolderSettings(path=maildir))
    send(transport, message(0))
    for number in range(500):
        (maildir / "cur" / f"old{number}:2,S").touch()
    os.utime(maildir / "cur", ns=(0, 0))
    listings = 0
    iterdir = Path.iterdir

    def counted(path: Path) -> Iterator[Path]:
        nonlocal listings
        listings += 1
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", counted)

    outcomes = send(transport, *(message(number) for number in range(1, 50)))

    assert {outcome.state for outcome in outcomes} == {DeliveryState.ACCEPTED}
    assert listings == 1


def test_a_folder_that_cannot_be_made_is_the_folders_fault(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    transport = FolderTransport(FolderSettings(path=tmp_path / "mail"))

    (outcome,) = send(transport, message())

    assert (outcome.state, outcome.stage, outcome.relay_fault) == (
        DeliveryState.DEFERRED,
        Stage.CONNECT,
        True,
    )
    assert outcome.text == f"cannot write into the Maildir {tmp_path / 'mail'}: Not a directory"


def test_a_disk_that_is_full_leaves_nothing_half_and_the_next_try_succeeds(maildir: Path) -> None:
    long = message(body=BODY + b"More of it.\r\n" * 1000)
    transport = FolderTransport(FolderSettings(path=maildir))

    with room_for(4096):
        (full,) = send(transport, long)
    left = files(maildir)
    (later,) = send(transport, long)

    assert (full.state, full.relay_fault) == (DeliveryState.DEFERRED, True)
    assert full.text == f"cannot write into the Maildir {maildir}: File too large"
    assert left == []
    assert later.state is DeliveryState.ACCEPTED


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
