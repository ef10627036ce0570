from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.fetching import Fetched, FetchError, Hop, Target, Trouble, target_of

ADDRESS, INSIDE = Trouble.ADDRESS, Trouble.INSIDE

REFUSED = {
    "": ADDRESS,
    "news.example": ADDRESS,
    "//news.example/": ADDRESS,
    "/etc/passwd": ADDRESS,
    "file:///etc/passwd": ADDRESS,
    "file://news.example/x": ADDRESS,
    "ftp://news.example/": ADDRESS,
    "gopher://127.0.0.1:6379/_INFO": ADDRESS,
    "dict://127.0.0.1:11211/": ADDRESS,
    "data:text/html,x": ADDRESS,
    "javascript:alert(1)": ADDRESS,
    "mailto:a@news.example": ADDRESS,
    "https:": ADDRESS,
    "https:///x": ADDRESS,
    "https:news.example": ADDRESS,
    "http://user@news.example/": ADDRESS,
    "http://user:word@news.example/": ADDRESS,
    "http://@news.example/": ADDRESS,
    "http://news.example@10.0.0.1/": ADDRESS,
    "http://10.0.0.1\\@news.example/": ADDRESS,
    "http://news.example\\x": ADDRESS,
    "http://news.example:22/": ADDRESS,
    "http://news.example:8080/": ADDRESS,
    "http://news.example:0/": ADDRESS,
    "http://news.example:99999/": ADDRESS,
    "http://news.example:-1/": ADDRESS,
    "http://news.example:8O/": ADDRESS,
    "http://news.example:80:80/": ADDRESS,
    "http://news.example:443@127.0.0.1/": ADDRESS,
    "http://2130706433/": ADDRESS,
    "http://017700000001/": ADDRESS,
    "http://0x7f000001/": ADDRESS,
    "http://0x7f.1/": ADDRESS,
    "http://127.1/": ADDRESS,
    "http://127.0.1/": ADDRESS,
    "http://0177.0.0.1/": ADDRESS,
    "http://127.0.0.01/": ADDRESS,
    "http://127.0.0.0x1/": ADDRESS,
    "http://127.0.0.1.5/": ADDRESS,
    "http://256.0.0.1/": ADDRESS,
    "http://0/": ADDRESS,
    "http://0x/": ADDRESS,
    "http://news.0x/": ADDRESS,
    "http://news.1/": ADDRESS,
    "http://[fe80::1%25eth0]/": ADDRESS,
    "http://[fe80::1%eth0]/": ADDRESS,
    "http://[::1/": ADDRESS,
    "http://::1/": ADDRESS,
    "http://[::1].news.example/": ADDRESS,
    "http://news.example[::1]/": ADDRESS,
    "http://[127.0.0.1]/": ADDRESS,
    "http://[v1.x]/": ADDRESS,
    "http://[]/": ADDRESS,
    "http://news example/": ADDRESS,
    "http://news.example/a b": ADDRESS,
    "http://news.example/\r\nHost: x": ADDRESS,
    "http://news.example\t/": ADDRESS,
    "http://news.example\x00/": ADDRESS,
    " http://news.example/": ADDRESS,
    "http://news..example/": ADDRESS,
    "http://.news.example/": ADDRESS,
    "http://news.example../": ADDRESS,
    "http://./": ADDRESS,
    "http://-news.example/": ADDRESS,
    "http://ne%77s.example/": ADDRESS,
    "http://127.0.0.1%2f@news.example/": ADDRESS,
    "http://news.example℀x/": ADDRESS,
    "http://" + "a" * 64 + ".example/": ADDRESS,
    "http://" + "a." * 130 + "example/": ADDRESS,
    "http://news.example/" + "x" * 8_000: ADDRESS,
    "http://news.example/?q=\ud800": ADDRESS,
    "http://news.example/\udfff": ADDRESS,
    "http://ne\ud800ws.example/": ADDRESS,
    "http://ne\u00adws.example/": ADDRESS,
    "http://ne\u200dws.example/": ADDRESS,
    "http://ne\ufe0fws.example/": ADDRESS,
    "http://localhost/": INSIDE,
    "http://LOCALHOST/": INSIDE,
    "http://localhost./": INSIDE,
    "http://\uff4cocalhost/": INSIDE,
    "http://x.localhost/": INSIDE,
    "http://intranet/": INSIDE,
    "http://printer.local/": INSIDE,
    "http://metadata.google.internal/": INSIDE,
    "http://router.home.arpa/": INSIDE,
}
"""What is refused by the way it is written, before any name is looked up."""

NUMBERS = {
    "http://127.0.0.1/": "127.0.0.1",
    "http://127.0.0.1./": "127.0.0.1",
    "http://①②⑦.⓪.⓪.①/": "127.0.0.1",
    "http://127。0。0。1/": "127.0.0.1",
    "http://[::1]/": "::1",
    "http://[0:0:0:0:0:0:0:1]/": "::1",
    "http://[FE80::1]/": "fe80::1",
    "https://1.1.1.1/": "1.1.1.1",
}
"""Addresses that are plain enough to be judged as what they are."""

SPELLINGS = {
    "https://news.example": "https://news.example/",
    "HTTPS://News.Example./a": "https://news.example/a",
    "https://news.example:443/a": "https://news.example/a",
    "http://news.example:443/a": "http://news.example:443/a",
    "http://news.example:/a": "http://news.example/a",
    "https://bücher.example/ß?ü=1#ä": "https://xn--bcher-kva.example/%C3%9F?%C3%BC=1",
    "https://xn--bcher-kva.example/": "https://xn--bcher-kva.example/",
    "https://電池。example/": "https://xn--btwv22g.example/",
    "https://news.example/100%?a=%41&b=%zz": "https://news.example/100%25?a=%41&b=%25zz",
    "https://news.example?a": "https://news.example/?a",
    "https://[2606:4700:4700::1111]/": "https://[2606:4700:4700::1111]/",
    "https://a_b.news.example/": "https://a_b.news.example/",
}


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_hides_where_it_leads_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as refused:
        target_of(url)

    assert refused.value.trouble is REFUSED[url]
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("url", NUMBERS)
def test_a_plain_ip_address_is_seen_as_one(url: str) -> None:
    assert str(target_of(url).address) == NUMBERS[url]


@pytest.mark.parametrize("url", SPELLINGS)
def test_an_address_has_one_spelling(url: str) -> None:
    target = target_of(url)

    assert target.url == SPELLINGS[url]
    assert target_of(target.url) == target


@given(
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.sampled_from(["", "http://", "https://news.example", "http://["]),
)
def test_whatever_is_asked_for_is_a_plain_address_or_a_sentence(text: str, before: str) -> None:
    try:
        target = target_of(before + text)
    except FetchError:
        return

    assert target.url.isascii()
    assert target.port in {80, 443}
    assert urlsplit(target.url).hostname == target.host
    assert target_of(target.url) == target


def test_the_host_header_names_a_port_only_where_it_is_not_the_usual_one() -> None:
    target = Target(scheme="https", host="::1", port=443, path="/")

    assert target.authority == "[::1]"
    assert target_of("http://news.example:443/").authority == "news.example:443"


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [([], ""), ([301], "/1"), ([308, 301], "/2"), ([302], ""), ([302, 301], ""), ([301, 307, 301], "/1")],
)
def test_an_address_has_moved_as_far_as_redirects_are_for_good(statuses: list[int], moved_to: str) -> None:
    hops = tuple(Hop(status=status, url=f"/{number}") for number, status in enumerate(statuses, 1))

    assert Fetched(url="/", status=200, headers={}, hops=hops).moved_to == moved_to
