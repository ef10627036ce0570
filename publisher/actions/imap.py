"""A mailbox on an IMAP server (RFC 9051), over TLS that is verified; every trouble is a sentence."""

from __future__ import annotations

import base64
import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from publisher.actions.secret import secret_in
from publisher.delivery.replies import words
from publisher.errors import PublisherError, SettingsError
from publisher.settings import Settings

PATIENCE: Final = 30.0
"""Seconds that each answer of the server may take."""

WINDOW: Final = 50_000
"""So many UIDs are asked about at once: the longest line that is read has a million bytes."""

_CHECK: Final = "check imap_host, imap_port and imap_ca_file under [reports]"
_SPECIAL: Final = re.compile(r"[^ -%'-~]+|&")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Some mails of a mailbox, by their UIDs, oldest first: all that there are up to the UID `last`."""

    uids: tuple[int, ...]
    last: int


class Mailbox:
    """An open folder. `validity` changes if its UIDs have been given anew."""

    def __init__(self, connection: imaplib.IMAP4, name: str, *, validity: int, next_uid: int) -> None:
        self.validity = validity
        self._connection = connection
        self._name = name
        self._next_uid = next_uid
        self._can_expunge = "UIDPLUS" in _capabilities(connection)

    def after(self, seen: int, most: int) -> Portion:
        """Return the next mails after UID `seen`, at the most `most` of them; `last` is `seen` at the end.

        Raises:
            PublisherError: the server does not tell.
        """
        last = min(self._next_uid - 1, seen + WINDOW)
        if last <= seen:
            return Portion(uids=(), last=seen)
        with _told(f"{self._name} does not say what is new in the mailbox"):
            found = self._ask("SEARCH", "UID", f"{seen + 1}:{last}", "UNDELETED")
        numbers = sorted(int(each) for line in found if isinstance(line, bytes) for each in _numbers(line))
        uids = [uid for uid in numbers if seen < uid <= last]
        if len(uids) > most:
            return Portion(uids=tuple(uids[:most]), last=uids[most - 1])
        return Portion(uids=tuple(uids), last=last)

    def fetch(self, uid: int, most: int, *, part: str = "") -> bytes | None:
        """Return the first `most` bytes of a mail, or of its `part` ("HEADER"); None if it is gone.

        It stays as unread as it was.

        Raises:
            PublisherError: the server does not hand it out.
        """
        with _told(f"{self._name} does not hand out a mail"):
            answer = self._ask("FETCH", str(uid), f"(BODY.PEEK[{part}]<0.{most}>)")
        return next((bytes(each[1])[:most] for each in answer if isinstance(each, tuple)), None)

    def delete(self, uids: Sequence[int]) -> None:
        """Delete mails. A server that cannot delete these alone (RFC 4315) only marks them as deleted.

        Raises:
            PublisherError: the server refuses.
        """
        if not uids:
            return
        numbers = ",".join(str(uid) for uid in uids)
        with _told(f"{self._name} does not delete reports that are recorded"):
            self._ask("STORE", numbers, "+FLAGS.SILENT", r"(\Deleted)")
            if self._can_expunge:
                self._ask("EXPUNGE", numbers)

    def _ask(self, *command: str) -> list[Any]:
        kind, answer = self._connection.uid(*command)
        if kind != "OK":
            raise imaplib.IMAP4.error(_text(answer))
        return answer


@contextmanager
def opened(settings: Settings) -> Iterator[Mailbox]:
    """Sign in to the mailbox of reports, and out at the end.

    Raises:
        PublisherError: the server cannot be reached, is not the one it should be, or refuses.
    """
    own = settings.reports
    password = secret_in(
        settings.root, own.imap_password, own.imap_password_file, name="imap_password_file under [reports]"
    )
    where = f"{own.imap_host}:{own.imap_port}"
    with _told(f"{where} cannot be reached", fix=_CHECK):
        connection = imaplib.IMAP4_SSL(
            own.imap_host, own.imap_port, ssl_context=_tls(settings), timeout=PATIENCE
        )
    try:
        with _told(f"{where} does not let '{own.imap_username}' in", fix=_SIGN_IN, secret=password):
            _sign_in(connection, own.imap_username, password)
        with _told(f"{where} does not open the folder '{own.imap_folder}' for changes", fix=_FOLDER):
            kind, answer = connection.select(_quoted(own.imap_folder))
            if kind != "OK":
                raise imaplib.IMAP4.error(_text(answer))
            validity, next_uid = _number(connection, "UIDVALIDITY"), _number(connection, "UIDNEXT")
            mailbox = Mailbox(connection, where, validity=validity, next_uid=next_uid)
        yield mailbox
    finally:
        _leave(connection)


_SIGN_IN: Final = "mend imap_username and imap_password under [reports]"
_FOLDER: Final = "mend imap_folder under [reports]"


@contextmanager
def _told(what: str, *, fix: str = "it is tried again", secret: str = "") -> Iterator[None]:
    """Turn the trouble that IMAP has into a sentence, without the secret if a server repeats it."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise PublisherError(f"{what}: its certificate is refused, {error.verify_message}", fix=fix) from None
    except (imaplib.IMAP4.error, OSError) as error:
        said = words(str(error)) or type(error).__name__
        said = said.replace(secret, "…") if secret else said
        raise PublisherError(f"{what}: {said}", fix=fix) from None


def _tls(settings: Settings) -> ssl.SSLContext:
    file = settings.reports.imap_ca_file
    try:
        return ssl.create_default_context(cafile=settings.root / file if file else None)
    except OSError as error:
        raise SettingsError(
            f"the certificates in imap_ca_file '{file}' cannot be read: {error.strerror or error}",
            fix="name a file of certificates in PEM form",
        ) from None


def _sign_in(connection: imaplib.IMAP4, username: str, password: str) -> None:
    """Use AUTHENTICATE PLAIN, which takes any letters, and LOGIN where there is no other way."""
    if "AUTH=PLAIN" in connection.capabilities:
        connection.authenticate("PLAIN", lambda _: f"\0{username}\0{password}".encode())
    elif not (username + password).isascii():
        raise imaplib.IMAP4.error("it takes names and passwords in ASCII alone")
    else:
        connection.login(username, password)


def _leave(connection: imaplib.IMAP4) -> None:
    """Sign out, or at least hang up: the library keeps a connection open on which nobody answers."""
    try:
        connection.logout()
    except (imaplib.IMAP4.error, OSError):
        with contextlib.suppress(OSError):
            connection.shutdown()


def _capabilities(connection: imaplib.IMAP4) -> set[str]:
    """Return what the server can do for somebody who is signed in; before that many say less."""
    kind, answer = connection.capability()
    return set(_text(answer).upper().split()) if kind == "OK" else set()


def _number(connection: imaplib.IMAP4, code: str) -> int:
    """Return what SELECT was answered under a code that every server has to give."""
    _, answer = connection.response(code)
    text = _text(answer)
    if not text.isascii() or not text.isdigit():
        raise imaplib.IMAP4.error(f"it does not tell {code}")
    return int(text)


def _numbers(line: bytes) -> list[bytes]:
    return re.findall(rb"\b\d{1,10}\b", line)


def _text(answer: Sequence[Any]) -> str:
    """Return the last line of an answer."""
    last = answer[-1] if answer else b""
    return bytes(last).decode("utf-8", "replace") if isinstance(last, bytes) else ""


def _quoted(folder: str) -> str:
    """Return the name of a folder as IMAP writes it: in quotes, and beyond ASCII in its own UTF-7."""
    coded = _SPECIAL.sub(_utf7, folder)
    escaped = coded.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf7(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    coded = base64.b64encode(found[0].encode("utf-16-be")).decode("ascii")
    return f"&{coded.rstrip('=').replace('/', ',')}-"
