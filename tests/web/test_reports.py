"""`/reports`: the door for reports that are posted and signed."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from publisher.app import Publisher
from publisher.delivery.reports.webhook import sign
from publisher.errors import SettingsError
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SuppressionReason
from publisher.web.reports import LARGEST_REPORT
from publisher.web.routes import site
from publisher.web.server import Server
from tests.delivery.reports import samples
from tests.newsrooms import READER, HandClock, Newsroom, newsroom_in
from tests.reports import RETURN_PATH, path_of, reports_of, send, suppressed
from tests.tools import tool

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
GUIDE = Path(__file__).resolve().parent.parent.parent / "docs/how-to/reports.md"


@pytest.fixture
def own(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    """A newsroom whose settings take posted reports; the secret stands in a file."""
    newsroom = newsroom_in(tmp_path / "newsroom", sqlite_template)
    (newsroom.root / "secret").write_text(f"{SECRET}\n")
    newsroom.sets(f'{RETURN_PATH}webhook_secret_file = "secret"\n')
    return newsroom


@pytest.fixture
def clock(own: Newsroom) -> HandClock:
    return own.clock


@pytest.fixture
def publisher(own: Newsroom) -> Iterator[Publisher]:
    with own.opened() as opened:
        send(opened)
        yield opened


def posts(
    reader: TestClient,
    publisher: Publisher,
    body: bytes,
    *,
    id: str = "msg_1",  # noqa: A002 (the header's name)
    **replaced: str,
) -> tuple[int, dict[str, str]]:
    """Post a body, signed now, and return status and answer; headers can be replaced afterwards."""
    stamp = str(int(publisher.now().timestamp()))
    headers = {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(KEY, id=id, timestamp=stamp, body=body),
    } | {f"webhook-{name}": value for name, value in replaced.items()}
    answer = reader.post("/reports", content=body, headers=headers)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def bounce(publisher: Publisher) -> bytes:
    path = path_of(publisher, READER)
    return json.dumps({"type": "bounce", "return_path": path, "code": "5.1.1", "text": "no"}).encode()


def test_a_signed_report_is_recorded(reader: TestClient, publisher: Publisher) -> None:
    assert posts(reader, publisher, bounce(publisher)) == (200, {"result": "recorded"})

    assert reports_of(publisher, "heat") == {ReportKind.HARD_BOUNCE: 1}
    assert suppressed(publisher, READER) is SuppressionReason.HARD_BOUNCE


def test_a_whole_mail_can_be_posted(reader: TestClient, publisher: Publisher) -> None:
    mail = base64.b64encode(samples.yahoo(path_of(publisher, READER))).decode()

    assert posts(reader, publisher, json.dumps({"raw": mail}).encode()) == (200, {"result": "recorded"})

    assert suppressed(publisher, READER) is SuppressionReason.COMPLAINT


def test_a_report_that_is_posted_again_counts_once(reader: TestClient, publisher: Publisher) -> None:
    body = bounce(publisher)

    said = [posts(reader, publisher, body, id=id_)[1]["result"] for id_ in ("msg_1", "msg_1", "msg_2")]

    assert said == ["recorded", "known already", "recorded"]
    assert reports_of(publisher, "heat") == {ReportKind.HARD_BOUNCE: 1}


@pytest.mark.parametrize(
    "replaced",
    [
        {"id": "msg_2"},
        {"timestamp": "1"},
        {"signature": "v1,eHh4"},
        {"signature": ""},
        {"id": "", "timestamp": "", "signature": ""},
    ],
    ids=range(5),
)
def test_what_is_not_signed_by_us_is_refused_without_a_reason(
    reader: TestClient, publisher: Publisher, replaced: dict[str, str]
) -> None:
    stamp = str(int(publisher.now().timestamp()))
    body = bounce(publisher)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": sign(KEY, id="msg_1", timestamp=stamp, body=body),
    }
    changed = headers | {f"webhook-{name}": value for name, value in replaced.items()}

    answer = reader.post("/reports", content=body, headers=changed)

    assert (answer.status_code, answer.json()) == (401, {"error": "not signed"})
    assert reports_of(publisher, "heat") == {}


def test_what_was_signed_more_than_five_minutes_ago_is_refused(
    reader: TestClient, publisher: Publisher, clock: HandClock
) -> None:
    body, stamp = bounce(publisher), str(int(publisher.now().timestamp()))
    clock.moment += timedelta(minutes=5, seconds=1)

    status, _ = posts(
        reader, publisher, body, timestamp=stamp, signature=sign(KEY, id="msg_1", timestamp=stamp, body=body)
    )

    assert status == 401
    assert reports_of(publisher, "heat") == {}


def test_a_report_on_nothing_of_ours_is_accepted_and_changes_nothing(
    reader: TestClient, publisher: Publisher
) -> None:
    body = json.dumps({"type": "complaint", "return_path": "else@news.example.net"}).encode()

    assert posts(reader, publisher, body)[0] == 202
    assert suppressed(publisher, READER) is None


def test_who_signs_learns_what_is_wrong_with_the_body(reader: TestClient, publisher: Publisher) -> None:
    status, said = posts(reader, publisher, b"{}")

    assert status == 400
    assert "'type' is none of bounce, complaint, delivered, delayed" in said["error"]


def test_a_body_may_be_large_and_not_larger(reader: TestClient, publisher: Publisher) -> None:
    path = path_of(publisher, READER)
    report = {"type": "bounce", "return_path": path, "code": "5.1.1", "more": ""}
    report["more"] = "x" * (LARGEST_REPORT - len(json.dumps(report)))
    largest = json.dumps(report).encode()

    assert posts(reader, publisher, largest)[0] == 200
    assert reader.post("/reports", content=largest + b" ").status_code == 413
    assert reader.post("/reports", content=iter([largest, b" "])).status_code == 413


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("HEAD", 404), ("PUT", 405), ("DELETE", 405)])
def test_nothing_but_a_post_does_anything(
    reader: TestClient, publisher: Publisher, method: str, status: int
) -> None:
    answer = reader.request(method, "/reports")

    assert answer.status_code == status
    assert reports_of(publisher, "heat") == {}


def test_without_a_secret_there_is_no_door(own: Newsroom) -> None:
    own.sets(RETURN_PATH)

    with own.opened() as publisher, TestClient(site(publisher)) as reader:
        assert reader.get("/reports").status_code == 404
        assert reader.post("/reports", content=b"{}").status_code in (404, 405)


@pytest.mark.parametrize(("secret", "said"), [("short", "not fit to be one"), (None, "cannot be read")])
def test_a_secret_that_cannot_be_one_is_told_at_the_start(
    own: Newsroom, secret: str | None, said: str
) -> None:
    if secret is None:
        (own.root / "secret").unlink()
    else:
        (own.root / "secret").write_text(secret)

    with own.opened() as publisher, pytest.raises(SettingsError, match=said):
        site(publisher)


def test_the_example_of_the_guide_works(own: Newsroom) -> None:
    (example,) = re.findall(
        r"^```sh post\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    path = os.pathsep.join([str(Path(tool("curl")).parent), str(Path(tool("openssl")).parent)])
    with own.opened(clock=utc_now) as publisher:
        send(publisher)
        server = Server(site(publisher), host="127.0.0.1", port=0)
        server.start()
        try:
            done = subprocess.run(
                ["/bin/sh", "-eu", "-c", example],
                check=False,
                capture_output=True,
                text=True,
                env={
                    "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
                    "SECRET": SECRET,
                    "NEWS": server.url,
                    "RETURN_PATH": path_of(publisher, READER),
                },
            )
        finally:
            server.stop()

        assert json.loads(done.stdout) == {"result": "recorded"}, done.stderr
        assert reports_of(publisher, "heat") == {ReportKind.HARD_BOUNCE: 1}


def utc_now() -> datetime:
    """Return the present moment, by which the example signs."""
    return datetime.now(UTC)
