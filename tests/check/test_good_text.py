"""Good text in each of the ten languages: nothing is found in it but remarks."""

# ruff: noqa: RUF001 - texts are written in their own scripts

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.content.roles import HEADINGS
from publisher.model.story import Role
from tests.check.issues import picture, read
from tests.check.printed import proofread

TITLES = {
    "en": "Batteries take over the evening",
    "es": "¡Las baterías ganan la noche! ¿Y el invierno?",
    "de": "Die Batterien übernehmen den Abend",
    "fr": "Les batteries s'imposent le soir : et l'hiver ?",
    "it": "Le batterie conquistano la sera",
    "pt": "As baterias tomam conta da noite",
    "ru": "Батареи побеждают вечер",
    "ar": "البطاريات تكسب المساء",
    "ja": "電池が夜を支える",
    "zh": "电池点亮夜晚：冬天呢？",
}
SENTENCES = {
    "en": "For the first time, batteries carried the whole evening; TODOs are for others, here as elsewhere.",
    "es": "Por primera vez, las baterías lo dieron TODO durante un mes entero; aquí y en otros lugares.",
    "de": "Zum ersten Mal trugen Batterien den ganzen Abend, hier wie anderswo; mehr steht weiter unten.",
    "fr": "Pour la première fois, les batteries ont assuré la soirée, ici comme ailleurs ; et plus.",
    "it": "Per la prima volta le batterie hanno retto tutta la sera, qui come altrove; e di più ancora.",
    "pt": "Pela primeira vez, as baterias sustentaram TODO o serão, aqui como noutros lugares; e mais ainda.",
    "ru": "Впервые батареи обеспечили весь вечер, здесь и в других местах; подробнее об этом ниже.",
    "ar": "للمرة الأولى حملت البطاريات المساء كله، هنا وفي أماكن أخرى؛ والمزيد أدناه.",
    "ja": "はじめて電池が一か月の夜をまるごと支えた。ここでも、ほかの土地でも同じことが起きている。",
    "zh": "电池第一次撑起了整个晚上，这里如此，别处也如此；更多内容见下文。",
}
SOURCES = {
    "en": "the grid's report",
    "es": "el informe de la red",
    "de": "der Bericht des Netzes",
    "fr": "le rapport du réseau",
    "it": "il rapporto della rete",
    "pt": "o relatório da rede",
    "ru": "отчёт сети",
    "ar": "تقرير الشبكة",
    "ja": "送電網の報告書",
    "zh": "电网报告",
}


def story(lang: str) -> str:
    """Return a whole story in one language, with every section that has a role."""
    sentence, source = SENTENCES[lang], SOURCES[lang]
    headings = {role: names[0] for role, names in HEADINGS[lang].items()}
    parts = [sentence, f"{sentence} [{source}](https://example.org/report)."]
    for role, heading in headings.items():
        parts.append(f"## {heading}")
        if role in (Role.KEY_TAKEAWAYS, Role.DID_YOU_KNOW):
            parts.append(
                f"- **{source}:** {sentence}\n- {sentence}\n- {sentence} ([{source}](https://example.org/report))"
            )
        else:
            parts += [sentence] * 3
    return "\n\n".join(parts)


@pytest.mark.parametrize("lang", sorted(HEADINGS))
def test_nothing_is_found_in_good_text(tmp_path: Path, lang: str) -> None:
    head = (
        f'---\nid: i\ntitle: "{TITLES[lang]}"\nlang: {lang}\nlink: https://example.org/report\n'
        f'source: "{SOURCES[lang]}"\nimage: a.png\nimage_alt: "{SENTENCES[lang]}"\n---\n\n'
    )
    reading = read(tmp_path, {"heat.md": head + story(lang), "a.png": picture(600, 300)})

    found = proofread(reading, mail=True)

    assert [str(each) for each in found if each.code[0] in "EW"] == []
    assert {each.code for each in found} <= {"I807", "I032", "I207"}
