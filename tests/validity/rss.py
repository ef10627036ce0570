"""Whether a document is a valid RSS 2.0 feed, as its specification and the RSS Board's advice have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tests.validity.article import article_faults
from tests.validity.wording import (
    language_faults,
    media_type_faults,
    order_faults,
    own_address_faults,
    rfc822,
    rfc822_faults,
    rfc3339,
    rfc3339_faults,
    title_faults,
    twin_faults,
    web_faults,
)
from tests.validity.xml import (
    MEDIA,
    XML,
    character_faults_of_tree,
    extension_faults,
    namespace_faults,
    parsed,
    picture_faults,
)

ATOM = "{http://www.w3.org/2005/Atom}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"

Rule = Callable[[str], Iterable[str]]

MANY = 1000
CHANNEL = {
    "title": (1, 1),
    "link": (1, 1),
    "description": (1, 1),
    "category": (0, MANY),
    "item": (0, MANY),
    "language": (0, 1),
    "copyright": (0, 1),
    "managingEditor": (0, 1),
    "webMaster": (0, 1),
    "pubDate": (0, 1),
    "lastBuildDate": (0, 1),
    "generator": (0, 1),
    "docs": (0, 1),
    "cloud": (0, 1),
    "ttl": (0, 1),
    "image": (0, 1),
    "rating": (0, 1),
    "textInput": (0, 1),
    "skipHours": (0, 1),
    "skipDays": (0, 1),
    f"{DC}language": (0, 1),
}
ITEM = {
    "title": (0, 1),
    "link": (0, 1),
    "description": (0, 1),
    "author": (0, 1),
    "category": (0, MANY),
    "comments": (0, 1),
    "enclosure": (0, 1),
    "guid": (1, 1),
    "pubDate": (1, 1),
    "source": (0, 1),
    ENCODED: (0, 1),
    f"{ATOM}updated": (0, 1),
    f"{DC}language": (0, 1),
}
"""How often each element may stand: at least, at most. We always tell guid and pubDate."""

_MAILBOX = re.compile(r"\S+@\S+( \(.+\))?")


def rss_faults(path: str, body: bytes) -> list[str]:
    """Return what is wrong with the RSS feed that is served at `path`, in words."""
    rss = parsed(body)
    if isinstance(rss, str):
        return [rss]
    channels = rss.findall("channel")
    if rss.tag != "rss" or rss.get("version") != "2.0" or len(rss) != 1 or len(channels) != 1:
        return ["the document is no <rss version='2.0'> with one channel"]
    (channel,) = channels
    items = channel.findall("item")
    found = [*namespace_faults(rss), *extension_faults(rss), *character_faults_of_tree(rss)]
    found += _channel_faults(channel, path)
    for number, item in enumerate(items, 1):
        name = item.findtext("guid")
        found += [f"item {number} ({name}): {fault}" for fault in _item_faults(item)]
    found += twin_faults(item.findtext("guid") or "" for item in items)
    found += order_faults(rfc3339(item.findtext(f"{ATOM}updated") or "") for item in items)
    return found


def _channel_faults(channel: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    yield from _count_faults(channel, CHANNEL)
    yield from _text_faults(channel, CHANNEL_TEXTS)
    links = channel.findall(f"{ATOM}link")
    own = [link.get("href") for link in links if link.get("rel") == "self"]
    if len(own) > 1:
        yield "two links say that they are this document"
    yield from own_address_faults(own[0] if own else None, path)
    for link in links:
        yield from web_faults(link.get("href") or "")
        if not link.get("rel"):
            yield "a link does not say what it is for"
    dates = (rfc822(date.text or "") for date in channel.iterfind("item/pubDate"))
    newest = max(filter(None, dates), default=None)
    built = rfc822(channel.findtext("lastBuildDate") or "")
    if newest and built and built < newest:
        yield "it was built before its newest item was published"


def _item_faults(item: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    yield from _count_faults(item, ITEM)
    yield from _text_faults(item, ITEM_TEXTS)
    yield from _order_faults(item)
    if not item.findtext("title") and not item.findtext("description"):
        yield "it has neither title nor description"
    for guid in item.findall("guid"):
        yield from _guid_faults(guid)
    for source in item.findall("source"):
        yield from web_faults(source.get("url") or "")
        if not source.text:
            yield "its source has no name"
    for enclosure in item.findall("enclosure"):
        yield from web_faults(enclosure.get("url") or "")
        yield from media_type_faults(enclosure.get("type") or "")
        if not (enclosure.get("length") or "").isdecimal():
            yield "the enclosure does not say its length"
    for picture in item.iter(f"{MEDIA}content"):
        yield from picture_faults(picture)
    if (lang := item.get(f"{XML}lang")) is not None:
        yield from language_faults(lang)


def _count_faults(element: Any, allowed: Mapping[str, tuple[int, int]]) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    names = [child.tag for child in element if isinstance(child.tag, str)]
    for name, (least, most) in allowed.items():
        if not least <= (count := names.count(name)) <= most:
            yield f"'{name}' stands {count} times"
    yield from (f"there is no element '{name}'" for name in names if "{" not in name and name not in allowed)


def _text_faults(element: Any, rules: Mapping[str, Rule]) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    for name, rule in rules.items():
        yield from (fault for child in element.findall(name) for fault in rule(child.text or ""))


def _order_faults(item: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """Some readers take the last of description and content for the text, so the whole one comes last."""
    names = [child.tag for child in item]
    if {ENCODED, "description"} <= set(names) and names.index(ENCODED) < names.index("description"):
        yield "the content stands before the description"
    published, updated = item.findtext("pubDate") or "", item.findtext(f"{ATOM}updated") or ""
    moments = rfc822(published), rfc3339(updated)
    if moments[0] and moments[1] and moments[1] < moments[0]:
        yield "it was updated before it was published"


def _guid_faults(guid: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    permanent = guid.get("isPermaLink", "true")
    if permanent not in ("true", "false"):
        yield f"isPermaLink is '{permanent}'"
    if permanent == "true":
        yield from web_faults(guid.text or "")
    elif not guid.text:
        yield "its guid is empty"


def _mailbox_faults(text: str) -> Iterator[str]:
    if not _MAILBOX.fullmatch(text):
        yield f"'{text}' is no mail address with a name behind it"


def _minutes_faults(text: str) -> Iterator[str]:
    if not text.isdecimal():
        yield f"'{text}' is no number of minutes"


CHANNEL_TEXTS: dict[str, Rule] = {
    "title": title_faults,
    "link": web_faults,
    "language": language_faults,
    f"{DC}language": language_faults,
    "pubDate": rfc822_faults,
    "lastBuildDate": rfc822_faults,
    "managingEditor": _mailbox_faults,
    "webMaster": _mailbox_faults,
    "docs": web_faults,
    "ttl": _minutes_faults,
}

ITEM_TEXTS: dict[str, Rule] = {
    "title": title_faults,
    "link": web_faults,
    "comments": web_faults,
    "pubDate": rfc822_faults,
    f"{ATOM}updated": rfc3339_faults,
    f"{DC}language": language_faults,
    "author": _mailbox_faults,
    "description": article_faults,
    ENCODED: article_faults,
}
