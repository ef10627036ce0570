"""Mail addresses: what may be written to, in the one spelling that goes on the wire."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from publisher.errors import PublisherError

LONGEST = 254
"""Octets of a whole address that every relay must take (RFC 5321 section 4.5.3.1.3, without the brackets)."""

_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 253
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PLAIN_LABEL = r"(?![a-z0-9]{2}--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NO_TOP = r"(?!(?:arpa|invalid|local|localhost|onion|test)$)(?=[a-z0-9-]*[a-z]$)"
_PLAIN = re.compile(rf"({_DOT_ATOM.pattern})@((?:{_PLAIN_LABEL}\.)+{_NO_TOP}{_PLAIN_LABEL})", re.ASCII)
"""What most addresses are: already spelled as they go on the wire, under a name that is the whole world's, so
that one look is enough. It takes less than `email_validator` does, which a test proves."""

_DOTS = re.compile(r"[.\u3002\uff0e\uff61]")
_NAME_CATEGORIES = ("L", "M", "N")


class AddressError(PublisherError):
    """A text is not one mail address that can be written to."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as `parse` found it: the local part as its owner spells it, the domain in ASCII, small."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@lru_cache(maxsize=256)  # a mail's addresses are asked for again and again while it leaves
def parse(text: str) -> Address:
    """Read one bare address: the dot-string form of RFC 5321, or its RFC 6531 extension, at a domain name.

    International domains are turned into their ASCII form (RFC 5890), local parts into Unicode NFC (RFC 6532
    section 3.1). Quoted local parts, display names, comments, address literals, source routes and names
    without a dot are refused, as are spaces around the address.

    Raises:
        AddressError: the text is anything else; the sentence says what is wrong with it.
    """
    if (plain := _plain(text)) is not None:
        return plain
    _refuse_foreign_characters(text)
    if text.count("@") != 1:
        raise _error(text, "has no @" if "@" not in text else "has more than one @")
    local, _, domain = text.partition("@")
    address = Address(_local(text, unicodedata.normalize("NFC", local)), _domain(text, domain))
    if len(str(address).encode()) > LONGEST:
        raise _error(text, f"is longer than {LONGEST} bytes")
    return address


def admit(text: str) -> Address:
    """Read the address of somebody who is to become a reader: one that `parse` reads, and mail can reach.

    Names that are no one's or only this network's (`.local`, `.test`) are refused, and so are IDNs that no
    registry gives out (RFC 5891) and characters that disturb a text. Nothing is looked up.

    Raises:
        AddressError: the sentence says what is wrong with it.
    """
    if (plain := _plain(text)) is not None:
        return plain
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - takes 0.1 s to import

    address = parse(text)
    try:
        validate_email(str(address), check_deliverability=False, strict=True)
    except EmailNotValidError as refusal:
        raise _error(text, f"cannot be reached by mail: {str(refusal).rstrip('.')}") from None
    return address


def masked(text: str) -> str:
    """Return an address that its owner recognises and nobody else learns: "a…@example.org".

    Where one letter is all that there is before the @, it is left out, too.
    """
    local, _, domain = text.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}…@{domain}"


def normalise(address: Address) -> str:
    """Return the key by which two spellings are the same reader: everything in small letters.

    A relay may tell `Ann@` from `ann@`; no provider gives them to two people, and nobody is mailed twice. No
    letter becomes another one: `weiß@` and `weiss@` are two.
    """
    return f"{unicodedata.normalize('NFC', address.local.lower())}@{address.domain}"


def in_ascii(text: str) -> str:
    """Return a part of an address in small letters, what may be a domain in it in the ASCII form.

    That is what stands after an @, or everything if there is none.
    """
    local, at, domain = text.rpartition("@")
    labels = (_ascii_label(label) or label.casefold() for label in _DOTS.split(domain))
    return f"{unicodedata.normalize('NFC', local.casefold())}{at}{'.'.join(labels)}"


def in_letters(domain: str) -> str:
    """Return a domain as its owner writes it, with the letters that its ASCII form stands for."""
    labels = (_decoded(label) or label if label.startswith("xn--") else label for label in domain.split("."))
    return ".".join(labels)


def _plain(text: str) -> Address | None:
    plain = _PLAIN.fullmatch(text)
    if plain is None or len(text) > LONGEST or plain.end(1) > _LONGEST_LOCAL:
        return None
    return Address(plain[1], plain[2])


def _refuse_foreign_characters(text: str) -> None:
    if not text:
        raise AddressError("the address is empty", fix="write one such as reader@example.org")
    if not text.isprintable():
        raise _error(text, "has a line break or an invisible character in it")
    for characters, what in (
        ("<>", "has angle brackets; write the address alone, without a name"),
        ('"\\', "is quoted; addresses with quotes are not supported"),
        (",;", "is more than one address; write one at a time"),
        ("()[]:", "has a comment, an address literal or a route in it; write user@domain"),
        (" ", "has a space in it"),
    ):
        if any(character in text for character in characters):
            raise _error(text, what)


def _local(text: str, local: str) -> str:
    """Return the local part, of which each letter that is not ASCII belongs to a name."""
    if not local:
        raise _error(text, "has nothing before the @")
    if len(local.encode()) > _LONGEST_LOCAL:
        raise _error(text, f"has more than {_LONGEST_LOCAL} bytes before the @")
    atoms = "".join("x" if _is_of_a_name(character) else character for character in local)
    if not _DOT_ATOM.fullmatch(atoms) or unicodedata.category(local[0]).startswith("M"):
        raise _error(text, "has dots or characters before the @ that an address cannot have there")
    return local


def _domain(text: str, domain: str) -> str:
    labels = [_ascii_label(label) for label in _DOTS.split(domain)]
    if not all(labels):
        raise _error(text, f"has no valid domain after the @: {_shown(domain)}")
    if len(labels) < 2 or labels[-1].isdigit():
        raise _error(text, "needs a domain name with a dot after the @, such as example.org")
    name = ".".join(labels)
    if len(name) > _LONGEST_DOMAIN:
        raise _error(text, f"has a domain of more than {_LONGEST_DOMAIN} characters")
    return name


def _ascii_label(label: str) -> str:
    """Return a label of a domain in its ASCII form, or "" if there is none.

    Python's own codec is of 2003 and sends "straße" to the owner of "strasse".
    """
    label = unicodedata.normalize("NFKC", label).lower()
    if label.startswith("xn--"):
        return label if _ascii_label(_decoded(label)) == label else ""
    if not label.isascii():
        is_name = all(character == "-" or _is_of_a_name(character, ascii_too=True) for character in label)
        if not is_name or unicodedata.category(label[0]).startswith("M") or label[2:4] == "--":
            return ""
        label = "xn--" + label.encode("punycode").decode("ascii")
    return label if _LABEL.fullmatch(label) else ""


def _decoded(label: str) -> str:
    """Return what an `xn--` label stands for, or "" if it is broken or stands for plain ASCII."""
    try:
        decoded = label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return ""
    return "" if decoded.isascii() else decoded


def _is_of_a_name(character: str, *, ascii_too: bool = False) -> bool:
    return (ascii_too or not character.isascii()) and unicodedata.category(character)[0] in _NAME_CATEGORIES


def _error(text: str, what: str) -> AddressError:
    return AddressError(f"{_shown(text)} {what}")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")
