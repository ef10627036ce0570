"""Links that count clicks: which of a mail's links they are, what they look like, and that the mail says so.

They are the same for all readers: there is no reader in them.
"""

from __future__ import annotations

import html as markup
import re
from base64 import b32encode
from collections.abc import Collection, Mapping
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

_LINK: Final = re.compile(r'(<a\b[^>]*?\shref=")(https?://[^"]+)(?=")')
_ADDRESS: Final = re.compile(r"https?://[!-;=?-~]+")
_TOKEN: Final = re.compile(r"([1-9]\d{0,8})\.([1-9]\d{0,5})\.([a-z2-7]{16})")


def links_of(html: str, *, home_url: str, stories: Collection[str]) -> tuple[str, ...]:
    """Return the links of a mail that can be counted, each once, in their order.

    They are those to other sites and to the pages of `stories`. The ways to leave, to choose, to read the
    mail in a browser or by feed are nobody's business.
    """
    found = dict.fromkeys(markup.unescape(link[2]) for link in _LINK.finditer(html))
    return tuple(url for url in found if _is_counted(url, home_url, stories))


def counting(html: str, text: str, *, counted: Mapping[str, str], told: str, way_out: str) -> tuple[str, str]:
    """Return a mail's HTML and text with links replaced as in `counted`, and a sentence that says so.

    The sentence `told` stands above the paragraph with `way_out`, which every mail has, and which is never
    replaced itself.
    """

    def replaced(link: re.Match[str]) -> str:
        url = counted.get(markup.unescape(link[2]))
        return link[0] if url is None else link[1] + markup.escape(url)

    return (
        _told_in_html(_LINK.sub(replaced, html), told, way_out),
        _told_in_text(_ADDRESS.sub(lambda found: counted.get(found[0], found[0]), text), told, way_out),
    )


def click_token(key: bytes, *, mailing: int, number: int) -> str:
    """Return what stands in the address of the link of that number, such as "12.3.mfrggzdfmztwq2lk"."""
    return f"{mailing}.{number}.{_mac(key, mailing, number)}"


def read_click_token(token: str, keys: Collection[bytes]) -> tuple[int, int] | None:
    """Return mailing and number of a link if one of `keys` made the token, else None."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    mailing, number = int(parts[1]), int(parts[2])
    is_ours = [compare_digest(_mac(key, mailing, number), parts[3]) for key in keys]
    return (mailing, number) if any(is_ours) else None


def _is_counted(url: str, home_url: str, stories: Collection[str]) -> bool:
    if not _ADDRESS.fullmatch(url):
        return False
    is_own = url == home_url or url.startswith((f"{home_url}/", f"{home_url}?", f"{home_url}#"))
    return not is_own or url.partition("#")[0] in stories


def _told_in_html(html: str, told: str, way_out: str) -> str:
    """Put the sentence above the paragraph of the way out, or before its link if it is in none."""
    before, _, after = html.partition(way_out)
    start = max(before.rfind("<p "), before.rfind("<p>"))
    if start > before.rfind("</p>"):
        return f"{before[:start]}<p>{markup.escape(told)}</p>\n{before[start:]}{way_out}{after}"
    start = before.rfind("<a")
    return f"{before[:start]}{markup.escape(told)} {before[start:]}{way_out}{after}"


def _told_in_text(text: str, told: str, way_out: str) -> str:
    before, _, after = text.partition(way_out)
    start = before.rfind("\n\n") + 2 if "\n\n" in before else 0
    return f"{before[:start]}{told}\n\n{before[start:]}{way_out}{after}"


def _mac(key: bytes, mailing: int, number: int) -> str:
    signed = digest(key, f"link {mailing} {number}".encode("ascii"), sha256)
    return b32encode(signed[:10]).decode("ascii").lower()
