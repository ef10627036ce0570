"""Somebody moves in from elsewhere: all is online under its old date and id, and nobody gets a mail."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import pytest
from PIL import Image

from publisher.actions.deliver import Sender
from publisher.actions.send_now import sender_for
from publisher.actions.tick import tick
from publisher.cli.newsroom import now
from tests.journeys.conftest import Person

MONTHS = range(1, 13)
HUGO = """\
---
title: "Letter {month}: the sea, again"
date: 2023-{month:02}-14T09:00:00+01:00
tags: [sea, letters]
guid: "https://old.example.org/letters/{month}"
layout: letter
---

The sea of month {month} said <em>nothing</em> new.

{{{{< youtube abc{month}defgh >}}}}

![](waves.png)

- [ ] Come back
- See [the last one](../letter-{before}/)
"""


@pytest.fixture
def old_site(tmp_path: Path) -> Path:
    """Return a zip of a site with twelve letters, each a leaf bundle with a picture."""
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hugo.toml", 'baseURL = "https://old.example.org/"\n')
        archive.writestr("__MACOSX/._x.md", "x")
        archive.writestr("layouts/single.html", "x")
        for month in MONTHS:
            text = HUGO.format(month=month, before=max(1, month - 1))
            archive.writestr(f"content/letters/letter-{month}/index.md", text)
            archive.writestr(f"content/letters/letter-{month}/waves.png", picture(month))
    return path


def picture(shade: int) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(body, "PNG")
    return body.getvalue()


def deliver(editor: Person) -> None:
    """Let the clock tick, and send all that may be sent."""
    with editor.publisher(now) as publisher:
        tick(publisher)
        sender: Sender | None = sender_for(publisher, until_idle=True)
        assert sender is not None
        while sender.is_alive:
            pass
        sender.close()


def test_a_site_moves_in_and_everything_is_online_under_old_dates_and_ids_without_a_mail(
    editor: Person, old_site: Path
) -> None:
    editor.sets("http://127.0.0.1:8000", "https://letters.example.net")
    before = sorted(path.name for path in (editor.root / "issues").iterdir())

    tried = editor.types("import", str(old_site), "--dry-run", "--json").json
    untouched = sorted(path.name for path in (editor.root / "issues").iterdir())
    said = editor.types("import", str(old_site), "--json").json
    again = editor.types("import", str(old_site), "--json").json
    deliver(editor)
    archived = editor.types("archive", *_slugs(said))
    deliver(editor)
    editor.types("build", str(editor.root / "site"))

    assert untouched == before
    assert _fates(tried) == _fates(said) == {"held": 12}
    assert _fates(again) == {"here already": 12}
    assert [each["errors"] for each in said["arrivals"] if each["errors"]] == []
    assert "12 of 12 issues archived" in archived.out
    assert editor.mails() == []
    entries = {
        entry.id: entry for entry in feedparser.parse((editor.root / "site/feed.atom").read_bytes()).entries
    }
    for month in MONTHS:
        entry = entries[f"https://old.example.org/letters/{month}"]
        assert entry.published == f"2023-{month:02}-14T07:59:59Z", "a story is a second older than its issue"
        page = editor.root / f"site/stories/letter-{month}/index.html"
        assert f"The sea of month {month} said <em>nothing</em> new." in page.read_text(encoding="utf-8")
        assert (editor.root / f"site/issues/letter-{month}/index.html").is_file()
    assert "/stories/letter-4/" in (editor.root / "site/stories/letter-5/index.html").read_text(
        encoding="utf-8"
    )


def test_not_even_a_release_mails_what_was_brought_in(editor: Person, old_site: Path) -> None:
    editor.sets("http://127.0.0.1:8000", "https://letters.example.net")
    said = editor.types("import", str(old_site), "--json").json

    for arrival in said["arrivals"]:
        for path in (editor.root / arrival["path"]).glob("*.md"):
            path.write_text(path.read_text(encoding="utf-8").replace("\nid:", "\nallow: [W306, W505]\nid:"))
    editor.types("release", _slugs(said)[0])
    editor.types("publish", _slugs(said)[1], "--now")
    deliver(editor)

    assert editor.mails() == []


def _fates(said: dict[str, list[dict[str, str]]]) -> dict[str, int]:
    fates = [arrival["fate"] for arrival in said["arrivals"]]
    return {fate: fates.count(fate) for fate in fates}


def _slugs(said: dict[str, list[dict[str, str]]]) -> list[str]:
    return [f"letter-{each['path'].rpartition('letter-')[2]}" for each in said["arrivals"]]
