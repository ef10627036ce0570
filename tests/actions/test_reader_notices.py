"""Notices to readers: in their language, with a button, and without what a stranger has typed."""

from __future__ import annotations

import asyncio
import re
import threading

import pytest

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.notices import rendered, send_due, write
from publisher.actions.transport import open_transport
from publisher.delivery.reader_words import WORDS
from publisher.model.notices import first_payload
from publisher.model.phrases import PHRASES
from publisher.model.reader_notices import ReaderNotice, ReaderWords, reader_item
from publisher.model.subscriber import SuppressionReason
from publisher.store import keys, notices, subscribers
from tests.editions import MASTHEAD
from tests.mails import bodies, read
from tests.newsrooms import Newsroom
from tests.notices import READER, SECRET, notice
from tests.sites import theme

LANGUAGES = tuple(PHRASES)
FIELDS = {
    "lists": "The Weekly",
    "title": "What heat leaves behind",
    "old": "a…@x.example",
    "new": "b@x.example",
}


@pytest.mark.parametrize("kind", ReaderNotice)
@pytest.mark.parametrize("lang", sorted(WORDS[ReaderNotice.CONFIRM]))
def test_each_kind_speaks_each_language(kind: ReaderNotice, lang: str) -> None:
    told = notice(kind, reader_item(lang=lang, url="https://news.example.org/x", **FIELDS))

    subject, html, text = rendered(theme(), MASTHEAD, told)

    assert MASTHEAD.title in subject
    assert f'lang="{lang}"' in html
    assert set(WORDS[kind]) == set(WORDS[ReaderNotice.CONFIRM])
    if WORDS[kind][lang].button:
        assert "https://news.example.org/x" in html
        assert "https://news.example.org/x" in text


def test_a_language_that_nobody_has_written_is_english(newsroom: Newsroom) -> None:
    with newsroom.opened() as publisher:
        told = notice(ReaderNotice.CONFIRM, READER | {"lang": "eo"})
        mail = write(publisher, told, secret=SECRET).body

    assert read(mail)["Content-Language"] == "en"
    assert "Confirm my subscription" in bodies(mail)[0]


@pytest.mark.parametrize("kind", ReaderNotice)
def test_each_language_has_the_same_fields_and_parts_as_english(kind: ReaderNotice) -> None:
    def shape(words: ReaderWords) -> tuple[object, ...]:
        named = [sorted(set(re.findall(r"{(\w+)}", text))) for text in (words.subject, " ".join(words.text))]
        return *named, bool(words.button), bool(words.small), re.findall(r"\d+", words.small)

    assert {lang: shape(words) for lang, words in WORDS[kind].items()} == dict.fromkeys(
        LANGUAGES, shape(WORDS[kind]["en"])
    )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (ReaderNotice.CONFIRM, None),
        (ReaderNotice.CONFIRM, SuppressionReason.ERASED),
        (ReaderNotice.CONFIRM, SuppressionReason.COMPLAINT),
        (ReaderNotice.CHANGE_ADDRESS, SuppressionReason.BY_HAND),
        (ReaderNotice.ERASE, SuppressionReason.COMPLAINT),
    ],
)
def test_whoever_complains_before_a_mail_goes_out_gets_what_the_own_link_asked_for_alone(
    newsroom: Newsroom, kind: ReaderNotice, reason: SuppressionReason | None
) -> None:
    address = "Bo@example.net"
    with newsroom.opened() as publisher:
        with publisher.database.begin() as db:
            now = publisher.now(db)
            hashed = address_hash(suppression_secret(keys.every(db)), address.lower())
            notices.add(db, kind=kind, address=address, payload=first_payload(READER), now=now)
            if reason is not None:
                subscribers.suppress(db, address_hash=hashed, reason=reason, now=now)

        async def send() -> int:
            transport = open_transport(publisher.settings)
            try:
                return (await send_due(publisher, transport, threading.Event())).accepted
            finally:
                await transport.close()

        graver = (SuppressionReason.COMPLAINT, SuppressionReason.BY_HAND)
        assert asyncio.run(send()) == (kind is ReaderNotice.ERASE or reason not in graver)


def test_a_mail_from_right_to_left_stands_on_the_right() -> None:
    html = {
        lang: rendered(theme(), MASTHEAD, notice(ReaderNotice.CONFIRM, READER | {"lang": lang}))[1]
        for lang in ("ar", "de")
    }

    assert "text-align:right" in html["ar"]
    assert "direction:rtl" in html["ar"]
    assert "text-align:right" not in html["de"]
