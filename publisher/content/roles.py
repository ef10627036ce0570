"""Which headings name which role, in ten languages. The first heading of each row is the one we write."""

# ruff: noqa: RUF001 - headings are written in their own scripts

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from publisher.content.slugs import heading_key
from publisher.model.story import Role

_R = Role

HEADINGS: Final[dict[str, dict[Role, tuple[str, ...]]]] = {
    "en": {
        _R.KEY_TAKEAWAYS: ("Key Takeaways", "Takeaways", "Key Points"),
        _R.DEEP_ANALYSIS: ("Deep Analysis",),
        _R.DID_YOU_KNOW: ("Did You Know?",),
        _R.WHY_IT_MATTERS: ("Why It Matters",),
        _R.BY_THE_NUMBERS: ("By the Numbers",),
        _R.WHATS_NEXT: ("What's Next",),
        _R.CLOSING: ("Closing", "The Bottom Line", "Bottom Line", "Conclusion", "In Conclusion"),
    },
    "es": {
        _R.KEY_TAKEAWAYS: ("Puntos clave", "Ideas clave", "Claves"),
        _R.DEEP_ANALYSIS: ("Análisis en profundidad", "Análisis a fondo"),
        _R.DID_YOU_KNOW: ("¿Sabías que…?", "¿Sabía que…?"),
        _R.WHY_IT_MATTERS: ("Por qué importa",),
        _R.BY_THE_NUMBERS: ("En cifras",),
        _R.WHATS_NEXT: ("Qué sigue", "Qué viene después"),
        _R.CLOSING: ("Cierre", "Para concluir", "Conclusión", "En conclusión"),
    },
    "de": {
        _R.KEY_TAKEAWAYS: (
            "Das Wichtigste in Kürze",
            "Kernpunkte",
            "Die wichtigsten Punkte",
            "Das Wichtigste",
        ),
        _R.DEEP_ANALYSIS: ("Analyse im Detail", "Vertiefende Analyse"),
        _R.DID_YOU_KNOW: ("Schon gewusst?", "Wussten Sie schon?", "Wusstest du schon?", "Wussten Sie?"),
        _R.WHY_IT_MATTERS: ("Warum das wichtig ist",),
        _R.BY_THE_NUMBERS: ("In Zahlen",),
        _R.WHATS_NEXT: ("Wie es weitergeht", "So geht es weiter"),
        _R.CLOSING: ("Zum Schluss", "Fazit", "Schlusswort"),
    },
    "fr": {
        _R.KEY_TAKEAWAYS: ("Points clés", "Les points clés", "À retenir", "Points à retenir", "L'essentiel"),
        _R.DEEP_ANALYSIS: ("Analyse approfondie", "Analyse en profondeur"),
        _R.DID_YOU_KNOW: ("Le saviez-vous ?", "Saviez-vous que… ?"),
        _R.WHY_IT_MATTERS: ("Pourquoi c'est important",),
        _R.BY_THE_NUMBERS: ("En chiffres",),
        _R.WHATS_NEXT: ("Et maintenant ?", "La suite"),
        _R.CLOSING: ("Pour conclure", "En conclusion", "Conclusion"),
    },
    "it": {
        _R.KEY_TAKEAWAYS: ("Punti chiave", "I punti chiave", "Punti principali"),
        _R.DEEP_ANALYSIS: ("Analisi approfondita",),
        _R.DID_YOU_KNOW: ("Lo sapevi?", "Lo sapevi che…?", "Lo sapevate?"),
        _R.WHY_IT_MATTERS: ("Perché è importante",),
        _R.BY_THE_NUMBERS: ("In cifre", "I numeri"),
        _R.WHATS_NEXT: ("Cosa succede ora", "E adesso?"),
        _R.CLOSING: ("In conclusione", "Per concludere", "Conclusione", "Conclusioni"),
    },
    "pt": {
        _R.KEY_TAKEAWAYS: ("Pontos principais", "Principais pontos", "Pontos-chave"),
        _R.DEEP_ANALYSIS: ("Análise aprofundada", "Análise profunda"),
        _R.DID_YOU_KNOW: ("Você sabia?", "Sabia que…?"),
        _R.WHY_IT_MATTERS: ("Por que importa", "Porque importa"),
        _R.BY_THE_NUMBERS: ("Em números",),
        _R.WHATS_NEXT: ("O que vem a seguir",),
        _R.CLOSING: ("Conclusão", "Para terminar", "Para concluir", "Em conclusão"),
    },
    "ru": {
        _R.KEY_TAKEAWAYS: ("Главное", "Ключевые выводы", "Основные выводы", "Ключевые моменты"),
        _R.DEEP_ANALYSIS: ("Глубокий анализ", "Подробный анализ"),
        _R.DID_YOU_KNOW: ("Знаете ли вы?", "А вы знали?"),
        _R.WHY_IT_MATTERS: ("Почему это важно",),
        _R.BY_THE_NUMBERS: ("В цифрах",),
        _R.WHATS_NEXT: ("Что дальше",),
        _R.CLOSING: ("В заключение", "Заключение", "Итог", "Итоги"),
    },
    "ar": {
        _R.KEY_TAKEAWAYS: ("أبرز النقاط", "النقاط الرئيسية", "أهم النقاط"),
        _R.DEEP_ANALYSIS: ("تحليل معمق", "تحليل متعمق"),
        _R.DID_YOU_KNOW: ("هل تعلم؟", "هل كنت تعلم؟"),
        _R.WHY_IT_MATTERS: ("لماذا هذا مهم",),
        _R.BY_THE_NUMBERS: ("بالأرقام",),
        _R.WHATS_NEXT: ("ماذا بعد",),
        _R.CLOSING: ("الخاتمة", "خاتمة", "ختامًا", "الخلاصة"),
    },
    "ja": {
        _R.KEY_TAKEAWAYS: ("要点", "重要ポイント", "重要なポイント", "主なポイント"),
        _R.DEEP_ANALYSIS: ("詳しい分析", "詳細分析", "深掘り"),
        _R.DID_YOU_KNOW: ("ご存じですか", "ご存知ですか", "ご存じでしたか", "ご存知でしたか", "豆知識"),
        _R.WHY_IT_MATTERS: ("なぜ重要か", "なぜ重要なのか"),
        _R.BY_THE_NUMBERS: ("数字で見る",),
        _R.WHATS_NEXT: ("今後の展望", "次の展開"),
        _R.CLOSING: ("おわりに", "終わりに", "まとめ", "最後に", "結論"),
    },
    "zh": {
        _R.KEY_TAKEAWAYS: ("要点", "关键要点", "關鍵要點", "要點"),
        _R.DEEP_ANALYSIS: ("深度分析", "深入分析"),
        _R.DID_YOU_KNOW: ("你知道吗", "你知道嗎"),
        _R.WHY_IT_MATTERS: ("为何重要", "為何重要"),
        _R.BY_THE_NUMBERS: ("数字一览", "數字一覽"),
        _R.WHATS_NEXT: ("下一步", "后续发展", "後續發展"),
        _R.CLOSING: ("结语", "結語", "结论", "結論", "总结", "總結"),
    },
}

_LIKENESS: Final = 0.8


def role_of(heading: str, more: Mapping[str, Role] | None = None) -> Role:
    """Return the role that a heading names, in whichever language; `PLAIN` for any other heading.

    `more` are a newsroom's own headings.
    """
    key = heading_key(heading)
    own = {heading_key(name): role for name, role in (more or {}).items()}
    return own.get(key) or _keys().get(key, Role.PLAIN)


@lru_cache(maxsize=1024)
def nearest_role(heading: str, lang: str | None = None) -> str | None:
    """Return the heading that a plain one seems to mean but for its spelling, if any.

    Only headings in `lang` (BCP 47) count, where we have some in it.
    """
    names = _spellings(_language(lang) if _language(lang) in HEADINGS else None)
    close = get_close_matches(heading_key(heading), names, n=1, cutoff=_LIKENESS)
    return names[close[0]] if close else None


def languages_of(heading: str) -> frozenset[str]:
    """Return the languages in which a heading names a role."""
    key = heading_key(heading)
    return frozenset(lang for lang, _, name in _rows() if heading_key(name) == key)


def heading_for(role: Role, lang: str | None) -> str:
    """Return how we write the heading of `role` in a language (BCP 47); in English for any other."""
    return HEADINGS.get(_language(lang), HEADINGS["en"])[role][0]


def _language(lang: str | None) -> str:
    return (lang or "").partition("-")[0].lower()


@cache
def _spellings(lang: str | None) -> dict[str, str]:
    return {heading_key(name): name for each, _, name in _rows() if lang in (None, each)}


@cache
def _keys() -> dict[str, Role]:
    return {heading_key(name): role for _, role, name in _rows()}


def _rows() -> Iterator[tuple[str, Role, str]]:
    for lang, roles in HEADINGS.items():
        for role, names in roles.items():
            for name in names:
                yield lang, role, name
