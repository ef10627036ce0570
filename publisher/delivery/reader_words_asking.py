"""What readers are told who ask for their data, or for mail at the address that we have already."""

from __future__ import annotations

from typing import Final

from publisher.model.reader_notices import ReaderNotice, ReaderWords

ASKING: Final[dict[ReaderNotice, dict[str, ReaderWords]]] = {
    ReaderNotice.OWN_DATA: {
        "en": ReaderWords(
            subject="What {publication} knows of you",
            text=("You have asked for all that we have stored about this address.",),
            button="Download my data",
            small="The link works once, and for 24 hours. If it was not you, do nothing.",
        ),
        "es": ReaderWords(
            subject="Lo que {publication} sabe de usted",
            text=("Ha pedido todo lo que tenemos guardado sobre esta dirección.",),
            button="Descargar mis datos",
            small="El enlace vale una vez y durante 24 horas. Si no ha sido usted, no haga nada.",
        ),
        "de": ReaderWords(
            subject="Was {publication} von Ihnen weiß",
            text=("Sie haben um alles gebeten, was wir zu dieser Adresse gespeichert haben.",),
            button="Meine Daten herunterladen",
            small="Der Link gilt einmal und 24 Stunden lang. Waren Sie es nicht, tun Sie nichts.",
        ),
        "fr": ReaderWords(
            subject="Ce que {publication} sait de vous",
            text=("Vous avez demandé tout ce que nous avons enregistré sur cette adresse.",),
            button="Télécharger mes données",
            small="Le lien vaut une fois, et pendant 24 heures. Si ce n’était pas vous, ne faites rien.",
        ),
        "it": ReaderWords(
            subject="Che cosa {publication} sa di Lei",
            text=("Ha chiesto tutto ciò che abbiamo salvato su questo indirizzo.",),
            button="Scarica i miei dati",
            small="Il link vale una volta sola e per 24 ore. Se non è stato Lei, non faccia nulla.",
        ),
        "pt": ReaderWords(
            subject="O que {publication} sabe de si",
            text=("Pediu tudo o que guardámos sobre este endereço.",),
            button="Descarregar os meus dados",
            small="A ligação vale uma vez, e durante 24 horas. Se não foi o próprio, não faça nada.",
        ),
        "ru": ReaderWords(
            subject="Что {publication} знает о вас",  # noqa: RUF001 (Russian words)
            text=("Вы запросили всё, что мы храним об этом адресе.",),  # noqa: RUF001 (Russian words)
            button="Скачать мои данные",
            small="Ссылка действует один раз и 24 часа. Если это были не вы, ничего не делайте.",
        ),
        "ar": ReaderWords(
            subject="ما تعرفه {publication} عنك",
            text=("طلبت كل ما نحفظه عن هذا العنوان.",),
            button="تنزيل بياناتي",
            small="يعمل الرابط مرة واحدة وخلال 24 ساعة. إن لم تكن أنت فلا تفعل شيئًا.",
        ),
        "ja": ReaderWords(
            subject="{publication}が保存しているあなたの情報",
            text=("このアドレスについて保存しているすべての情報のご請求をいただきました。",),
            button="データをダウンロードする",
            small="リンクは一度だけ、24時間有効です。お心当たりがなければ何もしないでください。",
        ),
        "zh": ReaderWords(
            subject="{publication}掌握的有关您的信息",
            text=("您请求获取我们保存的有关此地址的全部信息。",),
            button="下载我的数据",
            small="链接只能使用一次，有效期为 24 小时。如果不是您本人，请不必理会。",
        ),
    },
    ReaderNotice.SAME_ADDRESS: {
        "en": ReaderWords(
            subject="Your address for {publication} stays as it is",
            text=("You have asked to get {publication} at this address. It comes here already.",),
            small="There is nothing that you have to do.",
        ),
        "es": ReaderWords(
            subject="Su dirección para {publication} queda como está",
            text=("Ha pedido recibir {publication} en esta dirección. Ya llega aquí.",),
            small="No tiene que hacer nada.",
        ),
        "de": ReaderWords(
            subject="Ihre Adresse für {publication} bleibt, wie sie ist",
            text=("Sie möchten {publication} unter dieser Adresse erhalten. Sie kommt schon hierher.",),
            small="Sie müssen nichts tun.",
        ),
        "fr": ReaderWords(
            subject="Votre adresse pour {publication} reste la même",
            text=("Vous avez demandé à recevoir {publication} à cette adresse. C’est déjà le cas.",),
            small="Vous n’avez rien à faire.",
        ),
        "it": ReaderWords(
            subject="Il Suo indirizzo per {publication} resta com’è",
            text=("Ha chiesto di ricevere {publication} a questo indirizzo. Arriva già qui.",),
            small="Non deve fare nulla.",
        ),
        "pt": ReaderWords(
            subject="O seu endereço para {publication} fica como está",
            text=("Pediu para receber {publication} neste endereço. Já chega aqui.",),
            small="Não tem de fazer nada.",
        ),
        "ru": ReaderWords(
            subject="Ваш адрес для {publication} остаётся прежним",
            text=("Вы попросили присылать {publication} на этот адрес. Письма уже приходят сюда.",),
            small="Делать ничего не нужно.",
        ),
        "ar": ReaderWords(
            subject="يبقى عنوانك لدى {publication} كما هو",
            text=("طلبت أن تصلك {publication} على هذا العنوان، وهي تصل إليه بالفعل.",),
            small="ليس عليك أن تفعل شيئًا.",
        ),
        "ja": ReaderWords(
            subject="{publication}のアドレスはそのままです",
            text=("{publication}をこのアドレスで受け取りたいとのことですが、すでにお届けしています。",),
            small="何もしていただく必要はありません。",
        ),
        "zh": ReaderWords(
            subject="您接收{publication}的地址保持不变",
            text=("您请求用此地址接收{publication}。邮件已经发送到这里。",),
            small="您无需做任何事。",
        ),
    },
}
"""The words by kind and language."""
