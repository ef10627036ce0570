from __future__ import annotations

import contextlib
import mailbox
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.editions import HOME
from tests.readers.conftest import TITLES, Polled, run, second_issue
from tests.tools import tool

BOTH = pytest.mark.parametrize("path", ["/feed.rss", "/feed.atom"])

CONFIG = """\
[DEFAULT]
from = feeds@reader.example
to = reader@reader.example
email-protocol = maildir
maildir-path = {home}
maildir-mailbox = mails
html-mail = True
force-from = True
name-format = {{author}}
"""


class Rss2email:
    """Somebody who has a feed sent to a mailbox on this machine, and nowhere else."""

    def __init__(self, home: Path, url: str) -> None:
        self._program, self._home = tool("r2e"), home
        (home / "config").write_text(CONFIG.format(home=home), encoding="utf-8")
        self._runs("add", "heat", url)

    def polls(self) -> list[EmailMessage]:
        """Fetch the feed, and return the mails that came of it, in the order of their stories."""
        before = self._mails()
        self._runs("run")
        new = [mail for key, mail in self._mails().items() if key not in before]
        return sorted(new, key=lambda mail: str(mail["X-RSS-ID"]))

    def _runs(self, *words: str) -> None:
        files = ("-c", str(self._home / "config"), "-d", str(self._home / "data.json"))
        run(self._home, self._program, *files, *words)

    def _mails(self) -> dict[str, EmailMessage]:
        parse = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes
        with contextlib.closing(mailbox.Maildir(self._home / "mails")) as mails:
            return {key: parse(mails.get_bytes(key)) for key in mails.keys()}  # noqa: SIM118 (a mailbox is no dict)


@BOTH
def test_rss2email_sends_every_story_once_under_its_title(polled: Polled, home: Path, path: str) -> None:
    reader = Rss2email(home, polled.url + path)

    mails = reader.polls()

    assert sorted(mail["Subject"] for mail in mails) == sorted(TITLES)
    by_title = {str(mail["Subject"]): mail for mail in mails}
    assert by_title[TITLES[0]]["X-RSS-URL"] == f"{HOME}/stories/laboratory/"
    assert "A. Writer" in by_title[TITLES[0]]["From"]
    assert "Key Takeaways" in by_title[TITLES[0]].get_content()
    assert reader.polls() == []
    assert polled.told() == [200, 304]


@BOTH
def test_rss2email_sends_a_new_issue_and_no_second_mail_for_an_edit(
    polled: Polled, home: Path, path: str
) -> None:
    reader = Rss2email(home, polled.url + path)
    reader.polls()

    polled.edits(path, b"notebooks online", b"all its notebooks online")
    edited = reader.polls()
    polled.has_news(second_issue())
    later = reader.polls()

    assert edited == []
    assert [str(mail["Subject"]) for mail in later] == [second_issue().stories[0].title]
    assert polled.told() == [200, 200, 200]
