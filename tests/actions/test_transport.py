from __future__ import annotations

import pytest

from publisher.actions.send_now import publish_now
from publisher.actions.transport import mail_folder, open_transport
from publisher.delivery.transports.folder import FolderTransport
from publisher.errors import SettingsError
from publisher.settings_file import load_settings
from tests.newsrooms import Newsroom, deliver, relay_at, served
from tests.smtp_server import SmtpServer


def test_the_maildir_is_in_the_newsroom_unless_the_settings_say_otherwise(newsroom: Newsroom) -> None:
    assert mail_folder(load_settings(newsroom.root)) == newsroom.root / "var" / "mail"

    newsroom.sets('[folder]\npath = "/srv/mail"\n')

    assert str(mail_folder(load_settings(newsroom.root))) == "/srv/mail"
    assert isinstance(open_transport(load_settings(newsroom.root)), FolderTransport)


@pytest.mark.parametrize("written", ["hunter2", "hunter2\n", "hunter2\r\n"])
def test_a_password_may_stand_in_a_file_of_its_own(newsroom: Newsroom, written: str) -> None:
    with SmtpServer(accounts={"ann": "hunter2"}) as relay:
        (newsroom.root / "password").write_bytes(written.encode())
        newsroom.sets(relay_at(relay.port) + 'username = "ann"\npassword_file = "password"\n')
        newsroom.writes("heat")
        with newsroom.opened() as publisher:
            publish_now(publisher, "heat")
            deliver(publisher)

        assert [message.username for message in relay.messages] == ["ann"]


def test_a_password_file_that_is_not_there_is_told_before_anything_is_public(newsroom: Newsroom) -> None:
    newsroom.sets(relay_at(25) + 'username = "ann"\npassword_file = "password"\n')
    newsroom.writes("heat")

    with newsroom.opened() as publisher:
        with pytest.raises(SettingsError, match=r"smtp\.password_file '\S+/password' cannot be read"):
            publish_now(publisher, "heat")

        assert "/issues/heat/" not in served(publisher)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", r"\[smtp\] has a username and no password \(write password_file, or take username out\)"),
        (
            'password_file = "empty"\n',
            r"smtp\.password_file '\S+/empty' is empty \(write the password into it, on one line\)",
        ),
    ],
)
def test_a_username_without_a_password_is_told_before_anything_is_public(
    newsroom: Newsroom, given: str, said: str
) -> None:
    (newsroom.root / "empty").write_text("\n")
    newsroom.sets(relay_at(25) + 'username = "ann"\n' + given)
    newsroom.writes("heat")

    with newsroom.opened() as publisher:
        with pytest.raises(SettingsError, match=rf"^publisher\.toml: {said}$"):
            publish_now(publisher, "heat")

        assert "/issues/heat/" not in served(publisher)


def test_a_password_file_that_cannot_be_read_is_named_once_and_in_words(newsroom: Newsroom) -> None:
    newsroom.sets(relay_at(25) + 'username = "ann"\npassword_file = "password"\n')

    with pytest.raises(SettingsError) as refused:
        open_transport(load_settings(newsroom.root))

    path = newsroom.root.resolve() / "password"
    assert str(refused.value) == (
        f"smtp.password_file '{path}' cannot be read: No such file or directory (mend the file or its name)"
    )
