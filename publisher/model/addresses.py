"""Addresses on the web: what in them only watches readers, and when two of them lead to the same page."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_TRACKING: Final = (
    "utm_[a-z_]+ pk_[a-z]+ mtm_[a-z]+ hsa_[a-z]+ at_(?:medium|campaign|custom[0-9]) fbclid gclid "
    "gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igsh igshid mc_cid "
    "mc_eid _hsenc _hsmi __hstc __hsfp hsctatracking mkt_tok vero_id vero_conv oly_enc_id oly_anon_id "
    "wickedid ml_subscriber ml_subscriber_hash s_cid _openstat rb_clickid ck_subscriber_id sc_cid "
    "cmpid"
)

TRACKING: Final = tuple(_TRACKING.split())
"""Parameters of a query that tell a server who sent the reader; patterns, in small letters."""

_NAME: Final = re.compile("|".join(TRACKING), re.IGNORECASE)
_PORTS: Final = {"http": ":80", "https": ":443"}


def tracking(address: str) -> tuple[str, ...]:
    """Return the names of the parameters of an address that only watch readers, each once."""
    if "?" not in address:
        return ()
    query = address.partition("#")[0].partition("?")[2]
    names = (_name(parameter) for parameter in query.split("&"))
    return tuple(dict.fromkeys(name for name in names if watches(name)))


def watches(name: str) -> bool:
    """Return whether a parameter of that name only watches readers."""
    return bool(_NAME.fullmatch(name))


def same_page(address: str) -> str:
    """Return what two addresses have in common that lead to one page: a text to compare, not to follow.

    Scheme, `www.`, fragment, a slash at the end and what only watches readers make no difference.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address
    host = parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme.lower(), " ")).removeprefix("www.")
    query = "&".join(each for each in parts.query.split("&") if each and not watches(_name(each)))
    return f"{host}{parts.path.rstrip('/')}{'?' if query else ''}{query}"


def _name(parameter: str) -> str:
    return parameter.partition("=")[0].removeprefix("amp;")
