from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from publisher import __version__
from publisher.fetch import Endpoint, Fetcher, Limits
from publisher.model.fetching import Fetched, FetchError, Trouble
from tests.web_server import (
    CERTIFICATES,
    HOME,
    Names,
    WebServer,
    Words,
    dripping,
    fetcher_of,
    head,
    here,
    names_of,
)

NEWS = "http://news.example"
SAFE_NEWS = "https://news.example"
MB = 1024 * 1024


def _packed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)  # the same in every process, as the names of tests must be


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


def get(fetcher: Fetcher, url: str = f"{NEWS}/") -> Fetched:
    return asyncio.run(fetcher.get(url))


def trouble(fetcher: Fetcher, url: str = f"{NEWS}/") -> Trouble:
    """Return why an address gives nothing; the sentence about it must be one."""
    with pytest.raises(FetchError) as error:
        get(fetcher, url)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) > 10
    return error.value.trouble


def at(*addresses: str, port: int = 80) -> list[Endpoint]:
    return [Endpoint(address=ip_address(address), port=port) for address in addresses]


def test_a_page_comes_with_its_status_headers_and_bytes(server: WebServer) -> None:
    server.when("/a?b=c", head("404 Not Found", "X-Word: grün", body=b"nothing here"))

    page = get(fetcher_of(server), f"{NEWS}/a?b=c")

    assert (page.url, page.status, page.body) == (f"{NEWS}/a?b=c", 404, b"nothing here")
    assert page.headers["x-word"] == "grün"


def test_a_request_says_who_asks_and_nothing_about_the_machine(server: WebServer) -> None:
    get(fetcher_of(server))

    assert server.asked[0].headers == {
        "host": "news.example",
        "user-agent": f"Publisher/{__version__} (+https://heat.example)",
        "accept": "*/*",
        "accept-encoding": "gzip",
        "connection": "close",
    }


def test_a_glance_asks_for_the_head_or_leaves_the_body_where_it_is(server: WebServer) -> None:
    server.when("/", dripping(head("200 OK", length=False), b"x" * 1000), method="GET")
    fetcher = fetcher_of(server, seconds=5)

    by_head = asyncio.run(fetcher.glance(f"{NEWS}/"))
    by_get = asyncio.run(fetcher.glance(f"{NEWS}/", method="GET"))

    assert (by_head.status, by_get.status, by_get.body) == (200, 200, b"")
    assert server.paths() == ["HEAD /", "GET /"]


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.2",),
        ("10.0.0.1",),
        ("169.254.169.254",),
        ("::1",),
        ("::ffff:10.0.0.1",),
        ("64:ff9b::a00:1",),
        ("fe80::1%eth0",),
        ("93.184.215.14", "10.0.0.1"),
        ("10.0.0.1", "93.184.215.14"),
        ("2606:4700:4700::1111", "fd00::1"),
    ],
)
def test_a_name_of_which_any_address_leads_inside_is_refused(
    server: WebServer, addresses: tuple[str, ...]
) -> None:
    names = Names({"news.example": [[here(server), *at(*addresses)]]})

    assert trouble(fetcher_of(server, resolve=names)) is Trouble.INSIDE
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "http://127.0.0.2/", "https://[::1]/", "http://169.254.169.254/latest/meta-data/"],
)
def test_an_inside_address_is_refused_without_a_look_up(server: WebServer, url: str) -> None:
    names = names_of(server)

    assert trouble(fetcher_of(server, resolve=names), url) is Trouble.INSIDE
    assert names.asked == []


def test_an_address_in_an_odd_spelling_is_refused_before_anybody_is_asked(server: WebServer) -> None:
    names = names_of(server)

    assert trouble(fetcher_of(server, resolve=names), "http://2130706433/") is Trouble.ADDRESS
    assert (names.asked, server.asked) == ([], [])


def test_this_machine_is_inside_unless_a_test_says_otherwise(server: WebServer) -> None:
    fetcher = Fetcher(home_url="https://heat.example", resolve=names_of(server))

    assert trouble(fetcher) is Trouble.INSIDE
    assert server.asked == []


def test_a_name_that_changes_its_mind_is_held_to_what_was_checked(server: WebServer) -> None:
    names = Names({"news.example": [[here(server)], at("10.0.0.1")]})
    fetcher = fetcher_of(server, resolve=names)

    first = get(fetcher)

    assert (first.body, names.asked) == (b"a page", ["news.example:80"])
    assert trouble(fetcher) is Trouble.INSIDE
    assert len(server.asked) == 1


def test_nobody_but_the_resolver_looks_a_name_up(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[object] = []
    real = socket.getaddrinfo

    def watched(host: object, *rest: object, **more: object) -> object:
        looked_up.append(host)
        return real(host, *rest, **more)  # type: ignore[arg-type]  # whatever it was given

    monkeypatch.setattr(socket, "getaddrinfo", watched)

    get(fetcher_of(server))

    assert set(looked_up) <= {"127.0.0.1", b"127.0.0.1"}


def test_the_next_address_of_a_name_is_asked_where_the_first_takes_no_connection(server: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    names = Names({"news.example": [[*at("127.0.0.1", port=nobody), here(server)]]})

    assert get(fetcher_of(server, resolve=names)).body == b"a page"


def test_a_closed_door_is_told_rather_than_a_way_that_is_missing(server: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = at("127.0.0.1", port=closed.getsockname()[1])
    no_way = at("224.0.0.1")  # no TCP connection leads to many machines
    names = Names({"both.example": [[*nobody, *no_way]], "away.example": [no_way]})
    fetcher = Fetcher(
        home_url="https://heat.example", resolve=names, inside=[no_way[0].address, here(server).address]
    )

    assert trouble(fetcher, "http://both.example/") is Trouble.CLOSED
    assert trouble(fetcher, "http://away.example/") is Trouble.OFFLINE


def test_of_a_name_with_many_addresses_only_some_are_tried(server: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = at("127.0.0.1", port=closed.getsockname()[1])
    names = Names({"news.example": [[*nobody * 30, here(server)]]})

    assert trouble(fetcher_of(server, resolve=names)) is Trouble.CLOSED
    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_from_name_to_name(server: WebServer, status: int) -> None:
    server.when("/a", head(f"{status} Elsewhere", "Location: //other.example/b c?d#e"))

    page = get(fetcher_of(server, "other.example"), f"{NEWS}/a")

    assert (page.url, page.body) == ("http://other.example/b%20c?d", b"a page")
    assert [(hop.status, hop.url) for hop in page.hops] == [(status, page.url)]
    assert [asked.headers["host"] for asked in server.asked] == ["news.example", "other.example"]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("http://10.0.0.1/", Trouble.INSIDE),
        ("http://127.0.0.2/", Trouble.INSIDE),
        ("//169.254.169.254/latest/", Trouble.INSIDE),
        ("http://[::ffff:127.0.0.1]/", Trouble.INSIDE),
        ("http://inner.example/", Trouble.INSIDE),
        ("http://localhost/", Trouble.INSIDE),
        ("http://news.example:6379/", Trouble.ADDRESS),
        ("http://2130706433/", Trouble.ADDRESS),
        ("http://a:b@news.example/", Trouble.ADDRESS),
        ("file:///etc/passwd", Trouble.ADDRESS),
        ("ftp://news.example/", Trouble.ADDRESS),
        ("javascript:alert(1)", Trouble.ADDRESS),
        ("http://[", Trouble.BROKEN),
        ("http://nobody.example/", Trouble.NO_HOST),
    ],
)
def test_a_redirect_is_looked_at_like_the_first_address(
    server: WebServer, location: str, expected: Trouble
) -> None:
    server.when("/", head("302 Found", f"Location: {location}"))
    names = names_of(server)
    names.known["inner.example"] = [at("192.168.1.1")]

    assert trouble(fetcher_of(server, resolve=names)) is expected
    assert server.paths() == ["GET /"]


def test_a_name_is_looked_up_again_for_each_redirect(server: WebServer) -> None:
    server.when("/", head("302 Found", "Location: /inside"))
    names = Names({"news.example": [[here(server)], at("10.0.0.1")]})

    assert trouble(fetcher_of(server, resolve=names)) is Trouble.INSIDE
    assert server.paths() == ["GET /"]


def test_redirects_have_an_end(server: WebServer) -> None:
    server.when("/", head("301 Moved", "Location: /"))

    assert trouble(fetcher_of(server, redirects=3)) is Trouble.REDIRECTS
    assert len(server.asked) == 4


def test_a_redirect_to_nowhere_is_an_answer(server: WebServer) -> None:
    server.when("/", head("304 Not Modified"))
    server.when("/b", head("301 Moved"))

    assert get(fetcher_of(server)).status == 304
    assert get(fetcher_of(server), f"{NEWS}/b").status == 301


def test_the_body_of_a_redirect_is_not_waited_for(server: WebServer) -> None:
    server.when("/", dripping(head("302 Found", "Location: /b", length=False), b"x" * 1000))

    assert get(fetcher_of(server, seconds=5)).body == b"a page"


def test_a_body_is_as_large_as_was_said_and_no_larger(server: WebServer) -> None:
    server.when("/fits", head("200 OK", body=b"x" * MB))
    server.when("/large", head("200 OK", body=b"x" * (MB + 1)))
    server.when("/endless", dripping(head("200 OK", length=False), b"x" * 65536, pause=0))
    fetcher = fetcher_of(server, body_bytes=MB)

    assert len(get(fetcher, f"{NEWS}/fits").body) == MB
    assert trouble(fetcher, f"{NEWS}/large") is Trouble.SIZE
    assert trouble(fetcher, f"{NEWS}/endless") is Trouble.SIZE


@pytest.mark.parametrize("packing", ["gzip", "x-gzip", "GZIP"])
def test_a_packed_body_is_unpacked(server: WebServer, packing: str) -> None:
    text = b"some words " * 10_000
    server.when("/", head("200 OK", f"Content-Encoding: {packing}", body=_packed(text)))

    assert get(fetcher_of(server)).body == text


def test_an_empty_body_needs_no_unpacking(server: WebServer) -> None:
    server.when("/", head("200 OK", "Content-Encoding: gzip"))

    assert get(fetcher_of(server)).body == b""


def test_a_bomb_is_refused_and_never_unpacked(server: WebServer) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(MB)) for _ in range(64)) + packer.flush()
    server.when("/", head("200 OK", "Content-Encoding: gzip", body=bomb))
    fetcher = fetcher_of(server, body_bytes=MB)

    tracemalloc.start()
    try:
        expected = trouble(fetcher)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert expected is Trouble.SIZE
    assert most < 8 * MB


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", b"these are plain words"),
        ("gzip", _packed(b"words" * 100)[:-9]),
        ("gzip", _packed(b"words") + b"and more"),
        ("br", b"words"),
        ("gzip, gzip", _packed(_packed(b"words"))),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_no_answer(server: WebServer, packing: str, body: bytes) -> None:
    server.when("/", head("200 OK", f"Content-Encoding: {packing}", body=body))

    assert trouble(fetcher_of(server)) is Trouble.BROKEN


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (head("200 OK", length=False), b"x"),
        (head("200 OK", "Content-Encoding: gzip", length=False), b""),
        (head("200 OK", "Transfer-Encoding: chunked", length=False), b"1\r\nx\r\n"),
    ],
)
def test_a_server_that_only_drips_is_left_in_time(server: WebServer, first: bytes, drop: bytes) -> None:
    server.when("/", dripping(first, drop))

    begin = time.monotonic()
    expected = trouble(fetcher_of(server, seconds=0.4))

    assert expected is Trouble.TIME
    assert 0.3 < time.monotonic() - begin < 10


def test_time_counts_through_all_redirects(server: WebServer) -> None:
    def slow() -> Iterator[bytes]:
        time.sleep(0.2)
        yield head("302 Found", "Location: /")

    server.when("/", slow)

    assert trouble(fetcher_of(server, seconds=0.5)) is Trouble.TIME
    assert len(server.asked) <= 3


def test_a_name_is_looked_up_as_it_is_and_not_in_domains_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def inside(host: object, port: int, **_: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)

    assert trouble(Fetcher(home_url="https://heat.example")) is Trouble.INSIDE
    assert asked == ["news.example."]


def test_a_name_server_that_is_silent_costs_no_more_than_the_time_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silence = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: silence.wait(20) and [])
    fetcher = Fetcher(home_url="https://heat.example", limits=Limits(seconds=0.2))

    begin = time.monotonic()
    expected = trouble(fetcher)
    seconds = time.monotonic() - begin
    holds_up = [thread for thread in threading.enumerate() if thread.name == "look-up" and not thread.daemon]
    silence.set()

    assert expected is Trouble.TIME
    assert seconds < 10
    assert holds_up == []


@pytest.mark.parametrize(
    "words",
    [
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"x" * 900 + b"\r\n", pause=0),
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 900, pause=0),
        head("200 OK", *(f"X-{number}: {'x' * 900}" for number in range(80))),
    ],
)
def test_the_head_of_an_answer_has_an_end(server: WebServer, words: bytes | Words) -> None:
    server.when("/", words)

    begin = time.monotonic()

    assert trouble(fetcher_of(server)) is Trouble.BROKEN
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"\x00\xff" * 100,
        b"SSH-2.0-OpenSSH_9.7\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    ],
)
def test_an_answer_that_is_none_is_told_in_a_sentence(server: WebServer, words: bytes) -> None:
    server.when("/", words)

    assert trouble(fetcher_of(server)) is Trouble.BROKEN


def test_another_protocol_is_not_an_answer_to_a_glance_either(server: WebServer) -> None:
    server.when("/", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")

    with pytest.raises(FetchError) as error:
        asyncio.run(fetcher_of(server).glance(f"{NEWS}/"))

    assert error.value.trouble is Trouble.BROKEN


@pytest.mark.parametrize("words", [b"", b"what?\r\n\r\n", head("200 OK", "Content-Length: 9", length=False)])
def test_a_server_that_hangs_up_over_tls_is_broken_and_not_unsafe(words: bytes) -> None:
    with WebServer(tls="name.pem") as server:
        server.when("/", words)

        assert trouble(fetcher_of(server), f"{SAFE_NEWS}/") is Trouble.BROKEN


def test_over_tls_the_certificate_is_for_the_name_and_the_name_is_asked_for() -> None:
    with WebServer(tls="name.pem") as server:
        page = get(fetcher_of(server), f"{SAFE_NEWS}/")
        asked = server.asked[0]

    assert page.body == b"a page"
    assert (asked.name, asked.headers["host"]) == ("news.example", "news.example")


@pytest.mark.parametrize(
    ("certificate", "name"), [("server.pem", "news.example"), ("name.pem", "other.example")]
)
def test_a_certificate_for_somebody_else_is_refused(certificate: str, name: str) -> None:
    trust = ssl.create_default_context(cafile=CERTIFICATES / "name_ca.pem")
    trust.load_verify_locations(CERTIFICATES / "ca.pem")
    with WebServer(tls=certificate) as server:
        fetcher = Fetcher(
            home_url="https://heat.example",
            resolve=names_of(server, name),
            tls=trust,
            inside={HOME},
        )
        with pytest.raises(FetchError) as refused:
            get(fetcher, f"https://{name}/")

    assert refused.value.trouble is Trouble.TLS
    assert "Hostname mismatch" in str(refused.value)
    assert server.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with WebServer(tls="name.pem") as server:
        fetcher = Fetcher(home_url="https://heat.example", resolve=names_of(server), inside={HOME})

        assert trouble(fetcher, f"{SAFE_NEWS}/") is Trouble.TLS


def test_a_server_that_never_shakes_hands_is_slow_and_not_unsafe() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        names = Names({"news.example": [at("127.0.0.1", port=silent.getsockname()[1])]})
        fetcher = Fetcher(
            home_url="https://heat.example",
            resolve=names,
            inside={HOME},
            limits=Limits(connect_seconds=0.2),
        )

        assert trouble(fetcher, f"{SAFE_NEWS}/") is Trouble.TIME


def test_a_server_without_tls_is_not_spoken_to_in_clear(server: WebServer) -> None:
    assert trouble(fetcher_of(server), f"{SAFE_NEWS}/") is Trouble.TLS
    assert server.asked == []


def test_proxies_credentials_and_certificates_of_the_environment_are_not_used(
    server: WebServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with WebServer() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{proxy.port}")
        netrc = tmp_path / "netrc"
        netrc.write_text("machine news.example login ann password secret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))

        page = get(fetcher_of(server))

    assert page.body == b"a page"
    assert proxy.asked == []
    assert "authorization" not in server.asked[0].headers


def test_cookies_are_not_kept(server: WebServer) -> None:
    server.when("/", head("302 Found", "Set-Cookie: a=b; Path=/", "Location: /next"))
    fetcher = fetcher_of(server)

    async def twice() -> None:
        await fetcher.get(f"{NEWS}/")
        await fetcher.get(f"{NEWS}/next")

    asyncio.run(twice())

    assert len(server.asked) == 3
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_every_connection_is_closed_whatever_the_end() -> None:
    async def ask(server: WebServer) -> list[int]:
        fetcher = fetcher_of(server, seconds=2, body_bytes=1000)
        left = []
        for path in ("/", "/redirect", "/large", "/slow", "/broken"):
            with contextlib.suppress(FetchError):
                await fetcher.get(f"{NEWS}{path}")
            await asyncio.to_thread(_wait_until_all_left, server)
            left.append(server.left)
        return left

    with WebServer(patient=True) as server:
        server.when("/redirect", head("302 Found", "Location: /"))
        server.when("/large", head("200 OK", body=bytes(MB)))
        server.when("/slow", head("200 OK", "Content-Length: 9", length=False))
        server.when("/broken", b"what?\r\n\r\n")
        left = asyncio.run(ask(server))

    assert left == [1, 3, 4, 5, 6]


def _wait_until_all_left(server: WebServer) -> None:
    deadline = time.monotonic() + 10
    while server.left < len(server.asked) and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_name_that_does_not_exist_and_a_door_that_is_closed_are_told_apart(server: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    names = Names({"closed.example": [at("127.0.0.1", port=nobody)], "empty.example": [[]]})
    fetcher = fetcher_of(server, resolve=names)

    assert trouble(fetcher, "http://nobody.example/") is Trouble.NO_HOST
    assert trouble(fetcher, "http://empty.example/") is Trouble.NO_HOST
    assert trouble(fetcher, "http://closed.example/") is Trouble.CLOSED


@pytest.mark.parametrize("error", [socket.EAI_AGAIN, socket.EAI_FAIL])
def test_without_a_network_the_name_is_not_to_blame(monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(error, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fails)

    assert trouble(Fetcher(home_url="https://heat.example")) is Trouble.OFFLINE


def test_a_form_is_sent_once_with_its_type_and_length(server: WebServer) -> None:
    server.when("/form", head("204 No Content"))

    answer = asyncio.run(fetcher_of(server).submit("http://news.example/form", {"a": "1 & 2", "é": "ü"}))

    (asked,) = server.asked
    assert answer.status == 204
    assert (asked.method, asked.body) == ("POST", b"a=1+%26+2&%C3%A9=%C3%BC")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_form_follows_redirects_that_keep_it(server: WebServer, status: str) -> None:
    server.when("/form", head(status, "Location: /other"))

    answer = asyncio.run(fetcher_of(server).submit("http://news.example/form", {"a": "1"}))

    assert answer.status == 200
    assert [(asked.method, asked.path, asked.body) for asked in server.asked] == [
        ("POST", "/form", b"a=1"),
        ("POST", "/other", b"a=1"),
    ]


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other"])
def test_a_redirect_that_would_lose_a_form_is_the_answer(server: WebServer, status: str) -> None:
    server.when("/form", head(status, "Location: /other"))

    answer = asyncio.run(fetcher_of(server).submit("http://news.example/form", {"a": "1"}))

    assert answer.status == int(status[:3])
    assert server.paths() == ["POST /form"]


def test_a_form_goes_nowhere_inside(server: WebServer) -> None:
    server.when("/form", head("307 Temporary Redirect", "Location: http://10.0.0.1/"))

    for url in ("http://192.168.0.1/", "http://news.example/form"):
        with pytest.raises(FetchError) as caught:
            asyncio.run(fetcher_of(server).submit(url, {"a": "1"}))
        assert caught.value.trouble is Trouble.INSIDE
