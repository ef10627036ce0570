"""A relay that does what it is told, byte by byte, for tests: each connection in a thread, on 127.0.0.1.

    with ScriptedRelay({Stage.RCPT: "550 5.1.1 no such user"}) as relay:
        send_to(relay.host, relay.port)

At each stage it does once what its script says, and from then on what a good relay does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from publisher.model.delivery import Stage

OFFERS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 50000000", "AUTH PLAIN LOGIN CRAM-MD5")
PATIENCE = 20.0
"""Seconds after which a test has waited too long."""


class ScriptedRelay:
    """A context manager; `taken` are the bodies of the messages it took, `lines` all that was said to it.

    `offers` are its extensions. With `certificates` it offers STARTTLS, or begins with TLS if `is_implicit`,
    each connection with the next of these files, the last one for all that follow.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        script: Mapping[Stage, Action],
        *,
        offers: Sequence[str] = OFFERS,
        certificates: Sequence[Path] = (),
        is_implicit: bool = False,
    ) -> None:
        self.offers = tuple(offers)
        self.is_implicit = is_implicit
        self.taken: list[bytes] = []
        self.lines: list[bytes] = []
        self.connections = 0
        self._script = dict(script)
        self._certificates = list(certificates)
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._said = threading.Condition()

    def __enter__(self) -> Self:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self._listener.bind((self.host, 0))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]
        self._threads.append(threading.Thread(target=self._accept, daemon=True))
        self._threads[0].start()
        return self

    def __exit__(self, *exception: object) -> None:
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the scripted relay did not end"

    def note(self, line: bytes) -> None:
        """Keep a line that was said."""
        with self._said:
            self.lines.append(line)
            self._said.notify_all()

    def wait_for(self, line: bytes) -> None:
        """Return once this line has been said."""
        with self._said:
            assert self._said.wait_for(lambda: line in self.lines, PATIENCE), f"{line!r} was not said"

    def script(self, stage: Stage, action: Action) -> None:
        """Have it do this at the next such stage."""
        self._script[stage] = action

    def next_action(self, stage: Stage) -> Action | None:
        """Return what the script says of this stage, once."""
        return self._script.pop(stage, None)

    def next_certificate(self) -> Path | None:
        """Return the certificate for the next connection that goes over to TLS."""
        return (
            self._certificates.pop(0) if len(self._certificates) > 1 else next(iter(self._certificates), None)
        )

    @property
    def has_tls(self) -> bool:
        """Whether it has a certificate."""
        return bool(self._certificates)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                end, _ = self._listener.accept()
                self.connections += 1
                self._open.append(end)
                thread = threading.Thread(target=self._converse, args=(end,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _converse(self, end: socket.socket) -> None:
        end.settimeout(PATIENCE)
        talk = Talk(self, end)
        with contextlib.suppress(OSError, EOFError, ValueError):
            talk.run()
        talk.hang_up()


class Talk:
    """One conversation of the relay's; what a script's functions are given."""

    def __init__(self, relay: ScriptedRelay, end: socket.socket) -> None:
        self.relay = relay
        self.end = end
        self.heard = bytearray()
        self.body = b""
        self.is_tls = False

    def run(self) -> None:
        """Talk until one side hangs up."""
        if self.relay.is_implicit:
            self.encrypt()
        self.do(Stage.CONNECT, "220 relay.example ESMTP")
        while line := self.line():
            self.relay.note(line)
            verb = line.split(b" ")[0].upper()
            if verb in {b"EHLO", b"HELO"}:
                self.do(Stage.HELO, self.hello() if verb == b"EHLO" else "250 relay.example")
            elif verb == b"STARTTLS":
                self.do(Stage.TLS, Talk.start_tls)
            elif verb == b"AUTH":
                self.do(Stage.AUTH, "235 2.7.0 welcome")
            elif verb == b"MAIL":
                self.do(Stage.MAIL, "250 2.1.0 OK")
            elif verb == b"RCPT":
                self.do(Stage.RCPT, "250 2.1.5 OK")
            elif verb == b"DATA":
                self.data()
            elif verb == b"QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("250 2.0.0 OK")

    def data(self) -> None:
        """Answer DATA; if that was a yes, take a message."""
        if not self.do(Stage.DATA, "354 end with a dot"):
            return
        self.do(Stage.BODY, lambda _talk: None)
        self.body = self.until(b"\r\n.\r\n")
        self.do(Stage.REPLY, "250 2.0.0 taken")

    def hello(self) -> str:
        """Return the answer to EHLO."""
        starttls = ["STARTTLS"] if self.relay.has_tls and not self.is_tls else []
        words = ["relay.example", *self.relay.offers, *starttls]
        return "\r\n".join([*(f"250-{word}" for word in words[:-1]), f"250 {words[-1]}"])

    def do(self, stage: Stage, usual: Action) -> bool:
        """Do what the script says or else the usual; tell whether it was a yes, or more than words."""
        action = self.relay.next_action(stage) or usual
        if callable(action):
            action(self)
            return True
        is_yes = action.startswith(("2", "3"))
        if stage is Stage.REPLY and action.startswith("2"):
            self.keep()
        self.say(action)
        return is_yes

    def say(self, text: str) -> None:
        """Say it as one line."""
        self.send(text.encode() + b"\r\n")

    def send(self, data: bytes) -> None:
        """Send these bytes."""
        self.end.sendall(data)

    def drip(self, data: bytes, *, pause: float = 0.002) -> None:
        """Send these bytes one by one."""
        for byte in data:
            self.send(bytes([byte]))
            time.sleep(pause)

    def keep(self) -> None:
        """Count the message as taken."""
        self.relay.taken.append(self.body)

    def line(self) -> bytes:
        """Return the next line that is said, without its end; empty at the end."""
        try:
            return self.until(b"\r\n")[:-2]
        except EOFError:
            return b""

    def until(self, mark: bytes) -> bytes:
        """Return what is said up to this mark."""
        start = 0
        while (found := self.heard.find(mark, start)) < 0:
            start = max(0, len(self.heard) - len(mark))
            self.hear()
        taken = bytes(self.heard[: found + len(mark)])
        del self.heard[: found + len(mark)]
        return taken

    def hear(self) -> None:
        """Wait for more."""
        data = self.end.recv(65536)
        if not data:
            raise EOFError
        self.heard += data

    def silence(self) -> None:
        """Say nothing until the other side has gone."""
        while True:
            self.hear()

    def encrypt(self) -> None:
        """Go over to TLS."""
        certificate = self.relay.next_certificate()
        assert certificate is not None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        self.end = context.wrap_socket(self.end, server_side=True, suppress_ragged_eofs=True)
        self.relay._open.append(self.end)
        self.is_tls = True

    def start_tls(self) -> None:
        """Answer STARTTLS."""
        self.say("220 2.0.0 go ahead")
        self.encrypt()

    def hang_up(self) -> None:
        """Close the connection, TLS without taking leave."""
        with contextlib.suppress(OSError):
            self.end.shutdown(socket.SHUT_RDWR)
        self.end.close()

    def reset(self) -> None:
        """Close the connection so that the other side sees an error."""
        self.end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end.close()


Action: TypeAlias = str | Callable[[Talk], object]
"""What the relay says, or does."""


class Authority:
    """A certificate authority; its own certificate is `path`, and it writes others beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority of a test")])
        self.path = folder / "authority.pem"
        certificate = self._sign("authority", self._name, self._key, is_authority=True, days=30)
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, *, days: int = 30, is_own: bool = False) -> Path:
        """Write a certificate for `name`, a host or an address; it ends so many days after yesterday.

        One that `is_own` is signed by its own key and not by this authority.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A relay")])
        certificate = self._sign(name, subject, key, days=days, issuer=key if is_own else self._key)
        path = self._folder / f"{name}-{days}-{is_own}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return path

    def _sign(
        self,
        name: str,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        days: int,
        is_authority: bool = False,
        issuer: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:
        begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
        signer = issuer or key
        try:
            names: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            names = x509.DNSName(name)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if signer is key else self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + dt.timedelta(days=days + 1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([names]), critical=False)
            .add_extension(identifier, critical=False)
            .add_extension(authority, critical=False)
            .sign(signer, hashes.SHA256())
        )
