"""The site behind a real server on a real port."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest

from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.web.routes import site
from publisher.web.server import Server


@pytest.fixture
def server(publisher: Publisher) -> Iterator[Server]:
    server = Server(site(publisher), host="127.0.0.1", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def http(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=5) as client:
        yield client


def test_feeds_and_pages_come_over_the_wire(http: httpx2.Client) -> None:
    for path in ("/feed.rss", "/", "/unsubscribe/x"):
        plain = http.get(path, headers={"accept-encoding": "identity"})
        squeezed = http.get(path, headers={"accept-encoding": "gzip"})
        head = http.head(path, headers={"accept-encoding": "gzip"})

        assert squeezed.text == plain.text
        assert head.content == b""
        assert head.headers["content-length"] == squeezed.headers["content-length"]
        assert not {"server", "set-cookie"} & set(plain.headers)


def test_a_reader_that_polls_gets_304_over_one_connection(http: httpx2.Client) -> None:
    first = http.get("/feed.atom")
    again = [http.get("/feed.atom", headers={"if-none-match": first.headers["etag"]}) for _ in range(20)]

    assert {answer.status_code for answer in again} == {304}
    assert all(answer.content == b"" for answer in again)


def test_a_request_that_is_not_http_harms_nobody(server: Server, http: httpx2.Client) -> None:
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with closing(socket.create_connection(address, timeout=5)) as client:
        client.sendall(b"\x16\x03\x01\x00\xa5 not http\r\n\r\n")
        answer = client.recv(1000)

    assert answer.startswith(b"HTTP/1.1 400")
    assert http.get("/healthz").status_code == 200


def test_a_port_in_use_is_one_sentence_before_anything_starts(server: Server, publisher: Publisher) -> None:
    port = int(server.url.rpartition(":")[2])

    with pytest.raises(PublisherError, match=rf"^port {port} of 127\.0\.0\.1 is in use \(stop the program"):
        Server(site(publisher), host="127.0.0.1", port=port)


def test_the_port_belongs_to_the_server_from_the_moment_it_is_made(publisher: Publisher) -> None:
    first = Server(site(publisher), host="127.0.0.1", port=0)
    try:
        with pytest.raises(PublisherError, match="is in use"):
            Server(site(publisher), host="127.0.0.1", port=int(first.url.rpartition(":")[2]))
    finally:
        first.stop()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_one_sentence(publisher: Publisher, host: str) -> None:
    with pytest.raises(PublisherError, match=f"^'{host}' is not an address of this machine"):
        Server(site(publisher), host=host, port=0)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("0.0.0.0", "http://127.0.0.1:"), ("localhost", "http://localhost:")],  # noqa: S104 - the case
)
def test_its_address_is_one_that_a_person_here_can_open(publisher: Publisher, host: str, shown: str) -> None:
    server = Server(site(publisher), host=host, port=0)
    server.start()
    try:
        answer = httpx2.get(f"{server.url}/healthz", timeout=5)
    finally:
        server.stop()

    assert server.url.startswith(shown)
    assert answer.text == "ok\n"


def test_after_a_stop_the_port_is_free_and_a_second_stop_is_harmless(publisher: Publisher) -> None:
    server = Server(site(publisher), host="127.0.0.1", port=0)
    server.start()
    alive = server.is_alive

    server.stop()
    server.stop()

    assert (alive, server.is_alive) == (True, False)
    again = Server(site(publisher), host="127.0.0.1", port=int(server.url.rpartition(":")[2]))
    again.stop()
