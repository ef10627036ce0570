"""TLS (RFC 8446) between bytes and bytes, so that whoever moves them knows what has left and what has not."""

from __future__ import annotations

import ssl

from publisher.delivery.transports.smtp_settings import SmtpSettings

_PIECE = 65536


def trust(settings: SmtpSettings) -> ssl.SSLContext:
    """Return what the relay's certificate is checked against; it reads files, so it belongs in a thread.

    Raises:
        ConnectionError: the certificates to trust cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        why = "it is no file of certificates in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConnectionError(
            f"the certificates in {settings.ca_file} cannot be read: {why}; mend ca_file"
        ) from error
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class TlsLayer:
    """Our side of one TLS connection to `host`, whose name the certificate must bear.

    `outgoing` must be taken and sent after each call, also after one that raised: the other side learns why.
    """

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self.is_open = False
        self.is_over = False
        self._shake()

    def outgoing(self) -> bytes:
        """Return the bytes that are to be sent now."""
        return self._outgoing.read()

    def cipher(self, *plain: bytes) -> bytes:
        """Return the bytes to send for these plain ones, with whatever else was to be sent."""
        for each in plain:
            rest = memoryview(each)
            while rest:
                rest = rest[self._object.write(rest) :]
        return self._outgoing.read()

    def decipher(self, ciphered: memoryview) -> bytes:
        """Return the plain bytes in what was heard; none until the handshake is done (`is_open`).

        Raises:
            ssl.SSLError: the certificate is not to be trusted, or what was heard is not TLS.
        """
        self._incoming.write(ciphered)
        if not (self.is_open or self._shake()):
            return b""
        plain = bytearray()
        try:
            while piece := self._object.read(_PIECE):
                plain += piece
            self.is_over = True
        except ssl.SSLWantReadError:
            pass
        return bytes(plain)

    def _shake(self) -> bool:
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        self.is_open = True
        return True
