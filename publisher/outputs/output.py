"""What every output format promises."""

from __future__ import annotations

from typing import Protocol

from publisher.model.edition import Edition
from publisher.model.fillins import Ink
from publisher.model.rendered import Artefact, Part, Site
from publisher.theme import Theme


class Output(Protocol):
    """A format in which editions are printed and, where readers share something, joined.

    Both methods are pure: equal arguments give equal bytes in any process, time zone, locale and hash seed.
    """

    @property
    def name(self) -> str:
        """The format's name: its key in `OUTPUTS` and in the `entries` of cards."""

    def render(self, edition: Edition, *, theme: Theme, ink: Ink) -> tuple[Part, ...]:
        """Print what this format makes of one edition, once, with `ink`'s tokens for the issue fill-ins."""

    def join(self, site: Site, *, theme: Theme) -> tuple[Artefact, ...]:
        """Make what all readers share from parts that are filled in, whenever something is published.

        The cost is that of `site.recent` and `site.touched`, never that of the archive.
        """
