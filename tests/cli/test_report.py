"""`publisher report`: bounces out of files, or from a mail server."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.store import schema
from tests.cli.conftest import Types
from tests.delivery.reports import samples
from tests.newsrooms import READER, Newsroom, token_of
from tests.reports import RETURN_PATH, path_of, send


@pytest.fixture
def path(newsroom: Newsroom) -> str:
    """Send an issue to the reader, and return the return path of the mail."""
    newsroom.sets(RETURN_PATH)
    with newsroom.opened() as publisher:
        send(publisher)
        return path_of(publisher, READER)


def test_a_mail_to_leave_is_told_too(types: Types, newsroom: Newsroom, tmp_path: Path, path: str) -> None:
    with newsroom.opened() as publisher:
        token = token_of(publisher, READER)
    (tmp_path / "leave").write_text(f"To: {path}\nSubject: unsubscribe {token}\n\n", encoding="utf-8")

    said = types("report", str(tmp_path / "leave"), str(tmp_path / "leave")).out

    assert [line.partition(": ")[2] for line in said.splitlines()] == [
        "recorded; the subscription is ended",
        "known already",
    ]


def test_each_file_is_told_what_came_of_it(types: Types, tmp_path: Path, path: str) -> None:
    files = [tmp_path / name for name in ("bounce", "again", "letter", "complaint")]
    for file, raw in zip(
        files,
        [samples.postfix(path), samples.postfix(path), samples.letter(path), samples.yahoo(path)],
        strict=True,
    ):
        file.write_bytes(raw)

    said = types("report", *map(str, files)).out

    assert said.replace(f"{tmp_path}/", "") == (
        f"bounce: hard bounce 5.1.1, {READER} of heat;"
        " the address is left alone, and tried once more later\n"
        f"again: hard bounce 5.1.1, {READER} of heat; known already\n"
        "letter: no report on a delivery of this newsroom\n"
        f"complaint: complaint, {READER} of heat;"
        " the address is not mailed any more; the subscription is ended\n"
    )


def test_a_report_on_an_erased_reader_has_no_address(
    newsroom: Newsroom, types: Types, tmp_path: Path, path: str
) -> None:
    with newsroom.opened() as publisher, publisher.database.begin() as db:
        db.execute(schema.subscribers.delete().where(schema.subscribers.c.address == READER))
    (tmp_path / "bounce").write_bytes(samples.postfix(path))

    assert ": hard bounce 5.1.1, (erased) of heat; " in types("report", str(tmp_path / "bounce")).out


def test_a_mail_server_hands_over_on_standard_input(types: Types, path: str) -> None:
    (found,) = types("report", "-", "--json", given=samples.full_mailbox(path)).json

    assert (found["file"], found["came"]) == ("-", "recorded")
    assert (found["report"]["kind"], found["report"]["source"]) == ("soft bounce", "command")


def test_a_file_that_is_not_there_keeps_no_other_back(types: Types, tmp_path: Path, path: str) -> None:
    (tmp_path / "bounce").write_bytes(samples.postfix(path))

    said = types("report", "nothing", str(tmp_path / "bounce"), code=1)

    assert "there is no file 'nothing'" in said.err
    assert "hard bounce" in said.out


def test_without_a_return_path_the_cure_is_told(types: Types) -> None:
    said = types("report", "-", given=b"x", code=1)

    assert said.err.startswith(
        "publisher: no return path is set by which reports are known (write return_path"
    )
