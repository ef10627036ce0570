"""From nothing to a relay that is ready for messages: connect, greet, encrypt, sign in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from aiosmtplib import SMTPException
from aiosmtplib.auth import auth_crammd5_verify, auth_login_encode, auth_plain_encode

from publisher.delivery.transports.smtp_reply import RefusedError, Reply
from publisher.delivery.transports.smtp_settings import SmtpSettings, Tls
from publisher.delivery.transports.smtp_tls import trust
from publisher.delivery.transports.smtp_wire import Wire
from publisher.model.delivery import Stage

Offers: TypeAlias = dict[str, str]
"""What a relay offers in its answer to EHLO: words in small letters, with what stands behind them."""

_NO_STARTTLS = (
    "it offers no STARTTLS, and nothing is sent to it in clear text; "
    'try another port, tls = "implicit", or tls = "none" for a relay on this machine'
)
_UNKNOWN_COMMAND = frozenset({500, 502})


async def greet(wire: Wire, settings: SmtpSettings) -> Offers:
    """Connect, greet, encrypt and sign in as the settings say; `wire.stage` tells how far it came.

    Nothing but a greeting is said in clear text to a relay that should encrypt, and nothing at all to one
    whose certificate is not for its name.

    Raises:
        RefusedError: the relay says no.
        OSError: it cannot be reached, is silent, cannot be trusted, or does not speak SMTP.
    """
    patience = settings.timeout
    context = None if settings.tls is Tls.NONE else await asyncio.to_thread(trust, settings)
    await wire.connect(settings.host, settings.port, patience=patience)
    if settings.tls is Tls.IMPLICIT and context is not None:
        wire.stage = Stage.TLS
        await wire.encrypt(context, settings.host, patience=patience)
        wire.stage = Stage.CONNECT
    _hope(await wire.reply(patience=patience), 2)
    name = await _own_name(settings)
    offers = await _say_hello(wire, name, patience)
    if settings.tls is Tls.STARTTLS and context is not None:
        wire.stage = Stage.TLS
        if "starttls" not in offers:
            raise ConnectionError(_NO_STARTTLS)
        await _ask(wire, b"STARTTLS", 2, patience)
        await wire.encrypt(context, settings.host, patience=patience)
        offers = await _say_hello(wire, name, patience)
    if settings.username:
        wire.stage = Stage.AUTH
        await _sign_in(wire, offers, settings)
    return offers


async def _own_name(settings: SmtpSettings) -> bytes:
    name = settings.helo_name
    if name is None:
        name = await asyncio.to_thread(socket.getfqdn)
        name = name if "." in name else "[127.0.0.1]"
    if not (name and name.isascii() and name.isprintable() and " " not in name):
        raise ConnectionError(f"we cannot greet it by the name {name!r}")
    return name.encode()


_LONGEST_KEYWORD = len("CRAM-MD5")


async def _say_hello(wire: Wire, name: bytes, patience: float) -> Offers:
    """Say EHLO, or HELO where that is not known (RFC 5321 section 3.2)."""
    wire.stage = Stage.HELO
    try:
        reply = await _ask(wire, b"EHLO " + name, 2, patience)
    except RefusedError as refused:
        if refused.reply.code not in _UNKNOWN_COMMAND:
            raise
        await _ask(wire, b"HELO " + name, 2, patience)
        return {}
    offers = (line.partition(" ") for line in reply.lines[1:])
    return {word.lower(): more for word, _, more in offers}


async def _sign_in(wire: Wire, offers: Offers, settings: SmtpSettings) -> None:
    """Sign in by one way only (RFC 4954): a second guess at a password may lock the account.

    The password itself is said only if nothing else is possible or nobody can listen.
    """
    if "auth" not in offers:
        raise ConnectionError("it offers no AUTH, so that nobody can sign in")
    offered = offers["auth"].upper().split()
    known = tuple(_WAYS) if settings.tls is Tls.NONE else tuple(reversed(_WAYS))
    way = next((_WAYS[each] for each in known if each in offered), None)
    if way is None:
        raise ConnectionError(f"it offers AUTH only by {offers['auth']}, and we know {', '.join(known)}")
    line = way.opening(settings.username, settings.password)
    for answer in way.answers:
        challenge = await _ask_in_secret(wire, line, 3, settings.timeout)
        try:
            line = answer(settings.username, settings.password, challenge.text)
        except SMTPException as error:
            raise ConnectionError(f"its question in AUTH is not one: {challenge.text}") from error
    await _ask_in_secret(wire, line, 2, settings.timeout)


async def _ask_in_secret(wire: Wire, line: bytes, hoped: int, patience: float) -> Reply:
    """Say what nobody else may read, and keep it out of the words of a relay that repeats it.

    Raises:
        RefusedError: it is a no.
        ConnectionError: it cannot be the answer to what was said.
    """
    try:
        return await _ask(wire, line, hoped, patience)
    except RefusedError as error:
        raise RefusedError(_silenced(error.reply, line)) from None


def _silenced(reply: Reply, said: bytes) -> Reply:
    """Return a reply without the long words that we have just said."""
    secrets = [word for word in said.decode("ascii", "replace").split() if len(word) > _LONGEST_KEYWORD]
    lines = list(reply.lines)
    for secret in secrets:
        lines = [line.replace(secret, "…") for line in lines]
    return reply._replace(lines=tuple(lines))


async def _ask(wire: Wire, line: bytes, hoped: int, patience: float) -> Reply:
    wire.say(line)
    return _hope(await wire.reply(patience=patience), hoped)


def _hope(reply: Reply, kind: int) -> Reply:
    """Return the reply if it is of this kind.

    Raises:
        RefusedError: it is a no.
        ConnectionError: it cannot be the answer to what was said.
    """
    if reply.kind == kind:
        return reply
    if reply.kind in {4, 5}:
        raise RefusedError(reply)
    raise ConnectionError(f"it answered {reply.code} {reply.text}, which makes no sense there")


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to sign in: how it begins, and what is said to each question."""

    opening: Callable[[str, str], bytes]
    answers: tuple[Callable[[str, str, str], bytes], ...] = ()


_WAYS: dict[str, _Way] = {
    "CRAM-MD5": _Way(lambda _name, _password: b"AUTH CRAM-MD5", (auth_crammd5_verify,)),
    "LOGIN": _Way(
        lambda name, password: b"AUTH LOGIN " + auth_login_encode(name, password)[0],
        (lambda name, password, _question: auth_login_encode(name, password)[1],),
    ),
    "PLAIN": _Way(lambda name, password: b"AUTH PLAIN " + auth_plain_encode(name, password)),
}
"""The ways by their names (RFC 2195, RFC 4616), the safest for clear text first."""
