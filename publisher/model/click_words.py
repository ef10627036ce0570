"""What a mail whose links count clicks says of it, in the languages that mails speak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CLICKS_COUNTED: Final[Mapping[str, str]] = {
    "en": "Clicks on links in this mail are counted; who clicks is not stored.",
    "es": "Se cuentan los clics en los enlaces; quién los hace no se guarda.",
    "de": "Klicks auf Links in dieser Mail werden gezählt, nicht aber, von wem.",
    "fr": "Les clics sur les liens sont comptés ; qui clique n’est pas enregistré.",
    "it": "I clic sui link di questa mail sono contati; chi li fa non è salvato.",
    "pt": "Os cliques nos links são contados; quem clica não fica guardado.",
    "ru": "Переходы по ссылкам считаются; кто перешёл, не сохраняется.",
    "ar": "تُعدّ النقرات على الروابط، ولا يُحفظ من الذي نقر.",
    "ja": "リンクのクリック数を数えています。誰のクリックかは保存しません。",
    "zh": "链接的点击次数会被统计，但不会保存是谁点击的。",
}
"""One sentence each, short enough for one line of a text mail."""


def clicks_counted(lang: str) -> str:
    """Return the sentence for a BCP 47 tag: that of its first subtag, else English."""
    return CLICKS_COUNTED.get(lang.partition("-")[0].lower(), CLICKS_COUNTED["en"])
