"""Addresses on the web: what in them only watches readers, and when two of them lead to the same page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

_TRACKING: Final = (
    "utm_source utm_medium utm_campaign utm_term utm_content utm_id utm_source_platform "
    "utm_creative_format utm_marketing_tactic utm_name utm_cid utm_reader utm_referrer utm_social "
    "pk_source pk_medium pk_campaign pk_kwd pk_keyword pk_content pk_cid pk_cpn pk_group pk_placement "
    "mtm_source mtm_medium mtm_campaign mtm_kwd mtm_keyword mtm_content mtm_cid mtm_group mtm_placement "
    "hsa_acc hsa_cam hsa_grp hsa_ad hsa_src hsa_tgt hsa_kw hsa_mt hsa_net hsa_ver hsa_la hsa_ol "
    "at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 "
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igsh igshid "
    "mc_cid mc_eid _hsenc _hsmi __hstc __hssc __hsfp hsctatracking mkt_tok vero_id vero_conv oly_enc_id "
    "oly_anon_id wickedid ml_subscriber ml_subscriber_hash s_cid _openstat rb_clickid ck_subscriber_id"
)

TRACKING: Final = frozenset(_TRACKING.split())
"""Parameters of a query that tell a server who sent the reader; in small letters."""

_PHONE: Final = re.compile(r"\+?[0-9.()-]*[0-9][0-9.()-]*(?:;[a-z-]+(?:=[0-9A-Za-z+.-]+)?)*")
_BARE: Final = re.compile(r"https?://[^\s<>\"「」『』（）、。，；：！？]+")  # noqa: RUF001 - marks of CJK text
_AFTER_BARE: Final = ".,;:!?*_~'\")]}"
_UNSEEN: Final = re.compile(
    "[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e"
    "\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0000-\\U000e0fff\ud800-\udfff]"
)
_WITHIN: Final = re.compile(r"https?:/", re.IGNORECASE)
_PORTS: Final = {"http": ":80", "https": ":443"}


def last_part(url: str) -> str:
    """Return the slug at the end of a permalink."""
    return unquote(url.rstrip("/").rpartition("/")[2])


def bare(text: str) -> Iterator[tuple[int, str]]:
    """Yield the addresses that stand in running text as they are, each with its offset."""
    for found in _BARE.finditer(text):
        address = found[0].rstrip(_AFTER_BARE)
        closed = f"{address})"
        if is_balanced(closed) and found[0].startswith(closed):
            address = closed
        yield found.start(), address


def has_unseen(host: str) -> bool:
    """Return whether a host has letters in it that are not shown (Default_Ignorable_Code_Point), or are none.

    Browsers leave them out, other programs do not: the same letters would be two hosts.
    """
    return bool(_UNSEEN.search(host))


def tracking(address: str) -> tuple[str, ...]:
    """Return the names of the parameters of an address that only watch readers, each once."""
    names = (_name(address[start:end]) for start, end in _own_parameters(address))
    return tuple(dict.fromkeys(name for name in names if watches(name)))


def watching_parts(address: str) -> tuple[tuple[int, int], ...]:
    """Return from where to where an address would have to lose letters so that it watches nobody."""
    parameters = tuple(_own_parameters(address))
    kept = [part for part in parameters if not watches(_name(address[slice(*part)]))]
    if len(kept) == len(parameters):
        return ()
    query, end = parameters[0][0], parameters[-1][1]
    follows = address[end : end + 1] == "&"
    if not follows and not any(start < stop for start, stop in kept):
        return ((query - 1, end),)
    parts = []
    position = query
    for start, stop in kept:
        if position < start:
            parts.append((position, start))
        position = stop + 1
    if position <= end:
        parts.append((position, end + 1) if follows else (position - 1, end))
    return tuple(parts)


def can_be_mended(address: str) -> bool:
    """Return whether what watches can go without touching parentheses that belong to the rest."""
    return all(is_balanced(address[start:end]) for start, end in watching_parts(address))


def is_balanced(text: str) -> bool:
    """Return whether a text closes all parentheses that it opens, and no others."""
    depth = 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            return False
    return depth == 0


def watches(name: str) -> bool:
    """Return whether a parameter of that name only watches readers."""
    return name.lower() in TRACKING


def telephone(address: str) -> str | None:
    """Return a `tel:` or `sms:` address as RFC 3966 writes it, without blanks; None for one to nobody."""
    scheme, _, number = address.partition(":")
    found = _PHONE.fullmatch(unquote(number).replace(" ", "").replace("\u00a0", ""))
    return f"{scheme.lower()}:{found[0]}" if found else None


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


def _own_parameters(address: str) -> Iterator[tuple[int, int]]:
    """Yield where the parameters of the query are, up to the first that may belong to an address within."""
    head, mark, _ = address.partition("#")[0].partition("?")
    if not mark or _WITHIN.search(head, 1):
        return
    end = len(address.partition("#")[0])
    position = len(head) + 1
    while position <= end:
        stop = address.find("&", position, end)
        stop = stop if stop >= 0 else end
        yield position, stop
        within = _WITHIN.search(address, position, stop)
        if within and "?" in address[within.end() : stop]:
            return
        position = stop + 1


def _name(parameter: str) -> str:
    return parameter.partition("=")[0].removeprefix("amp;")
