"""Words that say nothing of where a link leads, in ten languages: "click here" and its sisters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BARE_WORDS: Final[dict[str, frozenset[str]]] = {
    "en": frozenset(
        {
            *("here", "click here", "click", "click this", "this", "this link", "link", "the link", "more"),
            *(
                "read more",
                "learn more",
                "see more",
                "find out more",
                "more here",
                "read on",
                "continue reading",
            ),
            *("see here", "read here", "go here", "tap here", "more info", "more information", "details"),
        }
    ),
    "es": frozenset(
        {
            *(
                "aquí",
                "haz clic aquí",
                "haga clic aquí",
                "clic aquí",
                "pulsa aquí",
                "pulse aquí",
                "pincha aquí",
            ),
            *(
                "enlace",
                "el enlace",
                "este enlace",
                "más",
                "leer más",
                "ver más",
                "saber más",
                "sigue leyendo",
            ),
            *("seguir leyendo", "más información", "link", "lee más"),
        }
    ),
    "de": frozenset(
        {
            *("hier", "hier klicken", "klick hier", "klicken sie hier", "klicke hier", "link", "der link"),
            *(
                "dieser link",
                "mehr",
                "mehr lesen",
                "mehr erfahren",
                "weiterlesen",
                "weiter lesen",
                "weitere infos",
            ),
            *("mehr dazu", "mehr infos", "details"),
        }
    ),
    "fr": frozenset(
        {
            *(
                "ici",
                "cliquez ici",
                "clique ici",
                "cliquer ici",
                "lien",
                "le lien",
                "ce lien",
                "plus",
                "lire plus",
            ),
            *(
                "en savoir plus",
                "voir plus",
                "lire la suite",
                "plus d'informations",
                "plus d'infos",
                "la suite",
            ),
        }
    ),
    "it": frozenset(
        {
            *("qui", "clicca qui", "cliccare qui", "clicca", "link", "il link", "questo link", "di più"),
            *(
                "leggi di più",
                "leggi tutto",
                "scopri di più",
                "continua a leggere",
                "maggiori informazioni",
                "altro",
            ),
        }
    ),
    "pt": frozenset(
        {
            *("aqui", "clique aqui", "clica aqui", "carregue aqui", "link", "o link", "este link", "ligação"),
            *("mais", "leia mais", "ler mais", "saiba mais", "ver mais", "continue lendo", "continuar a ler"),
            *("mais informações",),
        }
    ),
    "ru": frozenset(
        {
            *(
                "здесь",
                "тут",
                "сюда",
                "нажмите здесь",
                "нажмите сюда",
                "кликните здесь",
                "жмите сюда",
                "ссылка",
            ),
            *(
                "по ссылке",
                "по этой ссылке",
                "эта ссылка",
                "подробнее",
                "подробности",
                "далее",
                "читать далее",
            ),
            *("читать дальше", "узнать больше", "ещё", "еще"),
        }
    ),
    "ar": frozenset(
        {
            *(
                "هنا",
                "اضغط هنا",
                "انقر هنا",
                "من هنا",
                "رابط",
                "الرابط",
                "هذا الرابط",
                "المزيد",
                "اقرأ المزيد",
            ),
            *("للمزيد", "لمعرفة المزيد", "تابع القراءة", "تفاصيل"),
        }
    ),
    "ja": frozenset(
        {
            *(
                "こちら",
                "ここ",
                "こちらをクリック",
                "ここをクリック",
                "クリック",
                "リンク",
                "このリンク",
                "詳細",
            ),
            *(
                "詳しくはこちら",
                "詳細はこちら",
                "もっと見る",
                "もっと読む",
                "続きを読む",
                "続きはこちら",
                "続き",
            ),
        }
    ),
    "zh": frozenset(
        {
            *(
                "这里",
                "點擊這裡",
                "点击这里",
                "点此",
                "點此",
                "这个链接",
                "链接",
                "連結",
                "此处",
                "此處",
                "這裡",
            ),
            *(
                "更多",
                "阅读更多",
                "閱讀更多",
                "了解更多",
                "继续阅读",
                "繼續閱讀",
                "详情",
                "詳情",
                "点击",
                "點擊",
            ),
        }
    ),
}
"""Language -> whole texts of links, as `says_nothing` compares them: small letters, no marks around."""

_AROUND: Final = re.compile(r"^[\W_]+|[\W_]+$")


def says_nothing(words: str, lang: str | None) -> bool:
    """Return whether the words of a link, read alone, do not tell where it leads.

    Words of the text's language count, and English ones in any.
    """
    bare = " ".join(_AROUND.sub("", unicodedata.normalize("NFC", words)).casefold().split())
    bare = bare.replace("\u2019", "'")
    own = BARE_WORDS.get((lang or "").partition("-")[0].lower(), frozenset())
    return not bare or bare in own or bare in BARE_WORDS["en"]
