"""Atom feeds (RFC 4287) of stories and of issues, with whole articles inside."""

from __future__ import annotations

from publisher.model.edition import Edition
from publisher.model.fillins import Ink
from publisher.model.rendered import Artefact, Part, Site
from publisher.outputs.feed import channels, entries
from publisher.outputs.feedgen_adapter import MEDIA_TYPE, PURE_ATOM, atom_entries, atom_feed
from publisher.theme import Theme


class AtomOutput:
    """`/feed.atom` and `/issues/feed.atom`."""

    name = "atom"

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:  # noqa: ARG002 (every output's signature)
        """Return one `entry` for the issue and one for each story, with tokens for dates."""
        found = entries(edition, ink=ink)
        return tuple(
            Part(output=self.name, key=entry.key, media_type=MEDIA_TYPE, body=body)
            for entry, body in zip(found, atom_entries(found), strict=True)
        )

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:  # noqa: ARG002 (every output's signature)
        """Return every feed that has to be made, and the volumes of their archives."""
        return tuple(
            Artefact(
                path=channel.path,
                media_type=MEDIA_TYPE if not channel.is_purist else PURE_ATOM,
                body=atom_feed(channel),
                link=channel.link,
            )
            for channel in channels(site, output=self.name)
        )
