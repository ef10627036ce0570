"""What the publisher itself says around the stories, in ten languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The phrases of one language. `{}` in a phrase is where its value goes (`str.format`).

    `when` is the pattern of a date with the fields `day`, `month` and `year`; `months` are as they stand in
    it, January first.
    """

    issue: str
    minutes: str
    in_this_issue: str
    read_on: str
    read_rest: str
    sponsored: str
    notes: str
    links: str
    picture: str
    why: str
    unsubscribe: str
    preferences: str
    in_browser: str
    feed: str
    withdrawn: str
    when: str
    months: tuple[str, ...]

    def date(self, day: date) -> str:
        """Write out `day`, such as "6 October 2026"."""
        return self.when.format(day=day.day, month=self.months[day.month - 1], year=day.year)


def phrases(lang: str) -> Phrases:
    """Return the phrases of BCP 47 tag `lang`, judged by its first subtag; English for any other language."""
    return PHRASES.get(lang.partition("-")[0].lower(), PHRASES["en"])


def _months(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_NUMBERED: Final = tuple(f"{number}月" for number in range(1, 13))

PHRASES: Final[dict[str, Phrases]] = {
    "en": Phrases(
        issue="Issue {}",
        minutes="{} min read",
        in_this_issue="In this issue",
        read_on="Read “{}” on the web",
        read_rest="Read the rest of “{}”",
        sponsored="Sponsored",
        notes="Notes",
        links="Links",
        picture="Picture: {}",
        why="You get this mail because you subscribed to {}.",
        unsubscribe="Unsubscribe",
        preferences="Preferences",
        in_browser="View in browser",
        feed="Follow by feed",
        withdrawn="Withdrawn: {}",
        when="{day} {month} {year}",
        months=_months(
            "January February March April May June July August September October November December"
        ),
    ),
    "es": Phrases(
        issue="Número {}",
        minutes="{} min de lectura",
        in_this_issue="En este número",
        read_on="Leer «{}» en la web",
        read_rest="Leer el resto de «{}»",
        sponsored="Patrocinado",
        notes="Notas",
        links="Enlaces",
        picture="Imagen: {}",
        why="Recibe este correo porque se suscribió a {}.",
        unsubscribe="Cancelar la suscripción",
        preferences="Preferencias",
        in_browser="Ver en el navegador",
        feed="Seguir por RSS",
        withdrawn="Retirado: {}",
        when="{day} de {month} de {year}",
        months=_months(
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
        ),
    ),
    "de": Phrases(
        issue="Ausgabe {}",
        minutes="{} Min. Lesezeit",
        in_this_issue="In dieser Ausgabe",
        read_on="„{}“ im Web lesen",
        read_rest="Den Rest von „{}“ lesen",
        sponsored="Anzeige",
        notes="Anmerkungen",
        links="Links",
        picture="Bild: {}",
        why="Sie erhalten diese Mail, weil Sie {} abonniert haben.",
        unsubscribe="Abbestellen",
        preferences="Einstellungen",
        in_browser="Im Browser ansehen",
        feed="Als Feed abonnieren",
        withdrawn="Zurückgezogen: {}",
        when="{day}. {month} {year}",
        months=_months("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    ),
    "fr": Phrases(
        issue="Numéro {}",
        minutes="{} min de lecture",
        in_this_issue="Dans ce numéro",
        read_on="Lire « {} » sur le web",
        read_rest="Lire la suite de « {} »",
        sponsored="Publicité",
        notes="Notes",
        links="Liens",
        picture="Image : {}",
        why="Vous recevez ce message parce que vous êtes abonné à {}.",
        unsubscribe="Se désabonner",
        preferences="Préférences",
        in_browser="Voir dans le navigateur",
        feed="Suivre par flux RSS",
        withdrawn="Retiré\N{NO-BREAK SPACE}: {}",
        when="{day} {month} {year}",
        months=_months(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
        ),
    ),
    "it": Phrases(
        issue="Numero {}",
        minutes="{} min di lettura",
        in_this_issue="In questo numero",
        read_on="Leggi «{}» sul web",
        read_rest="Leggi il resto di «{}»",
        sponsored="Pubblicità",
        notes="Note",
        links="Link",
        picture="Immagine: {}",
        why="Ricevi questa mail perché hai un’iscrizione a {}.",
        unsubscribe="Annulla l’iscrizione",
        preferences="Preferenze",
        in_browser="Apri nel browser",
        feed="Segui via feed",
        withdrawn="Ritirato: {}",
        when="{day} {month} {year}",
        months=_months(
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
        ),
    ),
    "pt": Phrases(
        issue="Edição {}",
        minutes="{} min de leitura",
        in_this_issue="Nesta edição",
        read_on="Ler “{}” na web",
        read_rest="Ler o resto de “{}”",
        sponsored="Patrocinado",
        notes="Notas",
        links="Ligações",
        picture="Imagem: {}",
        why="Recebe este e-mail porque subscreveu {}.",
        unsubscribe="Cancelar a subscrição",
        preferences="Preferências",
        in_browser="Ver no navegador",
        feed="Seguir por feed",
        withdrawn="Retirado: {}",
        when="{day} de {month} de {year}",
        months=_months(
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
        ),
    ),
    "ru": Phrases(
        issue="Выпуск {}",
        minutes="{} мин чтения",
        in_this_issue="В этом выпуске",  # noqa: RUF001 (a Russian word of one letter)
        read_on="Читать «{}» на сайте",
        read_rest="Читать «{}» до конца",
        sponsored="Реклама",
        notes="Примечания",
        links="Ссылки",
        picture="Иллюстрация: {}",
        why="Вы получили это письмо, потому что подписаны на {}.",
        unsubscribe="Отписаться",
        preferences="Настройки",
        in_browser="Открыть в браузере",
        feed="Читать через RSS",
        withdrawn="Отозвано: {}",
        when="{day} {month} {year}",
        months=_months("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
    ),
    "ar": Phrases(
        issue="العدد {}",
        minutes="مدة القراءة: {} د",
        in_this_issue="في هذا العدد",
        read_on="اقرأ «{}» على الويب",
        read_rest="اقرأ بقية «{}»",
        sponsored="إعلان",
        notes="ملاحظات",
        links="الروابط",
        picture="صورة: {}",
        why="تصلك هذه الرسالة لأنك مشترك في {}.",
        unsubscribe="إلغاء الاشتراك",
        preferences="التفضيلات",
        in_browser="العرض في المتصفح",
        feed="المتابعة عبر RSS",
        withdrawn="مسحوب: {}",
        when="{day} {month} {year}",
        months=_months("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
    ),
    "ja": Phrases(
        issue="第{}号",
        minutes="{}分で読めます",
        in_this_issue="この号の内容",
        read_on="「{}」をウェブで読む",
        read_rest="「{}」の続きを読む",
        sponsored="広告",
        notes="注",
        links="リンク",
        picture="画像：{}",
        why="このメールは{}を購読している方にお送りしています。",
        unsubscribe="購読を解除する",
        preferences="配信設定",
        in_browser="ブラウザーで見る",
        feed="フィードで読む",
        withdrawn="取り下げ：{}",
        when="{year}年{month}{day}日",
        months=_NUMBERED,
    ),
    "zh": Phrases(
        issue="第{}期",
        minutes="阅读约{}分钟",
        in_this_issue="本期内容",
        read_on="在网页上阅读《{}》",
        read_rest="阅读《{}》的其余内容",
        sponsored="赞助内容",
        notes="注释",
        links="链接",
        picture="图片：{}",
        why="您收到此邮件，是因为您订阅了{}。",
        unsubscribe="退订",
        preferences="偏好设置",
        in_browser="在浏览器中查看",
        feed="通过订阅源阅读",
        withdrawn="已撤回：{}",
        when="{year}年{month}{day}日",
        months=_NUMBERED,
    ),
}
"""The phrases by language; each language has every one."""
