from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from publisher.actions.online import Manners, ask_for_links, fetcher_for
from publisher.fetch import Endpoint, Fetcher
from publisher.model.issue import Issue
from publisher.model.links import LinkAnswer
from publisher.settings_file import load_settings
from tests.check.issues import single
from tests.newsrooms import Newsroom
from tests.web_server import HOME, Names, WebServer, Words, dripping, fetcher_of, head, here, names_of

NEWS = "http://news.example"
HASTY = Manners(pause=0)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


def issue_with(tmp_path: Path, *links: str) -> Issue:
    issue = single(tmp_path, body="\n\n".join(f"[some words]({link})" for link in links)).issue
    assert issue is not None
    return issue


def ask(tmp_path: Path, fetcher: Fetcher, *links: str, manners: Manners = HASTY) -> Mapping[str, LinkAnswer]:
    return ask_for_links(fetcher, [issue_with(tmp_path, *links)], manners=manners)


def answer(tmp_path: Path, server: WebServer, *answers: bytes | Words, **by_method: bytes) -> LinkAnswer:
    """Return what becomes of a link to a page that answers so."""
    if answers:
        server.when("/a", *answers)
    for method, words in by_method.items():
        server.when("/a", words, method=method.upper())
    return ask(tmp_path, fetcher_of(server), f"{NEWS}/a")[f"{NEWS}/a"]


def test_a_page_that_is_there_is_asked_for_once_and_by_its_head(tmp_path: Path, server: WebServer) -> None:
    heard = answer(tmp_path, server)

    assert heard == LinkAnswer(address=f"{NEWS}/a", status=200)
    assert server.paths() == ["HEAD /a"]


def test_each_address_is_asked_for_once_whatever_its_place_on_the_page(
    tmp_path: Path, server: WebServer
) -> None:
    links = (f"{NEWS}/a", f"{NEWS}/a#one", f"{NEWS}/a#two", "HTTP://NEWS.example/a", f"{NEWS}/b")
    issue = issue_with(tmp_path, *links)

    heard = ask_for_links(fetcher_of(server), [issue, issue], manners=HASTY)

    assert sorted(server.paths()) == ["HEAD /a", "HEAD /b"]
    assert {address: each.address for address, each in heard.items()} == {link: link for link in links}


def test_only_addresses_of_the_web_are_asked_for(tmp_path: Path, server: WebServer) -> None:
    links = ("mailto:ann@news.example", "other.md", "#notes", "ftp://news.example/", "/a")

    assert ask(tmp_path, fetcher_of(server), *links) == {}
    assert server.asked == []


def test_sources_of_stories_are_asked_for_too(tmp_path: Path, server: WebServer) -> None:
    issue = single(tmp_path, f"link: {NEWS}/source").issue
    assert issue is not None

    assert list(ask_for_links(fetcher_of(server), [issue], manners=HASTY)) == [f"{NEWS}/source"]


def test_an_international_address_is_asked_for_as_readers_get_it(tmp_path: Path, server: WebServer) -> None:
    names = names_of(server, "xn--bcher-kva.example")
    issue = single(tmp_path, "link: http://Bücher.example/ä").issue
    assert issue is not None

    heard = ask_for_links(fetcher_of(server, resolve=names), [issue], manners=HASTY)

    assert heard["http://Bücher.example/ä"].status == 200
    assert server.paths() == ["HEAD /%C3%A4"]


@pytest.mark.parametrize(
    "status", ["400 Bad Request", "403 Forbidden", "404 Not Found", "405 No", "501 No", "503 No"]
)
def test_a_server_that_dislikes_the_question_for_the_head_is_asked_for_the_page(
    tmp_path: Path, server: WebServer, status: str
) -> None:
    heard = answer(tmp_path, server, head=head(status), get=head("200 OK"))

    assert (heard.status, heard.trouble) == (200, "")
    assert server.paths() == ["HEAD /a", "GET /a"]


def test_a_server_that_hangs_up_is_asked_a_second_time(tmp_path: Path, server: WebServer) -> None:
    heard = answer(tmp_path, server, head=b"", get=head("200 OK"))

    assert (heard.status, heard.trouble) == (200, "")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("404 Whatever", "404 Not Found"),
        ("410 Whatever", "410 Gone"),
        ("400 Whatever", "400 Bad Request"),
        ("500 Whatever", "500 Internal Server Error"),
        ("503 Whatever", "503 Service Unavailable"),
        ("522 Whatever", "522"),
    ],
)
def test_a_page_that_is_not_there_is_dead(tmp_path: Path, server: WebServer, status: str, words: str) -> None:
    heard = answer(tmp_path, server, head(status))

    assert (heard.status, heard.unsure) == (int(status[:3]), False)
    assert heard.trouble == f"the server answers {words}"


@pytest.mark.parametrize("status", [401, 402, 403, 405, 406, 429, 451, 999])
def test_of_a_site_that_turns_programs_away_nobody_knows(
    tmp_path: Path, server: WebServer, status: int
) -> None:
    heard = answer(tmp_path, server, head(f"{status} No"))

    assert (heard.status, heard.unsure) == (status, True)
    assert str(status) in heard.trouble


@pytest.mark.parametrize("status", [401, 410, 429, 999])
def test_a_server_whose_mind_is_made_up_is_not_asked_again(
    tmp_path: Path, server: WebServer, status: int
) -> None:
    answer(tmp_path, server, head(f"{status} No"))

    assert server.paths() == ["HEAD /a"]


def test_a_slow_page_is_not_a_dead_one(tmp_path: Path, server: WebServer) -> None:
    server.when("/a", dripping(b"", b""))

    heard = ask(tmp_path, fetcher_of(server, seconds=0.5), f"{NEWS}/a")[f"{NEWS}/a"]

    assert heard.unsure
    assert heard.trouble == "there was no whole answer within 0.5 seconds"
    assert len(server.asked) == 1


def test_what_gives_no_answer_at_all_is_dead(tmp_path: Path, server: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = Endpoint(address=HOME, port=closed.getsockname()[1])
    server.when("/round", head("302 Found", "Location: /round"))
    server.when("/in", head("302 Found", "Location: http://169.254.169.254/"))
    server.when("/broken", b"what?\r\n\r\n")
    names = Names({"news.example": [[here(server)]], "closed.example": [[nobody]]})
    links = {
        "http://nobody.example/": "there is no host 'nobody.example'",
        "http://closed.example/": "nobody listens at 'closed.example' (connection refused)",
        "https://news.example/": "no safe connection to 'news.example' could be made",
        f"{NEWS}/round": "it sends from one address to the next, more than 5 times",
        f"{NEWS}/in": "'169.254.169.254' leads to a machine that is not on the public internet",
        f"{NEWS}/broken": "'news.example' hung up, or its answer is not HTTP",
        "http://10.0.0.1/": "'10.0.0.1' leads to a machine that is not on the public internet",
        "http://news.example:8080/": "its port 8080 is neither 80 nor 443",
        "http://ann:word@news.example/": "it carries a user name or a password",
        "http://2130706433/": "it writes an IP address in an odd way",
    }

    heard = ask(tmp_path, fetcher_of(server, resolve=names), *links)

    assert {address: each.trouble for address, each in heard.items()} == links
    assert {each.unsure for each in heard.values()} == {False}
    assert {each.status for each in heard.values()} == {None}


def test_without_a_network_nothing_is_called_dead(
    tmp_path: Path, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fails)

    heard = ask(tmp_path, fetcher_for(load_settings(newsroom.root)), f"{NEWS}/a")[f"{NEWS}/a"]

    assert heard.unsure
    assert heard.trouble == "no name could be looked up; is there a network?"


def test_if_no_name_at_all_is_known_the_network_is_to_blame(tmp_path: Path, server: WebServer) -> None:
    links = ("http://a.example/", "http://b.example/x", "http://10.0.0.1/")

    heard = ask(tmp_path, fetcher_of(server, resolve=Names({})), *links)
    with_one = ask(tmp_path / "one", fetcher_of(server), *links, f"{NEWS}/a")

    assert [heard[link].unsure for link in links] == [True, True, False]
    assert {heard[link].trouble for link in links[:2]} == {"no name could be looked up; is there a network?"}
    assert [with_one[link].unsure for link in links] == [False, False, False]
    assert with_one[links[0]].trouble == "there is no host 'a.example'"


@pytest.mark.parametrize(
    "link",
    ["http://10.0.0.1/{}", "http://news.example:8080/{}", "http://intranet/{}", "http://nobody.example/{}"],
)
def test_what_is_not_asked_costs_no_pause(tmp_path: Path, server: WebServer, link: str) -> None:
    begin = time.monotonic()
    ask(
        tmp_path,
        fetcher_of(server),
        *(link.format(number) for number in range(20)),
        manners=Manners(pause=0.5),
    )

    assert time.monotonic() - begin < 5
    assert server.asked == []


def test_an_address_that_has_moved_for_good_says_where(tmp_path: Path, server: WebServer) -> None:
    server.when("/old", head("301 Moved", "Location: /new"))
    server.when("/for-now", head("302 Found", "Location: /new"))
    server.when("/gone", head("301 Moved", "Location: /lost"))
    server.when("/lost", head("404 Not Found"))
    links = (f"{NEWS}/old", f"{NEWS}/old#part", f"{NEWS}/for-now", f"{NEWS}/gone")

    heard = ask(tmp_path, fetcher_of(server), *links)

    assert [heard[link].moved_to for link in links] == [f"{NEWS}/new", f"{NEWS}/new#part", "", ""]
    assert heard[f"{NEWS}/gone"].trouble == "the server answers 404 Not Found"


def test_one_host_is_asked_for_one_page_at_a_time_with_a_pause_between(
    tmp_path: Path, server: WebServer
) -> None:
    server.when("/1", head("404 Not Found"))
    links = [f"{NEWS}/{number}" for number in range(4)]

    ask(tmp_path, fetcher_of(server), *links, manners=Manners(pause=0.1))

    moments = [asked.moment for asked in server.asked]
    assert len(moments) == 5
    assert all(after - before >= 0.09 for before, after in pairwise(moments))
    assert server.most_at_once == 1


def test_several_hosts_are_asked_at_once_but_only_so_many(tmp_path: Path, server: WebServer) -> None:
    def slow() -> Iterator[bytes]:
        time.sleep(0.1)
        yield head("200 OK")

    hosts = [f"n{number}.example" for number in range(12)]
    server.when("/", slow)

    ask(
        tmp_path,
        fetcher_of(server, *hosts),
        *(f"http://{host}/" for host in hosts),
        manners=Manners(at_once=3, pause=0),
    )

    assert len(server.asked) == 12
    assert 1 < server.most_at_once <= 3


def test_a_round_of_asking_has_an_end(tmp_path: Path, server: WebServer) -> None:
    server.when("/b", dripping(b"", b""))
    links = (f"{NEWS}/a", f"{NEWS}/b", f"{NEWS}/c")

    begin = time.monotonic()
    heard = ask(tmp_path, fetcher_of(server), *links, manners=Manners(pause=0, seconds=1.5))

    assert time.monotonic() - begin < 10
    assert [heard[link].unsure for link in links] == [False, True, True]
    assert heard[f"{NEWS}/c"].trouble == "there was no time left to ask within 1.5 seconds"


def test_how_far_it_has_come_is_told(tmp_path: Path, server: WebServer) -> None:
    told: list[tuple[int, int]] = []
    issue = issue_with(tmp_path, f"{NEWS}/a", f"{NEWS}/b", f"{NEWS}/a#c", "http://10.0.0.1/")

    ask_for_links(
        fetcher_of(server), [issue], manners=HASTY, progress=lambda asked, total: told.append((asked, total))
    )

    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_it_asks_in_the_name_of_the_publication(newsroom: Newsroom) -> None:
    fetcher = fetcher_for(load_settings(newsroom.root))

    assert fetcher._headers["User-Agent"].endswith(" (+https://news.example.net)")
