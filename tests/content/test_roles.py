from __future__ import annotations

import pytest

from publisher.content.roles import HEADINGS, heading_for, languages_of, nearest_role, role_of
from publisher.content.slugs import heading_key, slug_of, slug_of_name
from publisher.model.story import Role

ROLES = [role for role in Role if role is not Role.PLAIN]


@pytest.mark.parametrize("lang", HEADINGS)
def test_every_language_names_every_role(lang: str) -> None:
    assert sorted(HEADINGS[lang]) == sorted(ROLES)
    assert all(role_of(heading_for(role, lang)) is role for role in ROLES)


def test_no_heading_names_two_roles() -> None:
    named: dict[str, set[Role]] = {}
    for roles in HEADINGS.values():
        for role, headings in roles.items():
            for heading in headings:
                named.setdefault(heading_key(heading), set()).add(role)

    assert [key for key, roles in named.items() if len(roles) > 1] == []
    assert "" not in named


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("KEY TAKEAWAYS", Role.KEY_TAKEAWAYS),
        ("did you know", Role.DID_YOU_KNOW),
        ("What’s next?", Role.WHATS_NEXT),
        ("The Bottom Line", Role.CLOSING),
        ("¿SABIAS QUE...?", Role.DID_YOU_KNOW),
        ("Analyse approfondie", Role.DEEP_ANALYSIS),
        ("تحليل معمّق", Role.DEEP_ANALYSIS),
        ("你知道吗？", Role.DID_YOU_KNOW),
        ("Знаете ли вы", Role.DID_YOU_KNOW),
        ("Заключение", Role.CLOSING),
        ("خاتمة", Role.CLOSING),
        ("ご存じでしたか？", Role.DID_YOU_KNOW),
        ("ご存知でしたか", Role.DID_YOU_KNOW),
        ("Conclusión", Role.CLOSING),
        ("Wusstest du schon?", Role.DID_YOU_KNOW),
        ("L’essentiel", Role.KEY_TAKEAWAYS),
        ("Conclusioni", Role.CLOSING),
        ("Principais pontos", Role.KEY_TAKEAWAYS),
        ("总结", Role.CLOSING),
        ("Anything else", Role.PLAIN),
        ("", Role.PLAIN),
    ],
)
def test_case_accents_and_punctuation_do_not_matter(heading: str, role: Role) -> None:
    assert role_of(heading) is role


def test_a_newsroom_adds_headings_and_may_change_ours() -> None:
    own = {"Worum es geht": Role.WHY_IT_MATTERS, "Closing": Role.WHATS_NEXT}

    assert role_of("worum es geht?", own) is Role.WHY_IT_MATTERS
    assert role_of("Closing", own) is Role.WHATS_NEXT


@pytest.mark.parametrize("heading", ["Key Takaways", "Did You Knwo?", "Deep Analisys", "Puntos claves"])
def test_a_misspelt_role_is_recognised_and_another_heading_is_not(heading: str) -> None:
    assert nearest_role(heading) is not None
    assert nearest_role("Deep water") is None


def test_languages_of_a_heading_are_all_that_have_it() -> None:
    assert languages_of("要点") == {"ja", "zh"}
    assert languages_of("Key Takeaways") == {"en"}
    assert heading_for(Role.CLOSING, "pt-BR") == "Conclusão"
    assert heading_for(Role.CLOSING, "nl") == "Closing"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("2026-10-06-energy", "energy"),
        ("2026-10-06 Énergie & co.md", "énergie-co"),
        ("2026-10-06.md", "2026-10-06"),
        ("cafe\u0301.md", "café"),
        ("Казань.md", "казань"),
        ("हिन्दी.md", "हिन्दी"),
        ("ana's_story.MD", "anas-story"),
        ("!!!.md", ""),
    ],
)
def test_the_slug_is_the_name_without_its_leading_date(name: str, slug: str) -> None:
    assert slug_of_name(name) == slug
    assert slug_of(slug) == slug
