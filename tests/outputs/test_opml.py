from __future__ import annotations

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from publisher.outputs.opml import OpmlOutput
from tests.editions import HOME
from tests.sites import site, theme


def test_each_content_is_listed_once_with_its_feed_and_its_page() -> None:
    (artefact,) = OpmlOutput().join(site(), theme=theme())

    opml = etree.fromstring(artefact.body)

    assert opml.findtext("head/title") == "Field Notes & Co."
    assert [dict(outline.attrib) for outline in opml.iter("outline")] == [
        {"type": "rss", "text": title, "title": title, "xmlUrl": HOME + path, "htmlUrl": f"{HOME}/"}
        for title, path in (
            ("Field Notes & Co.", "/feed.atom"),
            ("Field Notes & Co. – Issues", "/issues/feed.atom"),
        )
    ]
