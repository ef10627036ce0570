"""What the fields of other tools mean here: one table for all, because they borrow from each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from publisher.content.importers.change import Changes
from publisher.content.importers.head import Value
from publisher.content.slugs import slug_of
from publisher.model.old_paths import old_path

MEANINGS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "subject", "headline"),
    "date": (
        *(
            "date",
            "publishdate",
            "pubdate",
            "publish_date",
            "published_at",
            "published_date",
            "date_published",
        ),
        *("post_date", "sent_at", "send_at", "email_sent_at", "scheduled_at", "published"),
        *("created", "created_at", "date_created", "creation_date"),
    ),
    "tags": ("tags", "tag", "keywords", "topics"),
    "categories": ("categories", "category"),
    "author": ("author", "authors", "byline"),
    "summary": (
        *("summary", "description", "excerpt", "custom_excerpt", "subtitle", "meta_description", "abstract"),
    ),
    "image": (
        *("image", "cover", "feature_image", "featured_image", "featuredimage", "thumbnail", "banner"),
        "cover_image",
    ),
    "image_alt": ("image_alt", "feature_image_alt", "cover_alt"),
    "lang": ("lang", "language", "locale"),
    "slug": ("slug",),
    "link": ("link", "external_url", "original_url", "source_url"),
    "source": ("source", "site", "publication"),
    "external_id": ("external_id", "guid", "id", "uuid", "post_id"),
    "address": ("permalink", "url", "canonical_url", "canonical"),
    "number": ("number", "issue_number"),
    "old": ("aliases", "alias", "redirect_from", "old_paths"),
}
"""Our field -> names that mean it elsewhere, in small letters; the first that is there is taken."""

_WAITING: Final = frozenset(
    {"draft", "scheduled", "hidden", "private", "pending", "review", "unlisted", "future"}
)
_GONE: Final = frozenset({"members", "paid", "subscribers", "tiers", "only_paid", "private"})
_YES: Final = frozenset({"true", "yes", "1"})
_NO: Final = frozenset({"false", "no", "0"})
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TIME = re.compile(
    r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_WORDS: Final = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%Y%m%d")
_WEB: Final = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(slots=True, kw_only=True)
class Meant:
    """What a text's fields say, in our words. `why_draft` says why it is not public, empty if it was.

    `when` is a moment or a day as ISO 8601, `address` where the text was, `old` further paths, `extra` what
    has no meaning here.
    """

    title: str = ""
    when: str = ""
    slug: str = ""
    address: str = ""
    old: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    category: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Value] = field(default_factory=dict)
    why_draft: str = ""


def meant(fields: Mapping[str, Value], changes: Changes) -> Meant:
    """Return what fields mean; what has no meaning here is kept under `x_…`, and noted."""
    rest = {_name(key): (key, value) for key, value in fields.items()}
    result = Meant(why_draft=_why_draft(rest))
    for key in ("draft", "status", "visibility"):
        rest.pop(key, None)
    if "published" in rest and _one(rest["published"][1]).lower() in (*_YES, *_NO):
        rest.pop("published")
    result.old = _old(rest)
    taken = {ours: _take(rest, ours) for ours in MEANINGS if ours not in ("address", "old")}
    result.title = " ".join(_one(taken["title"]).split())
    result.when = _when(taken["date"], rest, changes)
    result.slug = slug_of(_one(taken["slug"]).rstrip("/").rpartition("/")[2])
    _topics(result, taken, changes)
    for name in ("author", "summary", "image", "image_alt", "source", "external_id", "number"):
        if text := " ".join(_joined(taken[name]).split()):
            result.texts[name] = text
    _language(result, _one(taken["lang"]), rest)
    _addresses(result, taken, rest)
    for name, (key, value) in rest.items():
        if _joined(value):
            result.extra[f"x_{name.removeprefix('x_')}"] = value
            if not name.startswith("x_"):
                changes.note("a field that has no meaning here is kept", f"{key} as x_{name}")
    return result


def moment(text: str) -> str:
    """Return a date in any of the usual spellings as ISO 8601, empty if it is none."""
    text = text.strip()
    day, hour = _DAY.match(text), None
    try:
        if day is not None:
            found = date(int(day[1]), int(day[2]), int(day[3]))
            hour = _TIME.fullmatch(text, day.end())
            return found.isoformat() + (_hour(hour) if hour else "") if 1 < found.year < 9999 else ""
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    for form in _WORDS:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return ""


def _hour(found: re.Match[str]) -> str:
    zone = (found[4] or "").upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "+00:00"
    elif zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:] or '00'}"
    written = f"T{int(found[1]):02}:{found[2]}:{found[3] or '00'}{zone}"
    return written if datetime.fromisoformat(f"2000-01-01{written}") else ""


def _name(key: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_") or "field"


def _take(rest: dict[str, tuple[str, Value]], ours: str) -> Value:
    names = (_name(name) for name in MEANINGS[ours])
    found = next((name for name in names if name in rest and _joined(rest[name][1])), None)
    return rest.pop(found)[1] if found else ""


def _why_draft(rest: Mapping[str, tuple[str, Value]]) -> str:
    said = {name: _one(value).lower() for name, (_, value) in rest.items()}
    if said.get("draft") in _YES or said.get("published") in _NO or said.get("status") in _WAITING:
        return "it was a draft"
    return "it was not for everybody" if said.get("visibility") in _GONE else ""


def _when(value: Value, rest: dict[str, tuple[str, Value]], changes: Changes) -> str:
    text = _one(value)
    when = moment(text)
    if text and not when:
        changes.note("a date that cannot be read is kept as x_date", text)
        rest["date"] = ("date", text)
    return when


def _topics(result: Meant, taken: Mapping[str, Value], changes: Changes) -> None:
    written = [tag.strip() for tag in _several(taken["tags"])]
    tags = [tag.lstrip("#").strip() for tag in written]
    if signed := [tag for tag in written if tag.startswith("#")]:
        changes.note("the # before a tag is left out", ", ".join(signed))
    categories = [name.strip() for name in _several(taken["categories"])]
    result.category = categories[0] if categories else ""
    result.tags = tuple(dict.fromkeys(tag for tag in (*tags, *categories[1:]) if tag))


def _old(rest: dict[str, tuple[str, Value]]) -> tuple[str, ...]:
    """Take fields all of whose texts are old paths; in some tools they are further names of a note."""
    found: list[str] = []
    for name in MEANINGS["old"]:
        texts = _several(rest[name][1]) if name in rest else []
        paths = list(filter(None, map(old_path, texts)))
        if paths and len(paths) == len(texts):
            found += paths
            rest.pop(name)
    return tuple(found)


def _language(result: Meant, text: str, rest: dict[str, tuple[str, Value]]) -> None:
    if _LANGUAGE.fullmatch(text):
        result.texts["lang"] = text.replace("_", "-")
    elif text:
        rest["lang"] = ("lang", text)


def _addresses(result: Meant, taken: Mapping[str, Value], rest: dict[str, tuple[str, Value]]) -> None:
    """Take the old address for the id where there is no other, and for the slug; keep it otherwise."""
    for name in MEANINGS["address"]:
        if name not in rest:
            continue
        address = _one(rest[name][1])
        result.address = result.address or address
        if _WEB.fullmatch(address) and "external_id" not in result.texts:
            result.texts["external_id"] = address
            rest.pop(name)
        last = address.split("?")[0].rstrip("/").rpartition("/")[2]
        if not result.slug and ":" not in last:
            result.slug = slug_of(re.sub(r"\.html?\Z", "", last))
    link = _one(taken["link"])
    if _WEB.fullmatch(link):
        result.texts["link"] = link
    elif link:
        rest["link"] = ("link", link)


def _one(value: Value) -> str:
    return (value[0] if value else "") if isinstance(value, tuple) else value.strip()


def _joined(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else value.strip()


def _several(value: Value) -> list[str]:
    if isinstance(value, tuple):
        return list(value)
    return [each for each in re.split(r"\s*,\s*", value.strip().strip("[]")) if each]
