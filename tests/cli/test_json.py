"""What programs may rely on: with --json each command prints one document with these keys."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from publisher.actions import clicks
from publisher.actions.send_now import publish_now
from publisher.cli.main import COMMANDS
from publisher.model.delivery import Stage
from publisher.model.records import IssueRecord, MailingRecord
from tests.cli.conftest import Types
from tests.newsrooms import READER, Newsroom, relay_at
from tests.signatures import save_key
from tests.smtp_server import SmtpServer

RECORD = set(IssueRecord.__dataclass_fields__)
MAILING = set(MailingRecord.__dataclass_fields__)
ARTICLE = "Heat returns\n\nIt is hot.\n\nKey Takeaways\n\n-\nOne: this.\n"


def test_init(types: Types, tmp_path: Path) -> None:
    made = types("init", str(tmp_path / "new"), "--json").json

    assert set(made) == {"newsroom", "issues"}
    assert made["newsroom"] == str(tmp_path / "new")
    assert "borrowed-power" in made["issues"]


def test_new(newsroom: Newsroom, types: Types) -> None:
    made = types("new", "What the sea remembers", "--json").json

    assert set(made) == {"path"}
    assert Path(made["path"]).parent == newsroom.issues


def test_import(newsroom: Newsroom, types: Types) -> None:
    (newsroom.root / "article.txt").write_text(ARTICLE)

    made = types("import", "article.txt", "-", "--json", given=ARTICLE.encode()).json

    assert set(made) == {
        *("files", "paths", "findings", "changes"),
        *("arrivals", "left_out", "troubles", "dry_run"),
    }
    assert made["files"] == ["heat-returns.md", "heat-returns-2.md"]
    assert made["troubles"] == []
    assert any("W306" in finding for finding in made["findings"])


def test_check(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "TK")

    found = types("check", "--json", code=1).json
    same = types("check", "--format", "json", code=1).json

    assert found == same
    assert set(found) == {"issues", "findings"}
    length, finding = found["findings"]
    assert length["code"] == "I807"
    assert finding == {
        "code": "E302",
        "severity": "E",
        "path": "issues/heat.md",
        "line": 13,
        "column": None,
        "what": finding["what"],
        "fix": finding["fix"],
        "allowed": False,
        "docs": "checks.md#e302",
    }


def test_the_way_of_an_issue_prints_its_record_at_each_step(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    steps = [
        types("approve", "heat", "--json").json,
        types("queue", "heat", "--at", "+1d", "--json").json,
        types("unqueue", "heat", "--json").json,
        types("queue", "heat", "--at", "+1d", "--json").json,
        types("hold", "heat", "--reason", "wait", "--json").json,
    ]

    assert all(set(step) >= RECORD for step in steps)
    assert [step["state"] for step in steps] == ["approved", "queued", "approved", "queued", "held"]
    assert steps[-1]["reason"] == "wait"
    due = datetime.fromisoformat(steps[1]["due_at"])
    assert due.utcoffset() is not None


def test_release(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    types("queue", "heat", "--at", "+1d")
    types("hold", "heat", "--reason", "wait")

    done = types("release", "heat", "nobody", "--json", code=1)

    assert set(done.json) == {"released", "troubles"}
    assert [record["slug"] for record in done.json["released"]] == ["heat"]
    assert done.json["troubles"][0].startswith("nobody: there is no issue 'nobody'")
    assert done.err.startswith("publisher: nobody: there is no issue")


def test_archive(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    done = types("archive", "heat", "nobody", "--json", code=1).json

    assert set(done) == {"archived", "issues", "troubles"}
    assert (done["archived"], done["issues"]) == (1, ["heat"])
    assert len(done["troubles"]) == 1


def test_send_test(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")

    sent = types("send-test", "heat", "ben@example.net", "--json").json

    assert sent == {
        "hidden_pictures": 0,
        "issue": "heat",
        "list": "weekly",
        "subject": "[Test] A quiet machine",
        "frozen": False,
        "findings": [],
        "sent": [
            {
                "address": "ben@example.net",
                "state": "accepted",
                "code": None,
                "text": sent["sent"][0]["text"],
            }
        ],
    }


def test_publish(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", title="Rain", lists="[]")

    mailed = types("publish", "heat", "--now", "--json").json
    shown = types("publish", "rain", "--now", "--json").json

    assert set(mailed) == {"issue", "mailing"}
    assert set(mailed["mailing"]) == MAILING
    assert (mailed["mailing"]["state"], mailed["mailing"]["audience"]) == ("sent", 1)
    assert mailed["mailing"]["counts"]["accepted"] == 1
    assert shown == {"issue": "rain", "mailing": None}


def test_status(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.writes("rain", title="Rain")
    types("publish", "heat", "--now")
    newsroom.saves("broken.md", "---\ntitle: [\n---\n")

    found = types("status", "--slots", "2", "--json").json

    issues = {issue["slug"]: issue for issue in found["issues"]}
    assert set(found) >= {"now", "issues", "slots", "uncertain", "readers", "last_tick", "troubles"}
    assert set(issues["heat"]) >= {
        *("slug", "state", "due", "title", "reason", "number", "lists", "approved_by", "published"),
        *("difference", "mailing", "withdrawn", "changed"),
    }
    assert set(issues["heat"]["mailing"]) >= {
        *("state", "reason", "audience", "pending", "sending", "accepted", "deferred", "rejected"),
        *("suppressed", "uncertain", "next_try", "finished"),
    }
    assert issues["rain"]["mailing"] is None
    assert [set(slot) for slot in found["slots"]] == [{"list", "moment", "issue"}] * 2
    assert found["slots"][0]["issue"] == "rain"
    assert found["readers"] == {"weekly": 1, "extra": 0}
    assert "issues/broken.md" in found["troubles"][0]


def test_build(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat", status="archived", date="2020-01-01")

    built = types("build", "site", "--drafts", "--json").json

    assert set(built) == {"written", "unchanged", "removed", "troubles"}
    assert built["written"] > 0
    assert built["troubles"] == []


def test_subscribers(newsroom: Newsroom, types: Types) -> None:
    (newsroom.root / "readers.csv").write_text("email\ncleo@example.net\nnobody\n")

    added = types("subscribers", "add", READER, "ben@example.net", "--json").json
    partly = types("subscribers", "add", "dora@example.net", "nobody", "--json", code=1).json
    source = ("--source", "signed up at the fair")
    imported = types("subscribers", "import", "readers.csv", *source, "--json", code=1).json
    listed = types("subscribers", "list", "--json").json

    assert added == {READER: {"weekly": "already subscribed"}, "ben@example.net": {"weekly": "added"}}
    assert partly == {"dora@example.net": {"weekly": "added"}}
    assert set(imported) == {
        *("counts", "refused", "refused_rows", "rows", "new_readers", "not_active", "without_address"),
        *("columns", "not_used"),
        *("errors", "dry_run", "went_on_at", "finished_before"),
    }
    assert imported["counts"]["added"] == 1
    assert "readers.csv:3" in imported["refused"][0]
    assert len(listed) == 4
    assert set(listed[0]) == {
        *("subscriber", "public_id", "address", "list", "state", "since", "consent", "is_former")
    }


def test_dkim(newsroom: Newsroom, types: Types) -> None:
    save_key(newsroom.root / "dkim.pem")
    newsroom.sets('[dkim]\nkey_file = "dkim.pem"\nselector = "news"\n')

    record = types("dkim", "--json").json

    assert set(record) == {"name", "type", "value"}
    assert (record["name"], record["type"]) == ("news._domainkey.example.net", "TXT")


def test_pause(newsroom: Newsroom, types: Types) -> None:
    _begins_mailing(newsroom, "heat")

    paused = types("pause", "heat", "--reason", "a wrong name", "--json").json

    assert set(paused) == MAILING
    assert (paused["state"], paused["reason"]) == ("paused", "a wrong name")


def test_pause_without_a_reason(newsroom: Newsroom, types: Types) -> None:
    _begins_mailing(newsroom, "heat")

    paused = types("pause", "heat", "--json").json

    assert paused["state"] == "paused"
    assert paused["reason"].startswith("paused by hand (")


def test_resume(newsroom: Newsroom, types: Types) -> None:
    _begins_mailing(newsroom, "heat")
    types("pause", "heat", "--reason", "a wrong name")

    resumed = types("resume", "heat", "--json").json

    assert set(resumed) == MAILING
    assert (resumed["state"], resumed["reason"]) == ("sending", None)


def test_cancel(newsroom: Newsroom, types: Types) -> None:
    _begins_mailing(newsroom, "heat")

    cancelled = types("cancel", "heat", "--json").json

    assert set(cancelled) == MAILING
    assert (cancelled["state"], cancelled["audience"]) == ("cancelled", 1)


def test_uncertain(newsroom: Newsroom, types: Types) -> None:
    with SmtpServer() as relay:
        newsroom.sets(relay_at(relay.port, more='uncertain = "hold"'))
        relay.when(Stage.DOT, drop=True, times=1)
        newsroom.writes("heat")
        types("publish", "heat", "--now", code=None)

        decided = types("uncertain", "heat", "--leave", "--json").json

    assert decided == {"issue": "heat", "uncertain": 1, "left": 0, "resend": False}


def test_retry(newsroom: Newsroom, types: Types) -> None:
    with SmtpServer() as relay:
        newsroom.sets(relay_at(relay.port))
        relay.when(Stage.RCPT, "550 5.4.1 not for us", times=1)
        newsroom.writes("heat")
        types("publish", "heat", "--now", code=None)

        done = types("retry", "heat", "--all", "--json").json

    assert done == {"issue": "heat", "again": 1, "left_out": 0}


def test_verify(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    types("publish", "heat", "--now")

    found = types("verify", "--json").json

    assert (found["holds"], found["mailings"], found["deliveries"]) == (True, 1, 1)
    assert [each["code"] for each in found["invariants"]] == [f"I{number}" for number in range(1, 10)]
    assert {tuple(each) for each in found["invariants"]} == {("code", "sentence", "faults", "more")}


def test_purge(types: Types) -> None:
    would, done = types("purge", "--dry-run", "--json").json, types("purge", "--json").json

    assert (would["dry_run"], done["dry_run"]) == (True, False)
    assert {tuple(each) for each in done["purged"]} == {("kind", "before", "rows")}
    assert {each["kind"] for each in done["purged"]} >= {"pending", "links", "notices", "words", "budgets"}


def test_clicks(newsroom: Newsroom, types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clicks, "FEWEST", 0)
    newsroom.sets(instead=("[lists.extra]", "clicks = true\n[lists.extra]"))
    newsroom.writes("heat")
    types("publish", "heat", "--now")

    found = types("clicks", "heat", "--json").json

    assert found["issue"] == "heat"
    assert {"number": 2, "url": "https://example.net/heat", "clicks": 0} in found["links"]


def _begins_mailing(newsroom: Newsroom, slug: str) -> None:
    """Publish an issue and send nothing of it yet."""
    newsroom.writes(slug)
    with newsroom.opened() as publisher:
        publish_now(publisher, slug)


def test_correct(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    types("publish", "heat", "--now")
    newsroom.edits("heat", "it grew", "it shrank")

    done = types("correct", "heat", "--note", "It shrank.", "--json").json

    assert set(done) >= {
        *("issue", "is_same", "is_minor", "is_reordered", "is_public", "note"),
        *("changed", "added", "removed", "titles", "files", "moved", "difference"),
    }
    assert (done["is_public"], done["changed"], done["note"]) == (True, ["heat"], "It shrank.")


def test_segment(types: Types) -> None:
    tried = types("segment", "domain:example.net", "--json").json

    assert set(tried) == {"segment", "filter", "shares", "readers", "unchosen"}
    assert [set(each) for each in tried["shares"]] == [{"list", "readers", "of"}] * 2
    assert tried["readers"] == 1


def test_withdraw(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    types("publish", "heat", "--now")

    done = types("withdraw", "heat", "--reason", "Made up.", "--yes", "--json").json

    assert set(done) >= {"issue", "reason", "at", "mailed", "on_their_way", "audience", "is_cancelled"}
    assert (done["reason"], done["mailed"], done["audience"]) == ("Made up.", 1, 1)
    assert datetime.fromisoformat(done["at"]).utcoffset() is not None


def test_every_command_with_json_is_tested_here() -> None:
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    steps = {"approve", "queue", "unqueue", "hold"}

    assert set(COMMANDS) - {"serve", "worker", "preview", "demo", "report"} <= tested | steps


@pytest.mark.parametrize("words", [("queue", "nobody", "--json"), ("status", "--json")])
def test_trouble_prints_no_document(newsroom: Newsroom, types: Types, words: tuple[str, ...]) -> None:
    newsroom.sets("[wbe]\n")

    said = types(*words, code=1)

    assert said.out == ""
    assert "there is no setting 'wbe' (did you mean 'web'?)" in said.err
