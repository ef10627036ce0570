"""The list of feeds (OPML 2.0) that feed readers import: each content once, not once per format."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from publisher.model.characters import clean_line
from publisher.model.edition import Edition
from publisher.model.fillins import Ink
from publisher.model.rendered import Artefact, Part, Site
from publisher.model.shelves import address
from publisher.outputs.feed import feed_path, feed_title, main_shelves
from publisher.theme import Theme


class OpmlOutput:
    """`/feeds.opml`."""

    name = "opml"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:  # noqa: ARG002 (every output's signature)
        """Return nothing: the list names feeds that others join."""
        return ()

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (every output's signature)
        """Return the list with the feed of stories, that of issues, and those of lists if there are several.

        Feeds of tags stay out: whoever imports the list would read each story once more for each of its tags.
        """
        masthead, title = site.masthead, clean_line(site.masthead.title)
        outlines = "\n".join(
            f'<outline type="rss" text={quoteattr(feed_title(masthead, shelf))} '
            f"title={quoteattr(feed_title(masthead, shelf))} "
            f"xmlUrl={quoteattr(masthead.home_url + address(feed_path(shelf, 'atom')))} "
            f"htmlUrl={quoteattr(masthead.home_url + '/')}/>"
            for shelf in main_shelves(site)
        )
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
            f"<head><title>{escape(title)}</title></head>\n<body>\n{outlines}\n</body>\n</opml>\n"
        )
        return (Artefact(path="/feeds.opml", media_type="text/x-opml; charset=utf-8", body=body.encode()),)
