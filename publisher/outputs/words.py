"""The few words that pages and feeds say themselves, by language, and how a date is written.

To add a language, add a row. Text of a language that has none gets English, marked as English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language; `{}` stands where a number, name or year goes."""

    lang: str
    day: str
    months: str
    about: str
    archive: str
    back: str
    earlier: str
    feeds: str
    feeds_text: str
    footnotes: str
    in_this_issue: str
    issue: str
    issues: str
    latest: str
    minutes: str
    missing: str
    missing_text: str
    nothing_yet: str
    original: str
    part_of: str
    pages: str
    skip: str
    source: str
    sponsor: str
    stories: str
    year: str

    def date(self, day: date) -> str:
        """Write `day` in full, as running text of this language does."""
        months = self.months.split()
        month = months[day.month - 1] if months else day.month
        return self.day.format(day=day.day, month=month, year=day.year)


def words(lang: str) -> Words:
    """Return the words for a BCP 47 tag: those of its primary language, else English."""
    return WORDS.get(lang.partition("-")[0].lower(), WORDS["en"])


_ROWS: Final = (
    Words(
        lang="en",
        day="{day} {month} {year}",
        months="January February March April May June July August September October November December",
        about="About",
        archive="Archive",
        back="Front page",
        earlier="Earlier issues",
        feeds="Feeds",
        feeds_text="Read in a feed reader: whole stories, no tracking, no account.",
        footnotes="Notes",
        in_this_issue="In this issue",
        issue="Issue {}",
        issues="Issues",
        latest="Latest issue",
        minutes="{} min read",
        missing="There is no such page",
        missing_text="It may have moved, or the address has a slip in it. All issues are in the archive.",
        nothing_yet="The first issue is on its way.",
        original="Read the original at {}",
        part_of="From the issue {}",
        pages="Pages",
        skip="Skip to content",
        source="Source: {}",
        sponsor="Sponsor",
        stories="Stories",
        year="Issues of {}",
    ),
    Words(
        lang="es",
        day="{day} de {month} de {year}",
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        about="Acerca de",
        archive="Archivo",
        back="Portada",
        earlier="Números anteriores",
        feeds="Canales",
        feeds_text="Léenos en un lector de canales: textos completos, sin rastreo y sin cuenta.",
        footnotes="Notas",
        in_this_issue="En este número",
        issue="Número {}",
        issues="Números",
        latest="Último número",
        minutes="{} min de lectura",
        missing="Esta página no existe",
        missing_text="Quizá cambió de lugar o la dirección tiene un error. Todo está en el archivo.",
        nothing_yet="El primer número está en camino.",
        original="Leer el original en {}",
        part_of="Del número {}",
        pages="Páginas",
        skip="Saltar al contenido",
        source="Fuente: {}",
        sponsor="Patrocinio",
        stories="Historias",
        year="Números de {}",
    ),
    Words(
        lang="fr",
        day="{day} {month} {year}",
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        about="À propos",
        archive="Archives",
        back="Accueil",
        earlier="Numéros précédents",
        feeds="Flux",
        feeds_text="Lisez-nous dans un lecteur de flux : textes complets, sans pistage ni compte.",
        footnotes="Notes",
        in_this_issue="Dans ce numéro",
        issue="Numéro {}",
        issues="Numéros",
        latest="Dernier numéro",
        minutes="{} min de lecture",
        missing="Cette page n’existe pas",
        missing_text="Elle a peut-être été déplacée, ou l’adresse est erronée. Tout est dans les archives.",
        nothing_yet="Le premier numéro arrive.",
        original="Lire l’original sur {}",
        part_of="Extrait du numéro {}",
        pages="Pages",
        skip="Aller au contenu",
        source="Source : {}",
        sponsor="Parrainage",
        stories="Articles",
        year="Numéros de {}",
    ),
    Words(
        lang="de",
        day="{day}. {month} {year}",
        months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        about="Über uns",
        archive="Archiv",
        back="Startseite",
        earlier="Frühere Ausgaben",
        feeds="Feeds",
        feeds_text="Im Feedreader lesen: ganze Texte, ohne Tracking, ohne Konto.",
        footnotes="Anmerkungen",
        in_this_issue="In dieser Ausgabe",
        issue="Ausgabe {}",
        issues="Ausgaben",
        latest="Neueste Ausgabe",
        minutes="{} Min. Lesezeit",
        missing="Diese Seite gibt es nicht",
        missing_text="Sie ist umgezogen, oder die Adresse ist falsch geschrieben. Alles steht im Archiv.",
        nothing_yet="Die erste Ausgabe ist unterwegs.",
        original="Das Original lesen: {}",
        part_of="Aus der Ausgabe {}",
        pages="Seiten",
        skip="Zum Inhalt",
        source="Quelle: {}",
        sponsor="Anzeige",
        stories="Beiträge",
        year="Ausgaben {}",
    ),
    Words(
        lang="ar",
        day="{day} {month} {year}",
        months="يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        about="عن النشرة",
        archive="الأرشيف",
        back="الصفحة الأولى",
        earlier="أعداد سابقة",
        feeds="الخلاصات",
        feeds_text="اقرأنا في قارئ الخلاصات: النصوص كاملة، بلا تتبّع ولا حساب.",
        footnotes="هوامش",
        in_this_issue="في هذا العدد",
        issue="العدد {}",
        issues="الأعداد",
        latest="أحدث عدد",
        minutes="{} د قراءة",
        missing="لا توجد صفحة بهذا العنوان",
        missing_text="ربما نُقلت أو في العنوان خطأ. كل الأعداد في الأرشيف.",
        nothing_yet="العدد الأول في الطريق.",
        original="اقرأ الأصل في {}",
        part_of="من العدد {}",
        pages="صفحات",
        skip="انتقل إلى المحتوى",
        source="المصدر: {}",
        sponsor="إعلان",
        stories="المقالات",
        year="أعداد {}",
    ),
    Words(
        lang="ja",
        day="{year}年{month}月{day}日",
        months="",
        about="このニュースレターについて",
        archive="バックナンバー",
        back="トップページ",
        earlier="これまでの号",
        feeds="フィード",
        feeds_text="フィードリーダーでも全文を読めます。追跡も登録もありません。",
        footnotes="注",
        in_this_issue="今号の内容",
        issue="第{}号",
        issues="号の一覧",
        latest="最新号",
        minutes="{}分で読めます",
        missing="ページが見つかりません",
        missing_text="移動したか、アドレスに誤りがあります。すべての号はバックナンバーにあります。",
        nothing_yet="創刊号をお待ちください。",
        original="元の記事を読む：{}",
        part_of="掲載号：{}",
        pages="ページ",
        skip="本文へ移動",
        source="出典：{}",
        sponsor="広告",
        stories="記事",
        year="{}年の号",
    ),
    Words(
        lang="zh",
        day="{year}年{month}月{day}日",
        months="",
        about="关于本刊",
        archive="往期",
        back="首页",
        earlier="往期内容",
        feeds="订阅源",
        feeds_text="可在阅读器中阅读全文，无跟踪，无需账号。",
        footnotes="注释",
        in_this_issue="本期内容",
        issue="第{}期",
        issues="各期",
        latest="最新一期",
        minutes="阅读约{}分钟",
        missing="没有这个页面",
        missing_text="页面可能已移动，或网址有误。所有各期都在往期中。",
        nothing_yet="第一期即将发布。",
        original="阅读原文：{}",
        part_of="选自：{}",
        pages="页面",
        skip="跳到正文",
        source="来源：{}",
        sponsor="广告",
        stories="文章",
        year="{}年各期",
    ),
)

WORDS: Final = {row.lang: row for row in _ROWS}
"""Words by primary language."""
