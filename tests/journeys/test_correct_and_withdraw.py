"""An editor corrects what is public, and takes it back: feeds and pages say so, mails stay as they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from publisher.store import public
from publisher.store.schema import shelves
from tests.journeys.conftest import Person

Ready = Callable[..., Path]


def entry(editor: Person) -> dict[str, Any]:
    """Return the newest entry of the stories' feed."""
    with editor.publisher() as publisher, publisher.database.read() as db:
        found = public.find(db, "/feed.json")
    assert found is not None
    first: dict[str, Any] = json.loads(found.body)["items"][0]
    return first


def page(editor: Person, path: str) -> tuple[int, str]:
    with editor.publisher() as publisher, publisher.database.read() as db:
        found = public.find(db, path)
    assert found is not None
    return found.status, found.body.decode()


def test_an_editor_corrects_a_slip_then_an_error_and_then_withdraws_the_issue(
    editor: Person, ready_issue: Ready
) -> None:
    path = ready_issue("heat")
    editor.types("publish", "heat", "--now")
    before, (mail,) = entry(editor), editor.mails()

    assert "there is nothing to correct" in editor.types("correct", "heat").out
    path.write_text(path.read_text().replace("it grew", "it shrank"))
    assert editor.issue("heat")["changed"] is True
    assert "changed since; `publisher correct heat`" in editor.types("status").out
    shown = editor.types("correct", "heat", "--minor", "--dry-run").out
    assert "-First point: it grew." in shown
    assert "+First point: it shrank." in shown
    assert entry(editor) == before

    editor.types("correct", "heat", "--minor")
    minor = entry(editor)
    assert "it shrank" in minor["content_html"]
    assert minor["date_modified"] == before["date_modified"]
    assert editor.issue("heat")["changed"] is False

    path.write_text(path.read_text().replace("nobody had thought so", "everybody knew"))
    done = editor.types("correct", "heat", "--note", "Everybody knew.", "--json").json
    told = entry(editor)
    assert (done["is_public"], done["changed"], done["note"]) == (True, ["heat"], "Everybody knew.")
    assert (told["id"], told["date_published"]) == (before["id"], before["date_published"])
    assert told["date_modified"] >= before["date_modified"]

    said = editor.types("withdraw", "heat", "--reason", "The source was made up.", "--yes").out
    gone = entry(editor)
    assert said == ("heat is withdrawn: The source was made up.\n1 of 1 reader has the mail.\n")
    assert (gone["id"], gone["title"]) == (before["id"], f"Withdrawn: {before['title']}")
    for address in ("/issues/heat/", "/stories/heat/"):
        status, text = page(editor, address)
        assert status == 410
        assert "The source was made up." in text
    assert "A quiet machine" not in page(editor, "/")[1]
    assert editor.issue("heat")["state"] == "withdrawn"
    assert [each.as_bytes() for each in editor.mails()] == [mail.as_bytes()]

    editor.types("build", str(editor.root / "site"))
    built = editor.root / "site"
    assert "The source was made up." in (built / "stories/heat/index.html").read_text()
    refused = editor.types("correct", "heat", code=1)
    assert "a withdrawn issue stays withdrawn" in refused.err

    with editor.publisher() as publisher:
        with publisher.database.begin() as db:
            db.execute(shelves.update().values(leaves_at=publisher.now(db)))
        from publisher.actions.tick import tick  # noqa: PLC0415 - what the server does all the time

        tick(publisher)
        with publisher.database.read() as db:
            feed = public.find(db, "/feed.json")
    assert feed is not None
    assert json.loads(feed.body)["items"] == []
