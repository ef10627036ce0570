"""Mails of real prints: every token of a print is filled exactly once, in every language and encoding."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from publisher import data_files
from publisher.actions.letter import NOBODY, Letter
from publisher.actions.printing import Print, render
from publisher.actions.subscribe import add, everybody
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.message import message_id
from publisher.delivery.template import Slots
from publisher.delivery.transports.transport import body_flaw
from publisher.model import fillins
from publisher.model.edition import Direction, Edition
from publisher.model.fillins import Ink
from publisher.model.phrases import phrases
from tests.editions import (
    MASTHEAD,
    arabic_story,
    japanese_edition,
    meta_story,
    printed,
    rich_edition,
)
from tests.mails import bodies, encodings
from tests.newsrooms import READER
from tests.sites import theme

KEY, PUBLISHED = b"k" * 32, datetime(2026, 10, 6, 4, 30, tzinfo=UTC)
FOREIGN = Ink(nonce="00112233445566ff")
TRAPS = " ".join(
    [
        FOREIGN.token(fillins.UNSUBSCRIBE),
        FOREIGN.token(fillins.LIST),
        FOREIGN.token(fillins.DATE),
        "zq.unsubscribe.qz",
        "{{ slots.unsubscribe }}",
        "{% raw %}",
        "--=_00112233445566ff--",
        "\u202eright to left",
    ]
)


def russian_edition() -> Edition:
    words = "Аккумуляторы впервые целый месяц держали вечерний спрос, и никто этого не заметил. "
    story = replace(
        meta_story(),
        title="Аккумуляторы выходят на вечер",
        lang="ru",
        lead=printed(f"<p>{words * 3}</p>"),
        sections=(),
        closing=printed(f"<p>{words * 2}</p>"),
    )
    return replace(japanese_edition(), lang="ru", title="Осень", subject=story.title, stories=(story,))


def arabic_edition() -> Edition:
    return replace(japanese_edition(), lang="ar", dir=Direction.RTL, title="شمس", stories=(arabic_story(),))


EDITIONS: dict[str, Edition] = {
    "en": replace(rich_edition(), stories=rich_edition().stories[:2]),
    "ja": japanese_edition(),
    "ar": arabic_edition(),
    "ru": russian_edition(),
}
TEXT_ENCODINGS = {"en": "quoted-printable", "ja": "base64", "ar": "base64", "ru": "base64"}


@cache
def print_of(lang: str, *, with_traps: bool = False) -> Print:
    edition = EDITIONS[lang]
    if with_traps:
        first = replace(edition.stories[0], lead=printed(f"<p>{TRAPS}</p>"), title=f"A {TRAPS}")
        edition = replace(edition, stories=(first, *edition.stories[1:]))
    return render(edition, theme())


def letter(print_: Print) -> Letter:
    edition = print_.edition
    values = fillins.values(
        moments=fillins.first_moments(PUBLISHED, len(edition.stories)),
        number=edition.number or 42,
        date_text=phrases(edition.lang).date(PUBLISHED.astimezone(ZoneInfo("Europe/Madrid")).date()),
    )
    return Letter(
        html=print_.ink.fill(print_.part("email"), values).decode(),
        text=print_.ink.fill(print_.part("text"), values).decode(),
        subject=edition.subject,
        url=edition.url,
        lang=edition.lang,
        masthead=MASTHEAD,
        ink=print_.ink,
        date=PUBLISHED,
    )


def mail_of(print_: Print, *, public_id: str = "0123456789abcdef") -> tuple[bytes, str]:
    """Return the mail of a reader and her link to leave."""
    page, choose = (
        f"{MASTHEAD.home_url}/{purpose}/"
        + tokens.make(KEY, kid="1", public_id=public_id, list="weekly", purpose=purpose)
        for purpose in (tokens.UNSUBSCRIBE, tokens.PREFERENCES)
    )
    made = letter(print_).template(list="weekly", title="R&D Weekly", kid=1)
    identity = message_id(KEY, mailing=1, subscriber=2, domain="example.org")
    slots = Slots(to="ada@example.net", message_id=identity, unsubscribe=page, preferences=choose)
    return made.fill(slots), page


def choice_in(text: str) -> str:
    """Return the link to choose that stands in a text."""
    found: set[str] = set(re.findall(r"https://[^\s\"]+/preferences/[^\s\"]+", text))
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("lang", EDITIONS)
@pytest.mark.parametrize(("output", "suffix"), [("email", "mjml"), ("text", "txt")])
def test_each_token_stands_as_often_in_a_print_as_its_templates_say(
    lang: str, output: str, suffix: str
) -> None:
    sources = (data_files.templates() / "email").glob(f"*.{suffix}")
    said = Counter(
        name for path in sources for name in re.findall(r"\bslots\.(\w+)", path.read_text(encoding="utf-8"))
    )
    print_ = print_of(lang)
    if print_.edition.number is not None:
        del said["number"]

    found = re.findall(rf"zq{print_.ink.nonce}\.([a-z-]+)\.qz", print_.part(output).decode())

    assert Counter(found) == said
    assert said["unsubscribe"] >= 1


@pytest.mark.parametrize("lang", EDITIONS)
def test_no_token_is_left_in_a_mail_and_the_link_to_leave_is_in_both_bodies(lang: str) -> None:
    print_ = print_of(lang)

    mail, page = mail_of(print_)

    text, html = bodies(mail)
    assert print_.ink.nonce not in text + html
    assert text.count(page) == html.count(f'href="{page}"') == 1
    assert "R&D Weekly" in text
    assert "R&amp;D Weekly" in html
    assert encodings(mail)[0] == TEXT_ENCODINGS[lang]


@pytest.mark.parametrize("lang", EDITIONS)
def test_a_mail_says_exactly_what_was_printed(lang: str) -> None:
    print_ = print_of(lang)

    mail, page = mail_of(print_)

    expected, choose = letter(print_), choice_in(bodies(mail)[0])
    link, choice, title = (
        print_.ink.token(name) for name in (fillins.UNSUBSCRIBE, fillins.PREFERENCES, fillins.LIST)
    )
    assert bodies(mail) == (
        expected.text.replace(link, page).replace(choice, choose).replace(title, "R&D Weekly"),
        expected.html.replace(link, page).replace(choice, choose).replace(title, "R&amp;D Weekly"),
    )


@pytest.mark.parametrize("lang", EDITIONS)
def test_a_story_that_speaks_in_tokens_gets_nobodys_link(lang: str) -> None:
    print_ = print_of(lang, with_traps=True)

    mail, page = mail_of(print_)

    text, html = bodies(mail)
    assert text.count(page) == html.count(page) == 1
    for trap in (FOREIGN.token(fillins.UNSUBSCRIBE), FOREIGN.token(fillins.DATE), "{{ slots.unsubscribe }}"):
        assert trap in " ".join(text.split())
        assert trap in html
    assert body_flaw(mail) is None


@pytest.mark.parametrize("lang", EDITIONS)
def test_two_readers_get_mails_of_the_same_length_that_differ_only_in_their_links(lang: str) -> None:
    ada, her_page = mail_of(print_of(lang))
    ben, his_page = mail_of(print_of(lang), public_id="f" * 16)

    assert len(ada) == len(ben)
    her_choice, his_choice = choice_in(bodies(ada)[0]), choice_in(bodies(ben)[0])
    assert [body.replace(her_page, his_page).replace(her_choice, his_choice) for body in bodies(ada)] == list(
        bodies(ben)
    )


def test_nobody_has_as_many_characters_as_a_subscriber(publisher: Publisher) -> None:
    add(publisher, READER)

    assert {len(each.public_id) for each in everybody(publisher)} == {len(NOBODY)}


def test_every_print_has_a_nonce_of_its_own() -> None:
    nonces = {render(japanese_edition(), theme()).ink.nonce for _ in range(3)}

    assert len(nonces) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", nonce) for nonce in nonces)
