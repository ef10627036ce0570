"""What pages say of tags, corrections, feeds and old addresses, in the languages of `words`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of one language; `{}` is where a date, and then a note, goes."""

    lang: str
    copied: str
    copy: str
    corrected: str
    corrected_why: str
    each_tag: str
    feed: str
    feed_is: str
    find: str
    gone: str
    lists: str
    moved: str
    newer: str
    no_stories: str
    older: str
    opml: str
    programmers: str
    subscribe: str
    tags: str
    this_feed: str


def labels(lang: str) -> Labels:
    """Return the labels for a BCP 47 tag: those of its first subtag, else English."""
    return LABELS.get(lang.partition("-")[0].lower(), LABELS["en"])


_ROWS: Final = (
    Labels(
        lang="en",
        copied="Copied",
        copy="Copy",
        corrected="Corrected on {}",
        corrected_why="Corrected on {}: {}",
        each_tag="Every tag has a feed, too.",
        feed="Feed",
        feed_is=(
            "A feed is an address that you give to a feed reader once; "
            "from then on it shows you whatever is new here."
        ),
        find="Search",
        gone="This page was withdrawn on {}.",
        lists="Lists",
        moved="This page has moved.",
        newer="Newer stories",
        no_stories="There are no stories here at the moment.",
        older="Older stories",
        opml="The main feeds in one file that feed readers can import.",
        programmers="For programmers",
        subscribe="Subscribe",
        tags="Tags",
        this_feed="This is a feed: copy its address into a feed reader.",
    ),
    Labels(
        lang="es",
        copied="Copiado",
        copy="Copiar",
        corrected="Corregido el {}",
        corrected_why="Corregido el {}: {}",
        each_tag="Cada etiqueta tiene también su canal.",
        feed="Canal",
        feed_is=(
            "Un canal es una dirección que se da una vez a un lector "
            "de canales; desde entonces muestra todo lo nuevo."
        ),
        find="Buscar",
        gone="Esta página se retiró el {}.",
        lists="Listas",
        moved="Esta página ha cambiado de dirección.",
        newer="Artículos más recientes",
        no_stories="Por ahora no hay artículos aquí.",
        older="Artículos anteriores",
        opml="Los canales principales en un archivo que los lectores pueden importar.",
        programmers="Para programadores",
        subscribe="Suscribirse",
        tags="Etiquetas",
        this_feed="Esto es un canal: copie su dirección en un lector de canales.",
    ),
    Labels(
        lang="de",
        copied="Kopiert",
        copy="Kopieren",
        corrected="Berichtigt am {}",
        corrected_why="Berichtigt am {}: {}",
        each_tag="Auch jedes Schlagwort hat einen Feed.",
        feed="Feed",
        feed_is=(
            "Ein Feed ist eine Adresse, die man einem Feedreader "
            "einmal gibt; von da an zeigt er, was hier neu ist."
        ),
        find="Suchen",
        gone="Diese Seite wurde am {} zurückgezogen.",
        lists="Listen",
        moved="Diese Seite ist umgezogen.",
        newer="Neuere Beiträge",
        no_stories="Hier gibt es zurzeit keine Beiträge.",
        older="Ältere Beiträge",
        opml="Die wichtigsten Feeds in einer Datei, die Feedreader einlesen können.",
        programmers="Für Programmierende",
        subscribe="Abonnieren",
        tags="Schlagwörter",
        this_feed="Dies ist ein Feed: Kopieren Sie seine Adresse in einen Feedreader.",
    ),
    Labels(
        lang="fr",
        copied="Copié",
        copy="Copier",
        corrected="Corrigé le {}",
        corrected_why="Corrigé le {}\N{NO-BREAK SPACE}: {}",
        each_tag="Chaque mot-clé a aussi son flux.",
        feed="Flux",
        feed_is=(
            "Un flux est une adresse que l’on donne une fois à un lecteur de "
            "flux\N{NO-BREAK SPACE}; il montre ensuite tout ce qui paraît."
        ),
        find="Rechercher",
        gone="Cette page a été retirée le {}.",
        lists="Listes",
        moved="Cette page a changé d’adresse.",
        newer="Articles plus récents",
        no_stories="Il n’y a pas d’article ici pour le moment.",
        older="Articles plus anciens",
        opml="Les flux principaux dans un fichier que les lecteurs peuvent importer.",
        programmers="Pour les développeurs",
        subscribe="S’abonner",
        tags="Mots-clés",
        this_feed="Ceci est un flux\N{NO-BREAK SPACE}: copiez son adresse dans un lecteur de flux.",
    ),
    Labels(
        lang="it",
        copied="Copiato",
        copy="Copia",
        corrected="Correzione: {}",
        corrected_why="Correzione, {}: {}",
        each_tag="Anche ogni argomento ha il suo feed.",
        feed="Feed",
        feed_is=(
            "Un feed è un indirizzo che si dà una volta a un lettore "
            "di feed; da allora mostra tutto ciò che esce qui."
        ),
        find="Cerca",
        gone="Questa pagina è stata ritirata: {}.",
        lists="Liste",
        moved="Questa pagina ha cambiato indirizzo.",
        newer="Articoli più recenti",
        no_stories="Al momento qui non ci sono articoli.",
        older="Articoli precedenti",
        opml="I feed principali in un file che i lettori possono importare.",
        programmers="Per programmatori",
        subscribe="Iscriversi",
        tags="Argomenti",
        this_feed="Questo è un feed: copia il suo indirizzo in un lettore di feed.",
    ),
    Labels(
        lang="pt",
        copied="Copiado",
        copy="Copiar",
        corrected="Corrigido em {}",
        corrected_why="Corrigido em {}: {}",
        each_tag="Cada etiqueta também tem o seu feed.",
        feed="Feed",
        feed_is=(
            "Um feed é um endereço que se dá uma vez a um leitor de "
            "feeds; a partir daí ele mostra tudo o que sai aqui."
        ),
        find="Pesquisar",
        gone="Esta página foi retirada em {}.",
        lists="Listas",
        moved="Esta página mudou de endereço.",
        newer="Artigos mais recentes",
        no_stories="De momento não há artigos aqui.",
        older="Artigos anteriores",
        opml="Os feeds principais num só ficheiro, que os leitores podem importar.",
        programmers="Para programadores",
        subscribe="Subscrever",
        tags="Etiquetas",
        this_feed="Isto é um feed: copie o endereço para um leitor de feeds.",
    ),
    Labels(
        lang="ru",
        copied="Скопировано",
        copy="Копировать",
        corrected="Исправлено {}",
        corrected_why="Исправлено {}: {}",
        each_tag="Для каждой метки тоже есть лента.",
        feed="Лента",
        feed_is=(
            "Лента — это адрес, который один раз дают программе "
            "для чтения лент; дальше она сама показывает новое."
        ),
        find="Поиск",
        gone="Эта страница отозвана {}.",
        lists="Рассылки",
        moved="Эта страница переехала.",
        newer="Более новые статьи",
        no_stories="Здесь пока нет статей.",
        older="Более старые статьи",
        opml="Основные ленты в одном файле, который программы умеют загружать.",
        programmers="Для программистов",
        subscribe="Подписаться",
        tags="Метки",
        this_feed="Это лента: скопируйте её адрес в программу для чтения лент.",
    ),
    Labels(
        lang="ar",
        copied="نُسخ",
        copy="نسخ",
        corrected="صُحّح في {}",
        corrected_why="صُحّح في {}: {}",
        each_tag="ولكل وسم خلاصته أيضًا.",
        feed="الخلاصة",
        feed_is="الخلاصة عنوان تعطيه لقارئ الخلاصات مرة واحدة، فيعرض لك بعدها كل جديد هنا.",
        find="بحث",
        gone="سُحبت هذه الصفحة في {}.",
        lists="القوائم",
        moved="انتقلت هذه الصفحة.",
        newer="مقالات أحدث",
        no_stories="لا توجد مقالات هنا حاليًا.",
        older="مقالات أقدم",
        opml="الخلاصات الرئيسية في ملف واحد يستورده قارئ الخلاصات.",
        programmers="للمبرمجين",
        subscribe="الاشتراك",
        tags="الوسوم",
        this_feed="هذه خلاصة: انسخ عنوانها إلى قارئ الخلاصات.",
    ),
    Labels(
        lang="ja",
        copied="コピーしました",
        copy="コピー",
        corrected="{}に訂正",
        corrected_why="{}に訂正：{}",
        each_tag="タグごとのフィードもあります。",
        feed="フィード",
        feed_is="フィードとは、フィードリーダーに一度登録するだけで、新しい記事が届くアドレスです。",
        find="検索",
        gone="このページは{}に取り下げられました。",
        lists="リスト",
        moved="このページは移動しました。",
        newer="新しい記事",
        no_stories="現在、ここに記事はありません。",
        older="古い記事",
        opml="主なフィードをまとめたファイルです。リーダーに読み込めます。",
        programmers="開発者向け",
        subscribe="購読する",
        tags="タグ",
        this_feed="これはフィードです。アドレスをコピーしてフィードリーダーに登録してください。",
    ),
    Labels(
        lang="zh",
        copied="已复制",
        copy="复制",
        corrected="更正于{}",
        corrected_why="更正于{}：{}",
        each_tag="每个标签也有订阅源。",
        feed="订阅源",
        feed_is="订阅源是一个网址：在阅读器中添加一次，之后这里的新内容都会自动显示。",
        find="搜索",
        gone="此页面已于{}撤回。",
        lists="列表",
        moved="此页面已移动。",
        newer="较新文章",
        no_stories="这里暂时没有文章。",
        older="较早文章",
        opml="包含主要订阅源的文件，可导入阅读器。",
        programmers="面向开发者",
        subscribe="订阅",
        tags="标签",
        this_feed="这是订阅源：请将网址复制到阅读器中。",
    ),
)

LABELS: Final = {row.lang: row for row in _ROWS}
"""The labels by language; each language has every one."""
