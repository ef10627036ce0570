"""Settings: one frozen object made from `publisher.toml` and the environment.

The environment wins: section and key in capitals after `PUBLISHER_`, as in `PUBLISHER_DATABASE_URL`.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from difflib import get_close_matches
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import ClassVar, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from publisher.model.edition import Masthead
from publisher.model.story import Role
from publisher.model.timetable import Timetable, parse_hours, parse_skip
from publisher.settings_joining import JoiningSettings
from publisher.settings_privacy import PrivacySettings
from publisher.settings_segments import Segments, check_segments
from publisher.settings_sending import (
    DeliverySettings,
    DkimSettings,
    FolderSettings,
    NotifySettings,
    OtherRelaySettings,
    RelaySettings,
    ReportsSettings,
)
from publisher.settings_types import (
    ADDRESS,
    PLAIN_URL,
    Colour,
    Duration,
    Language,
    Section,
    Tag,
    wrong,
)

SAMPLE_DOMAIN = "example.org"
"""Senders under this domain are still the sample's; nothing may be mailed from it through a real relay."""

SAMPLE_POSTAL_ADDRESS = "00000 Sampleville"
"""Part of the sample newsroom's postal address."""


class PublicationSettings(Section):
    """Who speaks."""

    title: str
    """Name of the publication, in mails, pages and feeds."""
    description: str = ""
    """One sentence for the front page and the feeds."""
    home_url: str = "http://127.0.0.1:8000"
    """Address of the front page, http or https, as readers reach it."""
    tag: Tag
    """Authority of all permanent ids (RFC 4151), a domain of yours and a year you had it: "example.org,2026".
    Written once and never changed, not even when the site moves."""
    language: Language = "en"
    """Language of issues that do not say theirs (BCP 47)."""
    timezone: str = "UTC"
    """IANA name of the place whose wall clock all dates and slots mean."""
    sender: str
    """From header of every mail: "Name <address>"."""
    reply_to: str = ""
    """Mailbox that people read; the sender if empty."""
    postal_address: str
    """Where you can be written to; the law wants it in the footer of every mail."""
    accent: Colour = "#0b5cad"
    """Colour of links and buttons, "#rrggbb", dark enough to be read on white."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            near = get_close_matches(value, sorted(available_timezones()), n=1)
            guess = f"did you mean '{near[0]}'?" if near else 'write one such as "Europe/Madrid"'
            raise ValueError(f"there is no such time zone; {guess}") from None
        return value

    @field_validator("home_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        parts = urlsplit(value)
        is_plain = re.fullmatch(r"[!-~]+", value) and not re.search(r"[<>\"?#]", value)
        if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
            raise ValueError('write the full address of the front page, such as "https://news.example.org"')
        if len(value) > 200:
            raise ValueError("the address of the front page has more than 200 characters; every link has it")
        return value.rstrip("/")

    @field_validator("sender", "reply_to")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        if value and not ADDRESS.fullmatch(parseaddr(value)[1]):
            raise ValueError('write a name and an address, such as "Daily <daily@example.org>"')
        return value


class ListSettings(Section):
    """A list that readers are on, and when it goes out."""

    title: str = Field(default="", max_length=80)
    """What readers see, at most 80 characters; the name of the list if empty."""
    description: str = ""
    """One sentence on what they will get."""
    public: bool = True
    """Whether readers may choose it themselves."""
    slots: tuple[str, ...] = ()
    """When its issues may go out, on the publication's clock: "Tue 06:30", or "06:30" for every day."""
    skip: tuple[str, ...] = ()
    """Days without slots: "2026-12-25", or a range "2026-08-03/2026-08-21" with both ends."""
    clicks: bool = False
    """Whether links in its mails count clicks, for readers who agreed to that; never by whom."""

    @field_validator("slots")
    @classmethod
    def _readable_slots(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for slot in value:
            parse_hours(slot)
        return value

    @field_validator("skip")
    @classmethod
    def _readable_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for days in value:
            parse_skip(days)
        return value


class PublishingSettings(Section):
    """How an issue gets out."""

    approval: Literal["none", "required"] = "none"
    """"none": a ready issue takes the next free slot by itself; "required": somebody approves it first."""
    default_list: str = ""
    """List of issues that do not name any; the first list if empty."""
    max_lateness: Duration = timedelta(hours=6)
    """An issue later than this is held instead of sent."""
    freeze: Duration = timedelta(minutes=10)
    """A queued issue whose files change this shortly before its slot is held."""


class WebSettings(Section):
    """The server of `publisher serve`."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    search: bool = True
    """Whether pages offer to search the archive; a site of static files alone cannot."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks of proxies in front, such as "127.0.0.1": what they say of where readers are is believed."""

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise ValueError('write addresses or networks, such as "127.0.0.1" or "10.0.0.0/8"') from None
        return value


class FeedsSettings(Section):
    """What feed readers poll."""

    hubs: tuple[str, ...] = ()
    """WebSub hubs that are told of every change, and that feeds name: "https://hub.example.org/"."""
    purist: bool = False
    """Serve RSS and Atom as `application/rss+xml` and `application/atom+xml`: browsers then show source or a
    download instead of a readable page."""

    @field_validator("hubs")
    @classmethod
    def _absolute(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for hub in value:
            parts = urlsplit(hub)
            if parts.scheme not in ("http", "https") or not parts.hostname or not PLAIN_URL.fullmatch(hub):
                raise ValueError('write the full address of a hub, such as "https://hub.example.org/"')
        return value


class DatabaseSettings(Section):
    """Where facts are kept."""

    url: SecretStr = SecretStr("")
    """Empty for `var/publisher.db`, else "postgresql://USER:PASSWORD@HOST/NAME"."""


class CheckSettings(Section):
    """What `publisher check` looks for."""

    off: tuple[str, ...] = ()
    """Codes this newsroom does not want to hear of, such as "W503"; errors of groups 0 and 1 always count."""
    max_mail_bytes: int = Field(default=100_000, ge=10_000)
    """Largest mail, in bytes of its HTML: the last stories of a larger one become excerpts. Above 102 kB
    Gmail hides the end."""
    max_picture_bytes: int = Field(default=200_000, ge=10_000)
    """Largest picture, in bytes of its file."""
    max_picture_width: int = Field(default=1_200, ge=100)
    """Widest picture, in pixels."""
    min_subject: int = Field(default=10, ge=1)
    """Shortest subject, in columns; Chinese and Japanese characters take two."""
    max_subject: int = Field(default=78, ge=20)
    """Longest subject, in columns."""
    max_lead_paragraphs: int = Field(default=2, ge=1)
    """Most paragraphs of a lead."""
    max_takeaway_words: int = Field(default=30, ge=5)
    """Most words of a takeaway; two Chinese or Japanese characters count as one."""


class ContentSettings(Section):
    """How files are read."""

    headings: dict[str, Role] = Field(default_factory=dict)
    """Own headings for the roles of sections: "worum-es-geht" = "why-it-matters"."""


class Settings(BaseSettings):
    """Everything that can be set. `root` is the folder of the newsroom."""

    model_config = SettingsConfigDict(
        env_prefix="PUBLISHER_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="forbid",
        frozen=True,
    )
    FILE: ClassVar[str] = "publisher.toml"

    root: Path
    publication: PublicationSettings
    lists: dict[str, ListSettings]
    segments: Segments = Field(default_factory=dict)
    publishing: PublishingSettings = PublishingSettings()
    delivery: DeliverySettings = DeliverySettings()
    folder: FolderSettings = FolderSettings()
    smtp: RelaySettings = RelaySettings()
    relays: dict[str, OtherRelaySettings] = Field(default_factory=dict)
    dkim: DkimSettings = DkimSettings()
    reports: ReportsSettings = ReportsSettings()
    notify: NotifySettings = NotifySettings()
    web: WebSettings = WebSettings()
    joining: JoiningSettings = JoiningSettings()
    privacy: PrivacySettings = PrivacySettings()
    feeds: FeedsSettings = FeedsSettings()
    database: DatabaseSettings = DatabaseSettings()
    check: CheckSettings = CheckSettings()
    content: ContentSettings = ContentSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content comes as arguments."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _lists_make_sense(self) -> Self:
        if not self.lists:
            raise wrong("there is no list; add one such as [lists.weekly]", "lists")
        for name in self.lists:
            if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", name):
                raise wrong("the name of a list is made of small letters, digits and hyphens", "lists", name)
        default = self.publishing.default_list
        if default and default not in self.lists:
            raise wrong(
                f"there is no list '{default}'; the lists are: {', '.join(self.lists)}",
                "publishing",
                "default_list",
            )
        return self

    @model_validator(mode="after")
    def _segments_make_sense(self) -> Self:
        check_segments(self.segments, self.lists)
        return self

    @model_validator(mode="after")
    def _relays_have_own_names(self) -> Self:
        if "smtp" in self.relays:
            raise wrong("this is the name of [smtp]; choose another one", "relays", "smtp")
        return self

    @property
    def issues(self) -> Path:
        """The folder of the issues."""
        return self.root / "issues"

    @property
    def var(self) -> Path:
        """The folder of everything that the publisher itself writes."""
        return self.root / "var"

    @property
    def database_url(self) -> str:
        """The database's address as SQLAlchemy spells it."""
        return self.database.url.get_secret_value() or f"sqlite:///{self.var / 'publisher.db'}"

    @property
    def default_lists(self) -> tuple[str, ...]:
        """The lists of an issue that names none."""
        return (self.publishing.default_list or next(iter(self.lists)),)

    @property
    def sender_address(self) -> str:
        """The bare address that mails come from."""
        return parseaddr(self.publication.sender)[1]

    @property
    def sender_is_sample(self) -> bool:
        """Whether mails would still come from the sample newsroom's address."""
        return is_of_sample(self.sender_address)

    def masthead(self) -> Masthead:
        """Return who speaks, as editions freeze it."""
        publication = self.publication
        return Masthead(
            title=publication.title,
            home_url=publication.home_url,
            tag=publication.tag,
            lang=publication.language,
            timezone=publication.timezone,
            sender_name=parseaddr(publication.sender)[0] or publication.title,
            sender_address=self.sender_address,
            reply_to=parseaddr(publication.reply_to)[1] or self.sender_address,
            postal_address=publication.postal_address,
            description=publication.description,
            accent=publication.accent,
            mail_bytes=self.check.max_mail_bytes,
        )

    @property
    def relay_names(self) -> tuple[str, ...]:
        """The relays over which mail goes, in order of preference; none if it goes elsewhere."""
        return ("smtp", *self.relays) if self.delivery.transport == "smtp" else ()

    def timetable(self, name: str) -> Timetable:
        """Return the slots of list `name`; a list that is no more has none."""
        own = self.lists.get(name, ListSettings())
        hours: list[tuple[int, time]] = [hour for slot in own.slots for hour in parse_hours(slot)]
        skip: list[tuple[date, date]] = [parse_skip(days) for days in own.skip]
        return Timetable(
            name=name, zone=self.publication.timezone, hours=tuple(sorted(hours)), skip=tuple(skip)
        )

    def list_title(self, name: str) -> str:
        """Return what readers call list `name`."""
        own = self.lists.get(name)
        return own.title if own and own.title else name


NAMED: Final[dict[str, type[Section]]] = {"lists": ListSettings, "relays": OtherRelaySettings}
"""Sections of which there may be several, each with a name of its own."""


FREE: Final = {
    "segments": "Filters by names of your choice, for `segment` in the front matter of issues: "
    "`energy-fans = 'tag:energy AND NOT bounced'`. [Filters](filters.md) tells the language.",
}
"""Sections whose keys are names that an editor chooses, with what they are for."""


def is_of_sample(address: str) -> bool:
    """Return whether a sender's address is still the sample newsroom's."""
    domain = address.rpartition("@")[2].lower()
    return domain == SAMPLE_DOMAIN or domain.endswith("." + SAMPLE_DOMAIN)
