"""Whether a document is a valid JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tests.validity.article import article_faults
from tests.validity.wording import (
    character_faults,
    language_faults,
    media_type_faults,
    order_faults,
    own_address_faults,
    rfc3339,
    rfc3339_faults,
    title_faults,
    twin_faults,
    uri_faults,
    web_faults,
)

VERSION = "https://jsonfeed.org/version/1.1"

Rule = Callable[[Any], Iterable[str]]


def json_feed_faults(path: str, body: bytes) -> list[str]:
    """Return what is wrong with the JSON Feed that is served at `path`, in words."""
    try:
        feed = json.loads(body.decode("utf-8"), object_pairs_hook=_without_twins)
    except ValueError as error:
        return [f"the JSON is malformed: {error}"]
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return ["the document is no object with items"]
    items = feed["items"]
    found = [*_member_faults(feed, FEED, required=("version", "title", "items"))]
    found += own_address_faults(feed.get("feed_url"), path)
    found += (fault for text in _texts(feed) for fault in character_faults(text))
    if feed.get("next_url") == feed.get("feed_url"):
        found.append("the next document is this one")
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            found.append(f"item {number} is no object")
            continue
        found += [f"item {number} ({item.get('id')}): {fault}" for fault in _item_faults(item)]
    objects = [item for item in items if isinstance(item, dict)]
    found += twin_faults(str(item.get("id")) for item in objects)
    found += order_faults(rfc3339(str(item.get("date_modified"))) for item in objects)
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a member stands twice in one object")
    return dict(pairs)


def _item_faults(item: Mapping[str, Any]) -> Iterator[str]:
    yield from _member_faults(item, ITEM, required=("id",))
    if not {"content_html", "content_text"} & item.keys():
        yield "it has no content"
    published, modified = (rfc3339(str(item.get(name))) for name in ("date_published", "date_modified"))
    if published and modified and modified < published:
        yield "it was modified before it was published"


def _member_faults(
    members: Mapping[str, Any], rules: Mapping[str, Rule], *, required: Iterable[str]
) -> Iterator[str]:
    """What is wrong with an object: members that are missing, unknown, or not as their rule has them."""
    yield from (f"'{name}' is missing" for name in required if name not in members)
    for name, value in members.items():
        if name.startswith("_"):
            yield from (f"'{name}': {fault}" for fault in _extension_faults(value))
        elif name not in rules:
            yield f"there is no member '{name}'"
        else:
            yield from (f"'{name}': {fault}" for fault in rules[name](value))


def _extension_faults(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands there
    if not isinstance(value, dict):
        yield "an extension is an object"
    elif "about" not in value:
        yield "it does not say what it is about"
    else:
        yield from _string(web_faults)(value["about"])
        yield from ("a name in it has a dot" for name in value if "." in name)


def _string(*rules: Rule) -> Rule:
    """Return the rule of a text that is not empty and keeps `rules`."""

    def faults(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands there
        if not isinstance(value, str) or not value:
            yield f"{value!r} is no text"
        else:
            yield from (fault for rule in rules for fault in rule(value))

    return faults


def _exactly(wanted: object) -> Rule:
    return lambda value: () if value == wanted else (f"{value!r} is not {wanted!r}",)


def _kind(kind: type) -> Rule:
    return lambda value: () if type(value) is kind else (f"{value!r} is no {kind.__name__}",)


def _number(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands there
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        yield f"{value!r} is no number of bytes or seconds"


def _list(rule: Rule) -> Rule:
    def faults(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands there
        if not isinstance(value, list):
            yield f"{value!r} is no list"
        else:
            yield from (fault for item in value for fault in rule(item))

    return faults


def _object(rules: Mapping[str, Rule], *, required: Iterable[str] = (), some: bool = False) -> Rule:
    def faults(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands there
        if not isinstance(value, dict):
            yield f"{value!r} is no object"
        elif some and not value:
            yield "the object is empty"
        else:
            yield from _member_faults(value, rules, required=required)

    return faults


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands there
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


AUTHORS = _list(
    _object({"name": _string(), "url": _string(uri_faults), "avatar": _string(web_faults)}, some=True)
)

FEED: dict[str, Rule] = {
    "version": _exactly(VERSION),
    "title": _string(title_faults),
    "home_page_url": _string(web_faults),
    "feed_url": _string(web_faults),
    "description": _string(),
    "user_comment": _string(),
    "next_url": _string(web_faults),
    "icon": _string(web_faults),
    "favicon": _string(web_faults),
    "authors": AUTHORS,
    "language": _string(language_faults),
    "expired": _kind(bool),
    "hubs": _list(_object({"type": _string(), "url": _string(web_faults)}, required=("type", "url"))),
    "items": _kind(list),
}

ITEM: dict[str, Rule] = {
    "id": _string(),
    "url": _string(web_faults),
    "external_url": _string(web_faults),
    "title": _string(title_faults),
    "content_html": _string(article_faults),
    "content_text": _string(),
    "summary": _string(),
    "image": _string(web_faults),
    "banner_image": _string(web_faults),
    "date_published": _string(rfc3339_faults),
    "date_modified": _string(rfc3339_faults),
    "authors": AUTHORS,
    "tags": _list(_string()),
    "language": _string(language_faults),
    "attachments": _list(
        _object(
            {
                "url": _string(web_faults),
                "mime_type": _string(media_type_faults),
                "title": _string(),
                "size_in_bytes": _number,
                "duration_in_seconds": _number,
            },
            required=("url", "mime_type"),
        )
    ),
}
