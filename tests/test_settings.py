"""`publisher.toml` and the environment: what they say, and how every mistake in them is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from pydantic import BaseModel, SecretStr

from publisher.actions.addressing import page_to_leave
from publisher.actions.letter import NOBODY
from publisher.delivery import tokens
from publisher.errors import SettingsError
from publisher.model.delivery import UncertainPolicy
from publisher.model.fillins import LIST, ROOM, UNSUBSCRIBE
from publisher.model.story import Role
from publisher.settings import ListSettings, Settings
from publisher.settings_file import key_lines, load_settings, parse_settings

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = (ROOT / Settings.FILE).read_text(encoding="utf-8")
COMMENTED = re.compile(r'^# (?=(?:"[\w-]+"|\w+) = )', re.MULTILINE)
MINIMAL = """\
[publication]
title = "Heat"
tag = "example.net,2026"
sender = "Heat <heat@example.net>"
postal_address = "1 Street"

[lists.daily]
[lists.weekly]
"""


def read(text: str = MINIMAL) -> Settings:
    """Return the settings of a newsroom in the folder /newsroom."""
    return parse_settings(text, root=Path("/newsroom"))


def refusal(text: str) -> SettingsError:
    """Return the error with which a text is refused."""
    with pytest.raises(SettingsError) as refused:
        read(text)
    assert "\n" not in str(refused.value)
    return refused.value


def changed(before: str, after: str) -> str:
    """Return the shipped settings with one thing changed."""
    assert SHIPPED.count(before) >= 1
    return SHIPPED.replace(before, after, 1)


def every_setting() -> Iterator[tuple[str, str, Any]]:
    """Yield section, key and default of all settings; the section of a list is that of the sample's."""
    for name, field in Settings.model_fields.items():
        model = ListSettings if name == "lists" else field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for key, row in model.model_fields.items():
                yield (
                    "lists.weekly" if name == "lists" else name,
                    key,
                    row.get_default(call_default_factory=True),
                )


def test_the_shipped_settings_are_those_of_the_sample_newsroom() -> None:
    settings = load_settings(ROOT)

    assert settings.publication.title == "The Sample Dispatch"
    assert settings.default_lists == ("weekly",)
    assert settings.issues == ROOT / "issues"
    assert settings.var == ROOT / "var"
    assert settings.database_url == f"sqlite:///{ROOT}/var/publisher.db"
    assert settings.sender_is_sample


@pytest.mark.parametrize(("section", "key", "default"), list(every_setting()))
def test_every_setting_stands_in_the_shipped_file_with_its_default(
    section: str, key: str, default: object
) -> None:
    shown, given = tomllib.loads(COMMENTED.sub("", SHIPPED)), tomllib.loads(SHIPPED)
    settings: Any = read(COMMENTED.sub("", SHIPPED))
    for name in section.split("."):
        shown, given = shown[name], given.get(name, {})
        settings = settings[name] if isinstance(settings, dict) else getattr(settings, name)
    if section == "content":
        assert shown[key]
        return
    line = next(line for line in SHIPPED.splitlines() if re.match(rf"(# )?{key} = ", line))

    assert key in shown
    assert key in given or "default:" in line or getattr(settings, key) == default


def test_all_commented_settings_may_be_switched_on_at_once() -> None:
    settings = read(COMMENTED.sub("", SHIPPED))

    assert settings.smtp.ca_file is None
    assert settings.smtp.password_file is None
    assert settings.content.headings == {"worum-es-geht": Role.WHY_IT_MATTERS}


def test_a_file_with_only_what_is_required_has_the_defaults_for_the_rest() -> None:
    settings = read()

    assert settings.delivery.uncertain is UncertainPolicy.RESEND
    assert settings.publishing.max_lateness == timedelta(hours=6)
    assert settings.default_lists == ("daily",)
    assert settings.list_title("weekly") == "weekly"
    assert settings.list_title("gone") == "gone"
    assert list(settings.timetable("gone").hours) == []
    assert not settings.sender_is_sample


def test_the_masthead_is_made_of_the_publication() -> None:
    masthead = read(
        MINIMAL.replace('title = "Heat"', 'title = "Heat"\nhome_url = "https://h.example/"')
    ).masthead()

    assert (masthead.sender_name, masthead.sender_address) == ("Heat", "heat@example.net")
    assert masthead.reply_to == "heat@example.net"
    assert masthead.home_url == "https://h.example"


def test_the_timetable_of_a_list_has_its_hours_and_its_days_without_slots() -> None:
    table = read(MINIMAL + 'slots = ["Thu 06:30", "Tue 18:00"]\nskip = ["2026-12-25"]\n').timetable("weekly")

    assert table.hours == ((1, time(18, 0)), (3, time(6, 30)))
    assert table.skip == ((date(2026, 12, 25), date(2026, 12, 25)),)
    assert table.zone == "UTC"


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("6h", 21600), ("2d", 172_800), ("0s", 0), ("5 m", 300)]
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    settings = read(f'{MINIMAL}[publishing]\nmax_lateness = "{text}"\n')

    assert settings.publishing.max_lateness == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", ['"soon"', "6", '"6"', '"6 weeks"', '"-1h"', '"1.5h"', '"99999999999999999d"', "true", "[1]"]
)
def test_what_is_no_duration_is_refused_with_examples(value: str) -> None:
    error = refusal(f"{MINIMAL}[publishing]\nmax_lateness = {value}\n")

    assert 'write a number and a unit: "90s", "30m", "6h" or "2d"' in error.what
    assert error.place is not None
    assert error.place.line == 10


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('title = "The Sam', 'titel = "The Sam', "no setting 'publication.titel' (did you mean 'title'?)"),
        ("[publishing]\n", "[publishin]\n", "no setting 'publishin' (did you mean 'publishing'?)"),
        ("[lists.weekly]  ", "[lisst.weekly]  ", "no setting 'lisst' (did you mean 'lists'?)"),
        ("# public = true", "pubic = true", "no setting 'lists.weekly.pubic' (did you mean 'public'?)"),
        ("# username = ", "qqqq = ", "'smtp.qqqq' (remove it, or see docs/reference/settings.md)"),
        ("# port = 8000", "port = 80000", "web.port = 80000: write a number up to 65535"),
        ("# port = 587", "port = 0", "smtp.port = 0: write a number from 1 on"),
        ("# connections = 2", "connections = 60", "delivery.connections = 60: write a number up to 50"),
        ('# transport = "folder"', 'transport = "mail"', """= 'mail': write "folder" or "smtp\""""),
        ('# uncertain = "resend"', 'uncertain = "no"', """= 'no': write "resend" or "hold\""""),
        (
            '# host = "localhost"',
            'host = "mail.example.com:587"',
            "smtp.host = 'mail.example.com:587': write the name alone here, and the port under the key for",
        ),
        ('# host = "localhost"', 'host = "smtp://mail"', "write the name of the server alone, such as"),
        ('# host = "localhost"', 'host = "ann@mail"', "write the name of the server alone, such as"),
        ('# imap_host = ""', 'imap_host = "mail:993"', "reports.imap_host = 'mail:993': write the name"),
        ('# selector = ""', 'selector = "my key"', "dkim.selector = 'my key': write what a name in DNS may"),
        (
            "# domain_rates = {}",
            'domain_rates = {"a@example.com" = "1/s"}',
            "delivery.domain_rates.a@example.com: write what stands after the @ of readers",
        ),
        ("# domain_rates = {}", 'domain_rates = {"gmail" = "1/s"}', "delivery.domain_rates.gmail: write"),
        (
            "[folder]\n",
            '[relays]\nhost = "mail.example.com"\n[folder]\n',
            "stands under [relays], which has only sections with names (write [relays.NAME] with a name",
        ),
        ("[folder]\n", "[relays.smtp]\n[folder]\n", "relays.smtp: this is the name of [smtp]; choose"),
        ("# public = true", 'public = "maybe"', "lists.weekly.public = 'maybe': write true or false"),
        ("# port = 8000", 'port = "abc"', "web.port = 'abc': write a number"),
        ('# approval = "none"', 'approval = "may"', """= 'may': write "none" or "required\""""),
        ('"Tue 06:30", "Thu 06:30"', '"Tur 06:30"', "lists.weekly.slots: 'Tur 06:30' is not a slot"),
        ('["Tue 06:30", "Thu 06:30"]', '"Tue 06:30"', 'write a list: ["one", "two"]'),
        ('# skip = ["2026-12-25", ', 'skip = ["2026-13-25", ', "'2026-13-25' is not a day"),
        ('"Europe/Madrid"', '"Europe/Madird"', "no such time zone; did you mean 'Europe/Madrid'?"),
        ('"Europe/Madrid"', '"??"', 'no such time zone; write one such as "Europe/Madrid"'),
        ('"http://127.0.0.1:8000"', '"news.example.org"', "write the full address of the front page"),
        ('"http://127.0.0.1:8000"', '"https://a b.example"', "write the full address of the front page"),
        ('"example.org,2026"', '"example"', "write a domain of yours and a year you had it"),
        ('# accent = "#0b5cad"', 'accent = "blue"', 'write a colour such as "#0b5cad"'),
        ('# language = "en"', 'language = "English!"', 'write a language tag such as "en" or "pt-BR"'),
        ("<dispatch@example.org>", "<dispatch>", "write a name and an address, such as"),
        ('# lease = "15m"', 'lease = "0s"', "delivery.lease = '0s': this cannot be shorter than a second"),
        ("[lists.weekly]  ", "[lists.Weekly]  ", "lists.Weekly: the name of a list is made of small"),
        ('# default_list = ""', 'default_list = "no"', "there is no list 'no'; the lists are: weekly"),
        ("[web]\n", "[[web]]\n", "web: this is a section, with keys of its own"),
        ('# "worum-es-geht" = "why-it', '"worum" = "why-its', "content.headings.worum = 'why-its-matters'"),
        (
            "# energy-fans = 'tag:",
            "fans = 'tga:",
            "segments.fans = 'tga:energy AND NOT bounced': 'tga' ",
        ),
        ("# energy-fans = 'tag:", "role = 'tag:", "segments.role: the name of a segment is made of small"),
        ("# energy-fans = 'tag:", "fans = 'list:", "there is no list 'energy'; the lists are: weekly"),
        ("[web]\n", "[web\n", "this is not TOML: Expected ']'"),
        ('# host = "127.0.0.1"', 'host = "here', "a quotation mark is not closed"),
        ('# host = "127.0.0.1"', "host = 'here", "a quotation mark is not closed"),
        ('"The Sample Dispatch"', "The Sample", 'texts need quotes, as in title = "My weekly"'),
        ("[folder]\n", "[delivery]\n", "this is not TOML: Cannot declare"),
    ],
)
def test_every_kind_of_mistake_names_file_line_and_key(before: str, after: str, sentence: str) -> None:
    text = changed(before, after)

    error = refusal(text)

    assert sentence in str(error)
    assert error.place is not None
    assert error.place.path == "/newsroom/publisher.toml"
    line = SHIPPED[: SHIPPED.index(before)].count("\n") + 1
    assert error.place.line == line + after.startswith("[relays]")


@pytest.mark.parametrize("host", ["localhost", "192.0.2.1", "::1", "2001:db8::25", "bücher.example"])
def test_a_server_is_named_or_numbered(host: str) -> None:
    assert read(f'{MINIMAL}[smtp]\nhost = "{host}"\n').smtp.host == host


def test_domains_have_rates_in_any_script_each_on_its_line() -> None:
    text = f'{MINIMAL}[delivery.domain_rates]\n"bücher.example" = "1/s"\n"xn--bcher-kva.example" = "2/m"\n'

    assert list(read(text).delivery.domain_rates) == ["bücher.example", "xn--bcher-kva.example"]
    error = refusal(f'{text}"*.example.com" = "1/s"\n')
    assert ":12: delivery.domain_rates.*.example.com: write what" in str(error)


def test_what_is_missing_is_told_at_the_head_of_its_section() -> None:
    error = refusal(MINIMAL.replace("postal_address", "# postal_address"))

    assert str(error) == "/newsroom/publisher.toml:1: 'publication.postal_address' is missing (add it)"


def test_a_newsroom_needs_a_list() -> None:
    assert "'lists' is missing" in str(refusal(MINIMAL.partition("[lists")[0]))
    assert "there is no list; add one such as [lists.weekly]" in str(
        refusal(MINIMAL.partition("[lists")[0] + "[lists]\n")
    )


def test_the_folder_of_the_newsroom_is_not_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_ROOT", "/elsewhere")

    assert read().root == Path("/newsroom")
    assert "'root' cannot be set in the file (remove it)" in str(refusal(f'root = "/elsewhere"\n{MINIMAL}'))


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("smtp", "password", "12345"),
        ("smtp", "password", '["hunter2"]'),
        ("database", "url", "12345"),
        ("database", "url", "{ hunter = 2 }"),
    ],
)
def test_a_secret_of_the_wrong_kind_is_not_repeated(section: str, key: str, value: str) -> None:
    error = refusal(f"{MINIMAL}[{section}]\n{key} = {value}\n")

    assert str(error) == f'/newsroom/publisher.toml:10: {section}.{key}: write a text in quotes: "like this"'


def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_DATABASE_URL", "postgresql://ann:hunter1@db/news")

    settings = read(f'{MINIMAL}[smtp]\npassword = "hunter2"\n')

    assert settings.smtp.password == SecretStr("hunter2")
    assert settings.database_url == "postgresql://ann:hunter1@db/news"
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.smtp)):
        assert "hunter" not in shown


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_WEB_PORT", "9000")
    monkeypatch.setenv("PUBLISHER_SMTP_CA_FILE", "ca.pem")
    monkeypatch.setenv("PUBLISHER_PUBLISHING_MAX_LATENESS", "1h")
    monkeypatch.setenv("PUBLISHER_CHECK_OFF", '["W503"]')

    settings = read(f"{MINIMAL}[web]\nport = 1\n")

    assert settings.web.port == 9000
    assert settings.smtp.ca_file == Path("ca.pem")
    assert settings.publishing.max_lateness == timedelta(hours=1)
    assert settings.check.off == ("W503",)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "PUBLISHER_WEB_PORT",
            "abc",
            "PUBLISHER_WEB_PORT: web.port = 'abc': write a number",
        ),
        ("publisher_web_port", "abc", "publisher_web_port: web.port = 'abc'"),
        (
            "PUBLISHER_WEB_PROT",
            "1",
            "PUBLISHER_WEB_PROT: there is no setting 'web.prot' (did you mean 'port'?)",
        ),
        ("PUBLISHER_DELIVERY_LEASE", "5", "PUBLISHER_DELIVERY_LEASE: delivery.lease = '5': write a number"),
        ("PUBLISHER_WEB", "5", "PUBLISHER_WEB: web = 5: this is a section, with keys of its own"),
        ("PUBLISHER_WEB", "five", "PUBLISHER_WEB cannot be read (lists and tables are written as JSON"),
        ("PUBLISHER_CHECK_OFF", "W503", "PUBLISHER_CHECK_OFF cannot be read (lists and tables are written"),
        ("PUBLISHER_LISTS_DAILY", '{"slots": ["x"]}', "PUBLISHER_LISTS_DAILY: lists.daily.slots: 'x' is not"),
        (
            "PUBLISHER_PUBLISHING_DEFAULT_LIST",
            "no",
            "PUBLISHER_PUBLISHING_DEFAULT_LIST: publishing.default_list",
        ),
    ],
)
def test_an_error_of_the_environment_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)

    error = refusal(MINIMAL)

    assert str(error).startswith(sentence)
    assert error.place is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no publisher.toml in"),
        (b'title = "\xff"', r"publisher\.toml: this file is not UTF-8 \(save it"),
        (b"\0", "this is not TOML"),
    ],
)
def test_a_file_that_is_not_there_or_no_text_is_told(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / Settings.FILE).write_bytes(content)

    with pytest.raises(SettingsError, match=sentence) as refused:
        load_settings(tmp_path)

    assert refused.value.fix


def test_settings_that_the_disk_does_not_give_are_named_once_and_without_a_number(tmp_path: Path) -> None:
    (tmp_path / Settings.FILE).mkdir()

    with pytest.raises(SettingsError) as refused:
        load_settings(tmp_path)

    path = tmp_path / Settings.FILE
    assert str(refused.value) == f"{path}: this file cannot be read: is a directory (look at its rights)"


def test_a_file_that_windows_saved_is_read_like_any_other(tmp_path: Path) -> None:
    (tmp_path / Settings.FILE).write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())

    assert load_settings(tmp_path).publication.title == "Heat"


names = st.from_regex(r"[a-z][a-z0-9_-]{0,7}", fullmatch=True)
values = st.one_of(
    st.integers().map(str),
    st.text(st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=("Cc", "Cs"))).map(
        '"{}"'.format
    ),
    st.just('[\n  "one", # = two\n  "three",\n]'),
)
sections = st.dictionaries(names, st.dictionaries(names, values, max_size=4), max_size=4)


@given(sections, st.sampled_from(["[{}]", "  [ {} ] # = comment", '["{}"]']), st.sampled_from(["{}", '"{}"']))
def test_each_table_and_key_is_found_on_its_line(
    document: dict[str, dict[str, str]], head: str, quoted: str
) -> None:
    text = "# first line\n"
    expected: dict[tuple[str, ...], int] = {}
    for name, keys in document.items():
        expected[(name,)] = text.count("\n") + 1
        text += head.format(name) + "\n"
        for key, value in keys.items():
            expected[name, key] = text.count("\n") + 1
            text += f"{quoted.format(key)} = {value}\n"

    assert tomllib.loads(text).keys() == document.keys()
    assert key_lines(text) == expected


def test_what_stands_in_every_mail_has_room_in_it_at_its_longest() -> None:
    title, home = "&" * 80, f"https://{'a' * 60}.example.net/{'n' * 200}"[:200]
    longest = changed('title = "The Weekly"', f'title = "{title}"').replace("http://127.0.0.1:8000", home)
    settings = read(longest)
    name = "w" * 32
    token = tokens.make(b"", kid=str(10**18), public_id=NOBODY, list=name)

    assert len(escape(settings.list_title("weekly")).encode()) <= ROOM[LIST]
    assert len("🎈" * 80) * 4 <= ROOM[LIST]
    assert len(page_to_leave(settings.publication.home_url, token)) <= ROOM[UNSUBSCRIBE]
    assert "80 characters" in str(refusal(longest.replace(title, f"{title}x")))
    assert "200 characters" in str(refusal(longest.replace(home, f"{home}x")))
