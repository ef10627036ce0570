"""Signatures of mails (DKIM: RFC 6376, RFC 8301): relaxed/relaxed, RSA with SHA-256.

Only the digest of a body and the signature itself differ from mail to mail; the rest is written beforehand.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from publisher.delivery.mime import WIDTH
from publisher.errors import Place, SettingsError

OVERSIGNED: Final = (
    "from",
    "to",
    "subject",
    "date",
    "reply-to",
    "list-unsubscribe",
    "list-unsubscribe-post",
)
"""Fields that are named once more than they are there, so that nobody can add another (section 8.15)."""

SHORTEST_KEY: Final = 2048
"""Bits of a key: some receivers do not believe shorter ones (RFC 8301 section 3.2)."""

_LABELS: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*")
_LONGEST_NAME: Final = 253
_FIELD_NAME: Final = re.compile(r"[!-9<-~]+")
_BLANKS: Final = re.compile(rb"[ \t]+")
_NEXT_FIELD: Final = re.compile(rb"\r\n(?![ \t])")
_NOT_CANONICAL: Final = re.compile(rb"\t|  | \r\n|\r\n\r\n\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: the key whose public half stands at SELECTOR._domainkey.DOMAIN.

    `unsigned` are names of fields in small letters that are left out, since a relay replaces them.
    """

    domain: str
    selector: str
    key: RSAPrivateKey = field(repr=False)
    unsigned: frozenset[str] = frozenset()

    @property
    def record_name(self) -> str:
        """The name in DNS under which the public key stands (section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What stands there, as text of any length (section 3.6.1)."""
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"

    def signed(self, head: bytes) -> tuple[tuple[str, ...], bytes]:
        """Return the names to list under h= and the fields themselves as they are signed (section 3.7).

        `head` are the fields of a mail, none of them twice, with their line ends. A name without a field
        stands for one that must not be added.
        """
        found = {name: relaxed(each) for each in split(head) if (name := name_of(each)) not in self.unsigned}
        guarded = tuple(name for name in OVERSIGNED if name not in self.unsigned)
        return (*found, *guarded), b"".join(found.values())

    def opening(self, names: Sequence[str], moment: datetime) -> bytes:
        """Return the field `DKIM-Signature` up to the digest of the body; below it comes the tag b=.

        Lines have at most 76 octets, but for a domain or selector that is longer.
        """
        lines = ["DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;"]
        for tag in (f"d={self.domain};", f"s={self.selector};", f"t={int(moment.timestamp())};"):
            _append(lines, f" {tag}")
        first, *others = (*(f"{name}:" for name in names[:-1]), names[-1])
        _append(lines, f" h={first}")
        for name in others:
            _append(lines, name)
        return "\r\n ".join([*lines[:-1], f"{lines[-1]};", "bh="]).encode("ascii")

    def sign(self, octets: bytes) -> bytes:
        """Return the signature of `octets` as the value of the tag b=, with its line end."""
        signature = b64encode(self.key.sign(octets, PKCS1v15(), SHA256()))
        room = WIDTH - len(" b=")
        lines = [signature[start : start + room] for start in range(0, len(signature), room)]
        return b"\r\n ".join(lines) + b"\r\n"


def signer_for(*, domain: str, selector: str, key: RSAPrivateKey, unsigned: Collection[str] = ()) -> Signer:
    """Return who signs, as settings have it.

    Raises:
        SettingsError: a name cannot be one, or From, which must be signed, is not to be.
    """
    for name, value in (("domain", domain), ("selector", selector)):
        if not _LABELS.fullmatch(value) or len(value) > _LONGEST_NAME:
            raise SettingsError(
                f"{name} = '{value}' under [dkim] is no name that DNS can have",
                fix="write it as in SELECTOR._domainkey.DOMAIN",
            )
    for name in unsigned:
        if name.lower() == "from" or not _FIELD_NAME.fullmatch(name):
            what = "From must be signed" if name.lower() == "from" else f"'{name}' is no name of a header"
            raise SettingsError(f"{what} (unsigned under [dkim])", fix="take it out of the list")
    left_out = frozenset(name.lower() for name in unsigned)
    return Signer(domain=domain, selector=selector, key=key, unsigned=left_out)


def read_key(pem: bytes, *, name: str) -> RSAPrivateKey:
    """Return the private key of a PEM file; `name` is what errors call the file.

    Raises:
        SettingsError: it is no RSA private key, is too short, or is locked with a password.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise _useless(name, "is locked with a password", fix="save it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _useless(name, "is no private key in PEM") from None
    if not isinstance(key, RSAPrivateKey):
        raise _useless(name, "is no RSA key")
    if key.key_size < SHORTEST_KEY:
        raise _useless(name, f"has {key.key_size} bits, and receivers want {SHORTEST_KEY} or more")
    return key


def relaxed(line: bytes) -> bytes:
    """Return a header field in the relaxed form (section 3.4.2), with its line end."""
    name, _, value = line.partition(b":")
    words = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.rstrip(b" \t").lower() + b":" + words + b"\r\n"


def split(head: bytes) -> list[bytes]:
    """Return the fields of a header, folded as they are, without their line ends."""
    return [each for each in _NEXT_FIELD.split(head) if each]


def name_of(line: bytes) -> str:
    """Return the name of a header field in small letters."""
    return line.partition(b":")[0].rstrip(b" \t").lower().decode("ascii", "replace")


def is_canonical(body: bytes) -> bool:
    """Return whether the simple and the relaxed form (section 3.4) change nothing in a body."""
    return body.endswith(b"\r\n") and body != b"\r\n" and not _NOT_CANONICAL.search(body)


def _append(lines: list[str], word: str) -> None:
    """Put a word into the last line of a field, or below it where there is no room for it and a `;`."""
    if len(" ") + len(lines[-1]) + len(word) + len(";") > WIDTH:
        lines.append(word.lstrip())
    else:
        lines[-1] += word


def _useless(name: str, what: str, *, fix: str = "") -> SettingsError:
    making = f"make a new one: openssl genrsa -out {name} {SHORTEST_KEY}"
    return SettingsError(f"the key that signs {what}", place=Place(path=name), fix=fix or making)
