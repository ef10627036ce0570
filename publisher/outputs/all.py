"""Every output format, in the order in which they are printed: a new one is a module and a row here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from publisher.model.edition import Edition
from publisher.model.fillins import Ink
from publisher.model.rendered import Artefact, Part, Site
from publisher.outputs.atom import AtomOutput
from publisher.outputs.email import EmailOutput
from publisher.outputs.json_feed import JsonFeedOutput
from publisher.outputs.opml import OpmlOutput
from publisher.outputs.output import Output
from publisher.outputs.page import PageOutput
from publisher.outputs.plain import PlainOutput
from publisher.outputs.rss import RssOutput
from publisher.outputs.sitemap import SitemapOutput
from publisher.outputs.text import TextOutput
from publisher.theme import Theme

_ROWS: Final[tuple[Output, ...]] = (
    RssOutput(),
    AtomOutput(),
    JsonFeedOutput(),
    PageOutput(),
    SitemapOutput(),
    OpmlOutput(),
    EmailOutput(),
    TextOutput(),
    PlainOutput(),
)

OUTPUTS: Final[dict[str, Output]] = {output.name: output for output in _ROWS}
"""The outputs by name."""


TEMPLATED: Final = ("page", "email", "text")
"""The outputs that templates make; the others are the same whatever the theme."""


def render_all(
    edition: Edition, *, theme: Theme, ink: Ink, only: Collection[str] = tuple(OUTPUTS)
) -> tuple[Part, ...]:
    """Print an edition in every format, or in those of the names `only`.

    Raises:
        ThemeError: a template cannot be rendered.
    """
    wanted = [output for name, output in OUTPUTS.items() if name in only]
    return tuple(part for output in wanted for part in output.render(edition, theme=theme, ink=ink))


def join_all(site: Site, *, theme: Theme) -> tuple[Artefact, ...]:
    """Make all shared artefacts of a site, each at a path of its own.

    Raises:
        ThemeError: a template cannot be rendered.
    """
    return tuple(artefact for output in OUTPUTS.values() for artefact in output.join(site, theme=theme))
