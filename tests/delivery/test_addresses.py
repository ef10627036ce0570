from __future__ import annotations

import re

import hypothesis
import pytest
from email_validator import validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.delivery import addresses
from publisher.delivery.addresses import LONGEST, Address, AddressError, admit, normalise, parse

ORDINARY = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("reader@example.org", "reader@example.org"),
        ("Ann.Bee+news@Example.ORG", "Ann.Bee+news@example.org"),
        ("o'brien@mail.example.org", "o'brien@mail.example.org"),
        ("m12-d3456=a1b2@bounces.example.com", "m12-d3456=a1b2@bounces.example.com"),
        ("reader@bücher.example", "reader@xn--bcher-kva.example"),
        ("reader@straße.example", "reader@xn--strae-oqa.example"),
        ("reader@例え。テスト", "reader@xn--r8jz45g.xn--zckzah"),
        ("reader@\uff25\uff38\uff21\uff2d\uff30\uff2c\uff25\uff0eorg", "reader@example.org"),
        ("reader@xn--bcher-kva.example", "reader@xn--bcher-kva.example"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("ju\u0308rgen@example.org", "jürgen@example.org"),
        ("用户@例え.jp", "用户@xn--r8jz45g.jp"),
    ],
)
def test_an_address_is_read_in_the_one_spelling_that_goes_on_the_wire(text: str, written: str) -> None:
    assert str(parse(text)) == written


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the address is empty (write one such as reader@example.org)"),
        ("reader", "'reader' has no @"),
        ("a@b@example.org", "has more than one @"),
        ("@example.org", "has nothing before the @"),
        ("reader@", "has no valid domain after the @"),
        ("Ann <ann@example.org>", "has angle brackets; write the address alone, without a name"),
        ('"ann bee"@example.org', "addresses with quotes are not supported"),
        ("a\\@b@example.org", "addresses with quotes are not supported"),
        ("ann@example.org,bob@example.org", "is more than one address"),
        ("ann@example.org; bob@example.org", "is more than one address"),
        ("@relay.example,@other.example:ann@example.org", "is more than one address"),
        ("@relay.example:ann@example.org", "a route"),
        ("ann@[192.0.2.1]", "an address literal"),
        ("ann(the editor)@example.org", "has a comment"),
        (" ann@example.org", "has a space"),
        ("ann@example.org\n", "has a line break or an invisible character"),
        ("ann@example.org\r\nRCPT TO:x", "has a line break"),
        ("ann\x00@example.org", "an invisible character"),
        ("ann\u200b@example.org", "an invisible character"),
        ("ann\u202e@example.org", "an invisible character"),
        ("ann@exam\u00adple.org", "an invisible character"),
        (".ann@example.org", "has dots or characters before the @"),
        ("ann.@example.org", "has dots or characters before the @"),
        ("a..b@example.org", "has dots or characters before the @"),
        ("ann\uff20evil@example.org", "has dots or characters before the @"),
        ("\u0301ann@example.org", "has dots or characters before the @"),
        ("ann@localhost", "needs a domain name with a dot"),
        ("ann@192.0.2.1", "needs a domain name with a dot"),
        ("ann@example..org", "has no valid domain"),
        ("ann@example.org.", "has no valid domain"),
        ("ann@-example.org", "has no valid domain"),
        ("ann@exa_mple.org", "has no valid domain"),
        ("ann@example\uff20evil.org", "has no valid domain"),
        ("ann@℀.example", "has no valid domain"),
        ("ann@☃.example", "has no valid domain"),
        ("ann@xn--a.example", "has no valid domain"),
        ("ann@xn--abc-.example", "has no valid domain"),
        ("ann@xn--\u00fc.example", "has no valid domain"),
        ("ann@" + "a" * 64 + ".example", "has no valid domain"),
        ("ann@" + "ü" * 60 + ".example", "has no valid domain"),
        ("a" * 65 + "@example.org", "has more than 64 bytes before the @"),
        ("ü" * 33 + "@example.org", "has more than 64 bytes before the @"),
        ("ann@" + "a." * 126 + "org", "has a domain of more than 253 characters"),
        ("a" * 64 + "@" + "a." * 94 + "org", f"is longer than {LONGEST} bytes"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(AddressError) as refusal:
        parse(text)

    assert why in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(text=st.text() | st.text(alphabet='ab@.,:;<>[]()"\\ \r\n\t\0%=+-_x0ü\uff20。\u200d') | st.emails())
@example("a@b.c")
def test_nothing_odd_passes(text: str) -> None:
    try:
        address = parse(text)
    except AddressError:
        return

    written = str(address)
    assert written.count("@") == 1
    assert not set(written) & set(',:;<>()[]"\\ \t\r\n\0')
    assert len(written.encode()) <= LONGEST
    assert address.domain.isascii()
    assert not written.isascii() or ORDINARY.fullmatch(written)
    assert parse(written) == address


@given(text=st.emails())
def test_every_ordinary_address_is_read(text: str) -> None:
    local, _, domain = text.partition("@")

    assert parse(text) == Address(local, domain.lower())


@given(text=st.emails())
def test_two_spellings_of_one_reader_have_one_key(text: str) -> None:
    key = normalise(parse(text))

    assert key == text.lower()
    assert normalise(parse(text.upper())) == key
    assert normalise(parse(key)) == key


@pytest.mark.parametrize(
    ("one", "other"), [("wei\u00df", "weiss"), ("\u017fam", "sam"), ("\ufb01n", "fin")], ids=ascii
)
def test_letters_that_only_look_or_fold_alike_are_two_readers(one: str, other: str) -> None:
    keys = {normalise(Address(local, "example.org")) for local in (one, other)}

    assert len(keys) == 2


@given(local=st.text(min_size=1))
def test_a_key_is_its_own_key(local: str) -> None:
    key = normalise(Address(local, "example.org"))

    assert normalise(Address(key.removesuffix("@example.org"), "example.org")) == key


SHORT_WORDS = st.text(alphabet="axn01-.+", max_size=6)
DOMAINS = st.lists(SHORT_WORDS, min_size=1, max_size=3).map(".".join)


@given(
    local=SHORT_WORDS | st.just("a" * 65),
    domain=DOMAINS | st.sampled_from(["xn--a.example", "b" * 64 + ".example"]),
)
@example(local="a", domain=".".join(["b" * 61] * 4) + ".ex")
@example(local="a", domain=".".join(["b" * 61] * 4) + ".example")
@example(local="a", domain="xn--bcher-kva.example")
@example(local="a", domain="10.0.0.1")
def test_an_address_that_is_plain_is_read_like_one_that_is_not(local: str, domain: str) -> None:
    assert reading(f"{local}@{domain}") == reading(f"{local}@{domain.upper()}")


def reading(text: str) -> str:
    try:
        return str(parse(text))
    except AddressError:
        return "refused"


def test_two_unicode_spellings_of_one_reader_have_one_key() -> None:
    composed, decomposed = parse("JÜRGEN@bücher.example"), parse("ju\u0308rgen@xn--bcher-kva.example")

    assert normalise(composed) == normalise(decomposed) == "jürgen@xn--bcher-kva.example"


LETTERS = "abnx019-"
LABELS = st.text(alphabet=LETTERS, min_size=1, max_size=6) | st.sampled_from(
    [
        "xn--a",
        "ab--c",
        "b" * 63,
        "b" * 64,
        "test",
        "local",
        "example",
        "arpa",
        "invalid",
        "onion",
        "c1",
        "com",
    ]
)
HALF_ADDRESSES = st.builds(
    "{}@{}".format,
    st.text(alphabet="aZ9.!#$%&'*+/=?^_`{|}~- \u00e4", max_size=8) | st.sampled_from(["a" * 64, "a" * 65]),
    st.lists(LABELS, min_size=1, max_size=5).map(".".join),
)


@given(text=HALF_ADDRESSES | st.emails() | st.from_regex(addresses._PLAIN, fullmatch=True))
@hypothesis.settings(max_examples=100)
@example("a@" + ".".join(["b" * 61] * 4) + ".ex")
@example("a@" + ".".join(["b" * 60] * 4) + ".example")
def test_what_one_look_admits_is_what_a_validator_takes_unchanged(text: str) -> None:
    quick = addresses._plain(text)

    if quick is not None:
        checked = validate_email(text, check_deliverability=False, strict=True)
        assert (quick.local, quick.domain) == (checked.original.rpartition("@")[0], checked.ascii_domain)


@given(text=HALF_ADDRESSES | st.emails())
def test_nobody_is_admitted_whom_a_validator_refuses(text: str) -> None:
    try:
        address = admit(text)
    except AddressError:
        return

    assert parse(text) == address
    validate_email(str(address), check_deliverability=False, strict=True)


@pytest.mark.parametrize(
    "text",
    [
        "ann@printer.local",
        "ann@mail.test",
        "ann@ab--cd.example",
        "ann@example.c1",
        "ann@a\u0661b.example",
    ],
)
def test_an_address_that_mail_cannot_reach_is_read_and_not_admitted(text: str) -> None:
    try:
        parse(text)
    except AddressError:
        pytest.fail("it is an address")

    with pytest.raises(AddressError, match="cannot be reached by mail"):
        admit(text)


def test_the_spelling_that_was_typed_is_kept_and_the_reader_is_known_by_one() -> None:
    address = admit("Ann.Bee@B\u00fccher.example")

    assert str(address) == "Ann.Bee@xn--bcher-kva.example"
    assert normalise(address) == "ann.bee@xn--bcher-kva.example"
