"""Notices to readers: in their language, with a button, and without what a stranger has typed."""

from __future__ import annotations

import pytest

from publisher.actions.notices import rendered, write
from publisher.delivery.reader_words import WORDS
from publisher.model.reader_notices import ReaderNotice, reader_item
from tests.editions import MASTHEAD
from tests.mails import bodies, read
from tests.newsrooms import Newsroom
from tests.notices import READER, SECRET, notice
from tests.sites import theme

FIELDS = {"lists": "The Weekly", "title": "What heat leaves behind"}


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
