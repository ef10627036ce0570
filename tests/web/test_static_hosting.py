"""The configurations of the documents, cut out of their page and run: they answer as our own server does."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from publisher.actions.build import build
from publisher.app import Publisher
from publisher.model.rendered import Artefact
from publisher.store import public
from publisher.web.pages import GUESSES
from publisher.web.routes import site
from publisher.web.server import Server
from tests.tools import tool
from tests.web.newsroom import NOW

PAGE = Path(__file__).parents[2] / "docs/how-to/static-hosting.md"
PATIENCE = 20.0
GONE = "/stories/gone/"
TOLD = ("cache-control", "content-type", "x-content-type-options", "x-robots-tag")
WAYS = [("nginx", "files"), ("nginx", "proxy"), ("caddyfile", "files"), ("caddyfile", "proxy")]

MISSING = (
    *("/nothing", "/stories/nothing/", "/.publisher-build.json", "/issues/.hidden", "/404.html"),
    *("/media/", "/tags/nothing/", "/lists/"),
)

NGINX = """\
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/news.conf;
}}
"""

CADDY = """\
{{
	admin off
	auto_https off
	storage file_system {folder}/storage
}}
{snippet}
"""


def snippet(language: str, name: str) -> str:
    """Return the piece of configuration of that name in the documents."""
    found = re.search(
        rf"^```{language} name={name}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found is not None
    return found[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def nginx(folder: Path, text: str) -> Iterator[str]:
    """Run nginx with that piece of configuration, as whoever runs the tests, and yield its address."""
    port = free_port()
    (folder / "news.conf").write_text(text.replace("listen 80;", f"listen 127.0.0.1:{port};"))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
    options = ("-e", str(folder / "error.log"), "-p", str(folder), "-c", str(folder / "nginx.conf"))
    with running([tool("nginx"), *options], port, folder) as url:
        yield url


@contextmanager
def caddy(folder: Path, text: str) -> Iterator[str]:
    """Run Caddy with that piece of configuration, without certificates, and yield its address."""
    port = free_port()
    text = text.replace("news.example.org {", f"http://127.0.0.1:{port} {{")
    (folder / "Caddyfile").write_text(CADDY.format(folder=folder, snippet=text))
    options = ("run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile"))
    with running([tool("caddy"), *options], port, folder) as url:
        yield url


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[str]:
    surroundings = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    with (folder / "said.log").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=surroundings)
    try:
        end = time.monotonic() + PATIENCE
        while not listens(port):
            assert process.poll() is None, (folder / "said.log").read_text()
            assert time.monotonic() < end, (folder / "said.log").read_text()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def ours(publisher: Publisher) -> Iterator[str]:
    """The address of the publisher's own server."""
    server = Server(site(publisher), host="127.0.0.1", port=0)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(params=WAYS, ids="-".join)
def theirs(
    request: pytest.FixtureRequest, publisher: Publisher, ours: str, tmp_path: Path
) -> Iterator[httpx2.Client]:
    """A client of another web server, which has the files or passes everything on."""
    language, name = request.param
    folder, files = tmp_path / "other", tmp_path / "site"
    folder.mkdir()
    withdraw(publisher, GONE)
    build(publisher, files)
    text = snippet(language, "files" if name == "search" else name)
    if name == "search":
        text = text.rstrip().removesuffix("}") + snippet(language, name) + "}\n"
    text = text.replace("/var/www/news", str(files))
    text = text.replace("127.0.0.1:8000", urlsplit(ours).netloc)
    with {"nginx": nginx, "caddyfile": caddy}[language](folder, text) as url, client(url) as asking:
        yield asking


def client(url: str) -> httpx2.Client:
    return httpx2.Client(base_url=url, trust_env=False, follow_redirects=False, timeout=PATIENCE)


def paths(publisher: Publisher) -> list[str]:
    with publisher.database.read() as db:
        return sorted(path for path in public.index(db) if path not in ("/404.html", GONE))


def withdraw(publisher: Publisher, path: str) -> None:
    page = Artefact(path=path, media_type="text/html; charset=utf-8", body=b"<p>Withdrawn.", status=410)
    with publisher.database.begin() as db:
        public.put(db, (page,), generation=public.generation(db), now=NOW, issue="notebooks")


def told(answer: httpx2.Response) -> dict[str, str | None]:
    """Return what an answer says of itself to browsers and to search engines."""
    return {name: answer.headers.get(name) for name in TOLD}


def test_everything_public_is_the_same_bytes_of_the_same_type(
    publisher: Publisher, ours: str, theirs: httpx2.Client
) -> None:
    with client(ours) as us:
        for path in paths(publisher):
            for coding in ("gzip", "identity"):
                wanted = us.get(path, headers={"accept-encoding": coding})
                answer = theirs.get(path, headers={"accept-encoding": coding})

                assert (answer.status_code, answer.content) == (200, wanted.content), path
                assert answer.headers["content-type"] == wanted.headers["content-type"], path
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert "max-age=" in answer.headers["cache-control"]


def test_feeds_may_be_read_by_pages_elsewhere_and_are_answered_with_304(
    publisher: Publisher, theirs: httpx2.Client
) -> None:
    feeds = [path for path in paths(publisher) if path.endswith((".rss", ".atom", ".json"))]

    for path in feeds:
        first = theirs.get(path)
        again = theirs.get(path, headers={"if-none-match": first.headers["etag"]})
        dated = theirs.get(path, headers={"if-modified-since": first.headers["last-modified"]})

        assert (again.status_code, again.content, dated.status_code) == (304, b"", 304), path
        assert first.headers["access-control-allow-origin"] == "*"
    assert len(feeds) >= 6


def test_what_is_not_there_is_told_with_the_page_for_it(
    publisher: Publisher, ours: str, theirs: httpx2.Client
) -> None:
    with publisher.database.read() as db:
        missing = public.find(db, "/404.html")
    assert missing is not None

    for path in MISSING:
        answer = theirs.get(path)

        assert (answer.status_code, answer.content) == (404, missing.body), path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        with client(ours) as us:
            assert told(answer) == told(us.get(path)), path


@pytest.mark.parametrize("theirs", [("nginx", "files")], ids="-".join, indirect=True)
def test_nginx_tells_of_what_was_withdrawn_as_we_do(ours: str, theirs: httpx2.Client) -> None:
    with client(ours) as us:
        wanted = us.get(GONE)
    answer = theirs.get(GONE)

    assert (answer.status_code, answer.content) == (410, wanted.content)
    assert told(answer) == told(wanted)
    assert told(answer)["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("theirs", [("nginx", "search")], ids="-".join, indirect=True)
def test_nginx_passes_the_search_on_and_adds_nothing(ours: str, theirs: httpx2.Client) -> None:
    with client(ours) as us:
        for path in ("/search?q=notebooks", "/search.css", "/opensearch.xml"):
            wanted, answer = us.get(path), theirs.get(path)

            assert (answer.status_code, answer.content) == (200, wanted.content)
            assert told(answer) == told(wanted)


def test_usual_guesses_and_missing_slashes_lead_on(theirs: httpx2.Client) -> None:
    cut_short = {"/issues/": "/archive/", "/stories/": "/archive/", "/issues/notebooks": "/issues/notebooks/"}

    for path, target in {**GUESSES, **cut_short}.items():
        answer = theirs.get(path)

        assert answer.status_code in (301, 308), path
        assert urlsplit(answer.headers["location"]).path == target


def test_pictures_are_kept_for_ever(theirs: httpx2.Client) -> None:
    picture = re.findall(r"/media/[\w.]+", theirs.get("/stories/laboratory/").text)[0]

    answer = theirs.get(picture)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["files", "proxy"])
def test_caddy_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(snippet("caddyfile", name), encoding="utf-8")

    done = subprocess.run(
        [tool("caddy"), "validate", "--adapter", "caddyfile", "--config", str(file)],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert done.returncode == 0, done.stderr
    assert "Valid configuration" in done.stdout + done.stderr
