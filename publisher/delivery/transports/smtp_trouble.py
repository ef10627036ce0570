"""Trouble with a connection in words for editors, with what they can do; pure."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl

from publisher.delivery.transports.smtp_settings import SmtpSettings, Tls

_HUNG_UP = "it hung up"
_NO_ROUTE = "there is no way to it from this machine; look at the network, or at host"
_SAID: dict[int, str] = {
    errno.ECONNREFUSED: "nobody listens there (connection refused)",
    errno.ETIMEDOUT: "it did not answer in time",
    errno.ECONNRESET: _HUNG_UP,
    errno.EPIPE: _HUNG_UP,
    errno.ECONNABORTED: _HUNG_UP,
    errno.ENETUNREACH: _NO_ROUTE,
    errno.EHOSTUNREACH: _NO_ROUTE,
    errno.EADDRNOTAVAIL: _NO_ROUTE,
    errno.EMFILE: "this machine lets us open no more connections; write fewer connections",
}
_NO_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_NUMBER = re.compile(r"\[Errno (\d+)\]")


def why(error: OSError, settings: SmtpSettings) -> str:
    """Return what became of a connection to the relay of these settings, without numbers of errors."""
    if isinstance(error, ssl.SSLError):
        return _of_tls(error, settings)
    if isinstance(error, socket.gaierror):
        if error.errno in _NO_NAME:
            return "there is no server of this name; mend host"
        return "its name cannot be looked up now; look at the network and its DNS"
    if isinstance(error, TimeoutError):
        return _SAID[errno.ETIMEDOUT]
    number = error.errno or _first_number(str(error))
    if number is None:
        return str(error) or type(error).__name__
    return _SAID.get(number) or os.strerror(number).lower()


def _of_tls(error: ssl.SSLError, settings: SmtpSettings) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {error.verify_message}"
    said = (error.reason or str(error)).replace("_", " ").lower()
    if settings.tls is Tls.IMPLICIT and error.reason == "WRONG_VERSION_NUMBER":
        said += '; this port may not begin with TLS: try tls = "starttls"'
    return f"TLS with it failed: {said}"


def _first_number(text: str) -> int | None:
    """Return the first of several errors: a name may have several addresses, and none was reached."""
    found = _NUMBER.search(text)
    return int(found[1]) if found else None
