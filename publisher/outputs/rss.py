"""RSS 2.0 feeds of stories and of issues, with whole articles in `content:encoded`."""

from __future__ import annotations

from publisher.model.edition import Edition
from publisher.model.fillins import Ink
from publisher.model.rendered import Artefact, Part, Site
from publisher.outputs.feed import channels, entries
from publisher.outputs.feedgen_adapter import MEDIA_TYPE, PURE_RSS, rss_entries, rss_feed
from publisher.theme import Theme


class RssOutput:
    """`/feed.rss` and `/issues/feed.rss`."""

    name = "rss"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:  # noqa: ARG002 (every output's signature)
        """Return one `item` for the issue and one for each story, with tokens for dates."""
        found = entries(edition, ink=ink)
        return tuple(
            Part(output=self.name, key=entry.key, media_type=MEDIA_TYPE, body=body)
            for entry, body in zip(found, rss_entries(found), strict=True)
        )

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (every output's signature)
        """Return every feed that has to be made, and the volumes of their archives."""
        return tuple(
            Artefact(
                path=channel.path,
                media_type=MEDIA_TYPE if not channel.is_purist else PURE_RSS,
                body=rss_feed(channel),
                link=channel.link,
            )
            for channel in channels(site, output=self.name)
        )
