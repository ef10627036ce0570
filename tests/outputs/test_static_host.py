from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from publisher.outputs.static_host import Departed, moved_page, nginx
from tests.tools import tool

HOSTILE = st.text(
    st.one_of(st.sampled_from("\"\\;{}$#?%\n\r\t '/.~=^*@éß🚀"), st.characters(exclude_categories=["Cs"])),
    max_size=40,
).map(lambda text: f"/{text}")

_ESCAPED = {"t": "\t", "r": "\r", "n": "\n", '"': '"', "'": "'", "\\": "\\"}


def words(configuration: str) -> list[str]:
    """Read a configuration as nginx does (ngx_conf_read_token); quoted words begin with a quotation mark."""
    found, rest = [], configuration
    while rest := re.sub(r"\A(?:\s|#[^\n]*\n)+", "", rest):
        if rest[0] in "{};":
            found.append(rest[0])
            rest = rest[1:]
        elif rest[0] == '"':
            word = ""
            rest = rest[1:]
            while rest[0] != '"':
                if rest[0] == "\\" and rest[1] in _ESCAPED:
                    word, rest = word + _ESCAPED[rest[1]], rest[2:]
                else:
                    word, rest = word + rest[0], rest[1:]
            found.append(f'"{word}')
            rest = rest[1:]
            assert re.match(r"[\s;{]", rest), "nginx wants a blank after a quoted word"
        else:
            plain = re.match(r"[^\s;{}\"]+", rest)
            assert plain is not None
            found.append(plain[0])
            rest = rest[plain.end() :]
    return found


@given(st.lists(HOSTILE, max_size=4, unique=True))
def test_no_path_says_anything_to_nginx_but_its_own_name(paths: list[str]) -> None:
    gone = nginx([Departed(path=path, file=f"{path}index.html") for path in paths], root="")
    moved = nginx([Departed(path=path, file=path, location=path) for path in paths], root="")

    left = [path for path in sorted(paths) if "\0" not in path]
    for configuration in (gone, moved):
        read = words(configuration)
        assert [read[place + 2] for place, word in enumerate(read) if word == "location"] == [
            f'"{path}' for path in left
        ]
        assert {word for word in read if not word.startswith('"')} <= {
            "location", "=", "{", "}", ";", "return", "error_page", "410", "301",
        }  # fmt: skip
        assert not any("$" in word for word in words_that_are_filled(read))


def words_that_are_filled(read: list[str]) -> Iterator[str]:
    """Yield the words in which nginx puts variables: addresses of `return` and `error_page`."""
    for place, word in enumerate(read):
        if word in ("301", "410") and read[place + 1].startswith('"'):
            yield read[place + 1]


def test_nothing_departed_is_a_file_of_comments() -> None:
    assert words(nginx([], root="")) == []


def test_a_site_below_a_folder_has_it_in_its_rules() -> None:
    rules = nginx([Departed(path="/x/", file="/x/index.html", location="/y/")], root="/news")

    assert 'location = "/news/x/" { return 301 "/news/y/"; }' in rules


def test_a_moved_page_leads_people_and_programs_on_and_no_address_breaks_out_of_it() -> None:
    page = moved_page('https://x.example/"><script>&').decode()

    assert "<script>" not in page
    assert page.count("https://x.example/&quot;&gt;&lt;script&gt;&amp;") == 4


def test_nginx_itself_answers_410_with_the_page_and_301_with_the_address(tmp_path: Path) -> None:
    odd = '/tags/r&d-é "q" \\ $uri {x}; #/'
    paths = ["/issues/gone/", odd, "/stories/old/"]
    for path in paths:
        (tmp_path / "site" / path.strip("/")).mkdir(parents=True)
        (tmp_path / "site" / path.strip("/") / "index.html").write_text(f"page of {path}")
    (tmp_path / "site" / "index.html").write_text("front")
    rules = nginx(
        [
            Departed(path="/issues/gone/", file="/issues/gone/index.html"),
            Departed(path=odd, file=f"{odd}index.html"),
            Departed(path="/stories/old/", file="/stories/old/index.html", location="/stories/né $x/"),
        ],
        root="",
    )

    with _nginx(tmp_path, rules) as port:
        answers = [_asked(port, path) for path in ("/", *paths)]

    assert answers[0] == (200, "front", None)
    assert answers[1] == (410, "page of /issues/gone/", None)
    assert answers[2][0] == 410
    assert (answers[3][0], answers[3][2]) == (301, f"http://127.0.0.1:{port}/stories/n%C3%A9%20%24x/")


def _asked(port: int, path: str) -> tuple[int, str, str | None]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", quote(path))
    answer = connection.getresponse()
    found = (answer.status, answer.read().decode(), answer.headers["location"])
    connection.close()
    return found


@contextmanager
def _nginx(folder: Path, rules: str) -> Iterator[int]:
    program = tool("nginx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    (folder / "rules.conf").write_text(rules)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;"
        f" fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder}/site; include {folder}/rules.conf; }} }}\n"
    )
    running = subprocess.Popen([program, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + 20
        while running.poll() is None and time.monotonic() < end:
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        assert running.poll() is None, running.communicate()[1]
        yield port
    finally:
        running.terminate()
        running.communicate(timeout=20)
