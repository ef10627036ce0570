"""What the notice says behind whose button a reader decides about a choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from publisher.model.reader_notices import ReaderNotice, ReaderWords

DECIDING: Final[Mapping[ReaderNotice, Mapping[str, ReaderWords]]] = {
    ReaderNotice.DECIDE: {
        "en": ReaderWords(
            subject="{publication}: Please decide: a change of your preferences",
            text=(
                "A change of your preferences was asked for that only you can make.",
                "The page behind this button says which.",
            ),
            button="Look and decide",
            small="The link works once, and for 24 hours. If it was not you, do nothing: all stays as it is.",
        ),
        "es": ReaderWords(
            subject="{publication}: Decida, por favor: un cambio en sus preferencias",
            text=(
                "Se ha pedido un cambio en sus preferencias que solo usted puede hacer.",
                "La página de este botón dice cuál.",
            ),
            button="Ver y decidir",
            small="El enlace vale una vez y durante 24 horas. Si no ha sido usted, no haga "
            "nada: todo sigue igual.",
        ),
        "de": ReaderWords(
            subject="{publication}: Bitte entscheiden Sie: eine Änderung Ihrer Einstellungen",
            text=(
                "Es wurde eine Änderung Ihrer Einstellungen gewünscht, die nur Sie vornehmen können.",
                "Die Seite hinter diesem Knopf sagt, welche.",
            ),
            button="Ansehen und entscheiden",
            small="Der Link gilt einmal und 24 Stunden lang. Waren Sie es nicht, tun Sie "
            "nichts: Alles bleibt, "
            "wie es ist.",
        ),
        "fr": ReaderWords(
            subject="{publication}: À vous de décider : un changement de vos préférences",
            text=(
                "Un changement de vos préférences a été demandé, que vous seul pouvez faire.",
                "La page de ce bouton dit lequel.",
            ),
            button="Voir et décider",
            small="Le lien vaut une fois, et pendant 24 heures. Si ce n’était pas vous, ne "
            "faites rien : tout "
            "reste tel quel.",
        ),
        "it": ReaderWords(
            subject="{publication}: Decida Lei: una modifica delle Sue preferenze",
            text=(
                "È stata chiesta una modifica delle Sue preferenze che solo Lei può fare.",
                "La pagina di questo pulsante dice quale.",
            ),
            button="Guardi e decida",
            small="Il link vale una volta sola e per 24 ore. Se non è stato Lei, non faccia "
            "nulla: tutto resta "
            "com’è.",
        ),
        "pt": ReaderWords(
            subject="{publication}: Decida, por favor: uma alteração das suas preferências",
            text=(
                "Foi pedida uma alteração das suas preferências que só o próprio pode fazer.",
                "A página deste botão diz qual.",
            ),
            button="Ver e decidir",
            small="A ligação vale uma vez, e durante 24 horas. Se não foi o próprio, não faça "
            "nada: tudo fica "
            "como está.",
        ),
        "ru": ReaderWords(
            subject="{publication}: Решать вам: изменение ваших настроек",
            text=(
                "Поступила просьба изменить ваши настройки; сделать это можете только вы.",
                "Что именно изменится, сказано на странице за этой кнопкой.",
            ),
            button="Посмотреть и решить",
            small="Ссылка действует один раз и 24 часа. Если это были не вы, ничего не делайте: "
            "всё останется "
            "как есть.",
        ),
        "ar": ReaderWords(
            subject="{publication}: القرار لك: تغيير في تفضيلاتك",
            text=(
                "طُلب تغيير في تفضيلاتك لا يستطيع أحد غيرك أن يجريه.",
                "تقول الصفحة التي يفتحها هذا الزر ما هو.",
            ),
            button="انظر وقرّر",
            small="يعمل الرابط مرة واحدة وخلال 24 ساعة. إن لم تكن أنت فلا تفعل شيئًا، ويبقى كل شيء كما هو.",
        ),
        "ja": ReaderWords(
            subject="{publication}: ご確認ください：設定の変更",
            text=(
                "ご本人だけができる設定の変更の依頼がありました。",
                "内容はこのボタンの先のページに書かれています。",
            ),
            button="確認して決める",
            small="リンクは一度だけ、24時間有効です。お心当たりがなければ何もしないでください。何も変わりません。",
        ),
        "zh": ReaderWords(
            subject="{publication}: 请您决定：更改您的设置",
            text=(
                "有人请求更改您的设置，而这只有您本人才能完成。",
                "具体内容请见此按钮打开的页面。",
            ),
            button="查看并决定",
            small="链接只能使用一次，有效期为 24 小时。如果不是您本人，请不必理会，一切照旧。",
        ),
    }
}
