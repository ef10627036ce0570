"""What pages and feeds say beyond the phrases that mails use too (`model.phrases`), in the same languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language; `{}` is where a name or a year goes."""

    lang: str
    archive: str
    earlier: str
    feeds: str
    feeds_text: str
    home: str
    issues: str
    latest: str
    missing: str
    missing_text: str
    more: str
    none_yet: str
    original: str
    own: str
    part_of: str
    skip: str
    source: str
    stories: str


def words(lang: str) -> Words:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return WORDS.get(lang.partition("-")[0].lower(), WORDS["en"])


_ROWS: Final = (
    Words(
        lang="en",
        archive="Archive",
        earlier="Earlier issues",
        feeds="Feeds",
        feeds_text="Whole stories in your feed reader: no account, no tracking.",
        home="Front page",
        issues="Issues",
        latest="Latest issue",
        missing="There is no such page",
        missing_text="It may have moved, or the address has a slip in it. Every issue is in the archive.",
        more="Also in this issue",
        none_yet="The first issue is on its way.",
        original="Read the original: {}",
        own="Your stories",
        part_of="From the issue {}",
        skip="Skip to content",
        source="Source: {}",
        stories="Stories",
    ),
    Words(
        lang="es",
        archive="Archivo",
        earlier="Números anteriores",
        feeds="Canales",
        feeds_text="Textos completos en su lector de canales: sin cuenta y sin rastreo.",
        home="Portada",
        issues="Números",
        latest="Último número",
        missing="Esta página no existe",
        missing_text="Quizá cambió de lugar o la dirección tiene un error. Todo está en el archivo.",
        more="También en este número",
        none_yet="El primer número está en camino.",
        original="Leer el original: {}",
        own="Sus artículos",
        part_of="Del número {}",
        skip="Ir al contenido",
        source="Fuente: {}",
        stories="Artículos",
    ),
    Words(
        lang="de",
        archive="Archiv",
        earlier="Frühere Ausgaben",
        feeds="Feeds",
        feeds_text="Ganze Beiträge im Feedreader: ohne Konto, ohne Tracking.",
        home="Startseite",
        issues="Ausgaben",
        latest="Neueste Ausgabe",
        missing="Diese Seite gibt es nicht",
        missing_text="Sie ist umgezogen, oder die Adresse ist falsch geschrieben. Alles steht im Archiv.",
        more="Auch in dieser Ausgabe",
        none_yet="Die erste Ausgabe ist unterwegs.",
        original="Das Original lesen: {}",
        own="Ihre Beiträge",
        part_of="Aus der Ausgabe {}",
        skip="Zum Inhalt",
        source="Quelle: {}",
        stories="Beiträge",
    ),
    Words(
        lang="fr",
        archive="Archives",
        earlier="Numéros précédents",
        feeds="Flux",
        feeds_text="Des articles entiers dans votre lecteur de flux : sans compte, sans pistage.",
        home="Accueil",
        issues="Numéros",
        latest="Dernier numéro",
        missing="Cette page n’existe pas",
        missing_text="Elle a changé de place, ou l’adresse est erronée. Tout est dans les archives.",
        more="Aussi dans ce numéro",
        none_yet="Le premier numéro arrive.",
        original="Lire l’original : {}",
        own="Vos articles",
        part_of="Extrait du numéro {}",
        skip="Aller au contenu",
        source="Source : {}",
        stories="Articles",
    ),
    Words(
        lang="it",
        archive="Archivio",
        earlier="Numeri precedenti",
        feeds="Feed",
        feeds_text="Articoli interi nel tuo lettore di feed: senza account, senza tracciamento.",
        home="Prima pagina",
        issues="Numeri",
        latest="Ultimo numero",
        missing="Questa pagina non esiste",
        missing_text="Forse è stata spostata, o l’indirizzo è sbagliato. Tutto è nell’archivio.",
        more="Anche in questo numero",
        none_yet="Il primo numero è in arrivo.",
        original="Leggi l’originale: {}",
        own="I tuoi articoli",
        part_of="Dal numero {}",
        skip="Vai al contenuto",
        source="Fonte: {}",
        stories="Articoli",
    ),
    Words(
        lang="pt",
        archive="Arquivo",
        earlier="Edições anteriores",
        feeds="Feeds",
        feeds_text="Textos completos no seu leitor de feeds: sem conta e sem rastreio.",
        home="Página inicial",
        issues="Edições",
        latest="Última edição",
        missing="Esta página não existe",
        missing_text="Talvez tenha mudado de lugar, ou o endereço tenha um erro. Tudo está no arquivo.",
        more="Também nesta edição",
        none_yet="A primeira edição está a caminho.",
        original="Ler o original: {}",
        own="Os seus artigos",
        part_of="Da edição {}",
        skip="Ir para o conteúdo",
        source="Fonte: {}",
        stories="Artigos",
    ),
    Words(
        lang="ru",
        archive="Архив",
        earlier="Прошлые выпуски",
        feeds="Ленты",
        feeds_text="Полные тексты в вашей программе для лент: без учётной записи и слежки.",
        home="Главная",
        issues="Выпуски",
        latest="Свежий выпуск",
        missing="Такой страницы нет",
        missing_text="Она могла переехать, или адрес неверен. Архив хранит каждый выпуск.",
        more="Также в этом выпуске",
        none_yet="Первый выпуск скоро выйдет.",
        original="Читать оригинал: {}",
        own="Ваши статьи",
        part_of="Из выпуска «{}»",
        skip="Перейти к тексту",
        source="Источник: {}",
        stories="Статьи",
    ),
    Words(
        lang="ar",
        archive="الأرشيف",
        earlier="أعداد سابقة",
        feeds="الخلاصات",
        feeds_text="النصوص كاملة في قارئ الخلاصات: بلا حساب وبلا تتبّع.",
        home="الصفحة الأولى",
        issues="الأعداد",
        latest="أحدث عدد",
        missing="لا توجد صفحة بهذا العنوان",
        missing_text="ربما نُقلت، أو في العنوان خطأ. كل الأعداد في الأرشيف.",
        more="أيضا في هذا العدد",
        none_yet="العدد الأول في الطريق.",
        original="اقرأ الأصل: {}",
        own="مقالاتك",
        part_of="من العدد {}",
        skip="انتقل إلى المحتوى",
        source="المصدر: {}",
        stories="المقالات",
    ),
    Words(
        lang="ja",
        archive="バックナンバー",
        earlier="これまでの号",
        feeds="フィード",
        feeds_text="フィードリーダーで全文を読めます。登録も追跡もありません。",
        home="トップページ",
        issues="各号",
        latest="最新号",
        missing="ページが見つかりません",
        missing_text="移動したか、アドレスに誤りがあります。すべての号はバックナンバーにあります。",
        more="この号のほかの記事",
        none_yet="創刊号をお待ちください。",
        original="元の記事を読む：{}",
        own="あなたの記事",
        part_of="掲載号：{}",
        skip="本文へ移動",
        source="出典：{}",
        stories="記事",
    ),
    Words(
        lang="zh",
        archive="往期",
        earlier="往期内容",
        feeds="订阅源",
        feeds_text="可在阅读器中阅读全文，无需账号，没有跟踪。",
        home="首页",
        issues="各期",
        latest="最新一期",
        missing="没有这个页面",
        missing_text="页面可能已移动，或网址有误。所有各期都在往期中。",
        more="本期其他文章",
        none_yet="第一期即将发布。",
        original="阅读原文：{}",
        own="您的文章",
        part_of="选自：{}",
        skip="跳到正文",
        source="来源：{}",
        stories="文章",
    ),
)

WORDS: Final = {row.lang: row for row in _ROWS}
"""The words by language; each language has every one."""
