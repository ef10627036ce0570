"""What readers are told who change their address, or are to be forgotten."""

from __future__ import annotations

from typing import Final

from publisher.model.reader_notices import ReaderNotice, ReaderWords

CHANGING: Final[dict[ReaderNotice, dict[str, ReaderWords]]] = {
    ReaderNotice.CHANGE_ADDRESS: {
        "en": ReaderWords(
            subject="Confirm your new address for {publication}",
            text=(
                "A reader of {publication} wants to get it at this address from now on.",
                "The address is {new}.",
            ),
            button="Use this address",
            small="The link works for 24 hours. If it was not you, do nothing.",
        ),
        "es": ReaderWords(
            subject="Confirme su nueva dirección para {publication}",
            text=(
                "Alguien que lee {publication} quiere recibirla desde ahora en esta dirección.",
                "La dirección es {new}.",
            ),
            button="Usar esta dirección",
            small="El enlace vale 24 horas. Si no ha sido usted, no haga nada.",
        ),
        "de": ReaderWords(
            subject="Bestätigen Sie Ihre neue Adresse für {publication}",
            text=(
                "Jemand, der {publication} liest, möchte von nun an unter dieser Adresse beliefert werden.",
                "Die Adresse ist {new}.",
            ),
            button="Diese Adresse verwenden",
            small="Der Link gilt 24 Stunden. Waren Sie es nicht, tun Sie nichts.",
        ),
        "fr": ReaderWords(
            subject="Confirmez votre nouvelle adresse pour {publication}",
            text=(
                "Une personne abonnée à {publication} veut désormais la recevoir à cette adresse.",
                "L’adresse est {new}.",
            ),
            button="Utiliser cette adresse",
            small="Le lien vaut 24 heures. Si ce n’était pas vous, ne faites rien.",
        ),
        "it": ReaderWords(
            subject="Confermi il Suo nuovo indirizzo per {publication}",
            text=(
                "Chi legge {publication} vuole d’ora in poi riceverla a questo indirizzo.",
                "L’indirizzo è {new}.",
            ),
            button="Usa questo indirizzo",
            small="Il link vale 24 ore. Se non è stato Lei, non faccia nulla.",
        ),
        "pt": ReaderWords(
            subject="Confirme o seu novo endereço para {publication}",
            text=(
                "Alguém que lê {publication} quer passar a recebê-la neste endereço.",
                "O endereço é {new}.",
            ),
            button="Usar este endereço",
            small="A ligação vale 24 horas. Se não foi o próprio, não faça nada.",
        ),
        "ru": ReaderWords(
            subject="Подтвердите новый адрес для {publication}",
            text=(
                "Читатель {publication} хочет теперь получать письма на этот адрес.",
                "Адрес: {new}.",
            ),
            button="Использовать этот адрес",
            small="Ссылка действует 24 часа. Если это были не вы, ничего не делайте.",
        ),
        "ar": ReaderWords(
            subject="أكّد عنوانك الجديد لدى {publication}",
            text=(
                "يريد أحد قراء {publication} أن تصله على هذا العنوان من الآن.",
                "العنوان: {new}.",
            ),
            button="استخدام هذا العنوان",
            small="يعمل الرابط 24 ساعة. إن لم تكن أنت فلا تفعل شيئًا.",
        ),
        "ja": ReaderWords(
            subject="{publication}の新しいアドレスを確認してください",
            text=(
                "{publication}の読者の方が、今後このアドレスでの受け取りを希望しています。",
                "アドレス：{new}",
            ),
            button="このアドレスを使う",
            small="リンクは24時間有効です。お心当たりがなければ何もしないでください。",
        ),
        "zh": ReaderWords(
            subject="请确认您接收{publication}的新地址",
            text=(
                "{publication}的一位读者希望今后用此地址接收。",
                "地址：{new}",
            ),
            button="使用此地址",
            small="链接有效期为 24 小时。如果不是您本人，请不必理会。",
        ),
    },
    ReaderNotice.LEAVE_ADDRESS: {
        "en": ReaderWords(
            subject="Change your address for {publication}?",
            text=(
                "You have asked to get {publication} at another address from now on.",
                "Now it is {old}, and then it is {new}.",
            ),
            button="Yes, change my address",
            small="The link works for 24 hours. If it was not you, do nothing: all stays as it is.",
        ),
        "es": ReaderWords(
            subject="¿Cambiar su dirección para {publication}?",
            text=(
                "Ha pedido recibir {publication} desde ahora en otra dirección.",
                "Ahora es {old}; después será {new}.",
            ),
            button="Sí, cambiar mi dirección",
            small="El enlace vale 24 horas. Si no ha sido usted, no haga nada: todo queda como está.",
        ),
        "de": ReaderWords(
            subject="Ihre Adresse für {publication} ändern?",
            text=(
                "Sie möchten {publication} von nun an unter einer anderen Adresse erhalten.",
                "Jetzt ist es {old}, dann {new}.",
            ),
            button="Ja, meine Adresse ändern",
            small="Der Link gilt 24 Stunden. Waren Sie es nicht, tun Sie nichts: Alles bleibt, wie es ist.",
        ),
        "fr": ReaderWords(
            subject="Changer votre adresse pour {publication} ?",
            text=(
                "Vous avez demandé à recevoir désormais {publication} à une autre adresse.",
                "C’est maintenant {old}, ce sera {new}.",
            ),
            button="Oui, changer mon adresse",
            small="Le lien vaut 24 heures. Si ce n’était pas vous, ne faites rien : tout reste en l’état.",
        ),
        "it": ReaderWords(
            subject="Cambiare il Suo indirizzo per {publication}?",
            text=(
                "Ha chiesto di ricevere d’ora in poi {publication} a un altro indirizzo.",
                "Ora è {old}, poi sarà {new}.",
            ),
            button="Sì, cambia il mio indirizzo",
            small="Il link vale 24 ore. Se non è stato Lei, non faccia nulla: tutto resta com’è.",
        ),
        "pt": ReaderWords(
            subject="Mudar o seu endereço para {publication}?",
            text=(
                "Pediu para passar a receber {publication} noutro endereço.",
                "Agora é {old}; depois será {new}.",
            ),
            button="Sim, mudar o meu endereço",
            small="A ligação vale 24 horas. Se não foi o próprio, não faça nada: tudo fica como está.",
        ),
        "ru": ReaderWords(
            subject="Изменить ваш адрес для {publication}?",
            text=(
                "Вы попросили присылать {publication} на другой адрес.",
                "Сейчас это {old}, затем будет {new}.",
            ),
            button="Да, изменить мой адрес",
            small="Ссылка действует 24 часа. Если это были не вы, ничего не делайте: всё останется как есть.",
        ),
        "ar": ReaderWords(
            subject="هل تريد تغيير عنوانك لدى {publication}؟",
            text=(
                "طلبت أن تصلك {publication} على عنوان آخر من الآن.",
                "العنوان الآن {old}، وسيصبح {new}.",
            ),
            button="نعم، غيّر عنواني",
            small="يعمل الرابط 24 ساعة. إن لم تكن أنت فلا تفعل شيئًا، ويبقى كل شيء كما هو.",
        ),
        "ja": ReaderWords(
            subject="{publication}のアドレスを変更しますか",
            text=(
                "{publication}を今後別のアドレスで受け取りたいとのご希望をいただきました。",
                "現在のアドレスは{old}、変更後は{new}です。",
            ),
            button="アドレスを変更する",
            small="リンクは24時間有効です。お心当たりがなければ何もしないでください。何も変わりません。",
        ),
        "zh": ReaderWords(
            subject="要更改您接收{publication}的地址吗？",
            text=(
                "您请求今后用另一个地址接收{publication}。",
                "现在的地址是{old}，更改后是{new}。",
            ),
            button="是的，更改我的地址",
            small="链接有效期为 24 小时。如果不是您本人，请不必理会，一切照旧。",
        ),
    },
    ReaderNotice.ADDRESS_CHANGED: {
        "en": ReaderWords(
            subject="Your address for {publication} is changed",
            text=("From now on {publication} comes to your new address, and nothing more to this one.",),
            small="If it was not you, write to us: reply to this mail.",
        ),
        "es": ReaderWords(
            subject="Su dirección para {publication} ha cambiado",
            text=("Desde ahora {publication} llega a su nueva dirección y nada más a esta.",),
            small="Si no ha sido usted, escríbanos: responda a este correo.",
        ),
        "de": ReaderWords(
            subject="Ihre Adresse für {publication} ist geändert",
            text=("Von nun an kommt {publication} an Ihre neue Adresse und nichts mehr an diese.",),
            small="Waren Sie es nicht, schreiben Sie uns: Antworten Sie auf diese Mail.",
        ),
        "fr": ReaderWords(
            subject="Votre adresse pour {publication} est changée",
            text=("Désormais {publication} arrive à votre nouvelle adresse, et plus rien à celle-ci.",),
            small="Si ce n’était pas vous, écrivez-nous : répondez à ce message.",
        ),
        "it": ReaderWords(
            subject="Il Suo indirizzo per {publication} è cambiato",
            text=("D’ora in poi {publication} arriva al Suo nuovo indirizzo e più nulla a questo.",),
            small="Se non è stato Lei, ci scriva: risponda a questo messaggio.",
        ),
        "pt": ReaderWords(
            subject="O seu endereço para {publication} mudou",
            text=("A partir de agora {publication} chega ao seu novo endereço, e nada mais a este.",),
            small="Se não foi o próprio, escreva-nos: responda a esta mensagem.",
        ),
        "ru": ReaderWords(
            subject="Ваш адрес для {publication} изменён",
            text=("Теперь {publication} приходит на ваш новый адрес, а на этот больше ничего.",),  # noqa: RUF001 (Russian words)
            small="Если это были не вы, напишите нам: ответьте на это письмо.",
        ),
        "ar": ReaderWords(
            subject="تغيّر عنوانك لدى {publication}",
            text=("من الآن تصل {publication} إلى عنوانك الجديد، ولا يصل شيء إلى هذا العنوان.",),
            small="إن لم تكن أنت فاكتب إلينا بالرد على هذه الرسالة.",
        ),
        "ja": ReaderWords(
            subject="{publication}のアドレスが変更されました",
            text=("今後{publication}は新しいアドレスに届き、このアドレスには何も届きません。",),
            small="お心当たりがなければ、このメールに返信してご連絡ください。",
        ),
        "zh": ReaderWords(
            subject="您接收{publication}的地址已更改",
            text=("今后{publication}将发送到您的新地址，此地址不再收到任何邮件。",),
            small="如果不是您本人，请回复此邮件告诉我们。",
        ),
    },
    ReaderNotice.ERASE: {
        "en": ReaderWords(
            subject="Erase all that {publication} knows of you?",
            text=(
                "You have asked us to forget this address and all that belongs to it.",
                "Once you have pressed the button on the page behind this link, nothing of it comes back.",
            ),
            button="Erase me",
            small="The link works for 24 hours. If it was not you, do nothing: all stays as it is.",
        ),
        "es": ReaderWords(
            subject="¿Borrar todo lo que {publication} sabe de usted?",
            text=(
                "Nos ha pedido olvidar esta dirección y todo lo que le pertenece.",
                "Una vez pulsado el botón de la página a la que lleva este enlace, nada de ello vuelve.",
            ),
            button="Borrar mis datos",
            small="El enlace vale 24 horas. Si no ha sido usted, no haga nada: todo queda como está.",
        ),
        "de": ReaderWords(
            subject="Alles löschen, was {publication} von Ihnen weiß?",
            text=(
                "Sie haben uns gebeten, diese Adresse und alles, was dazu gehört, zu vergessen.",
                (
                    "Sobald Sie auf der Seite hinter diesem Link auf den Knopf gedrückt haben, kommt nichts "
                    "davon zurück."
                ),
            ),
            button="Meine Daten löschen",
            small="Der Link gilt 24 Stunden. Waren Sie es nicht, tun Sie nichts: Alles bleibt, wie es ist.",
        ),
        "fr": ReaderWords(
            subject="Effacer tout ce que {publication} sait de vous ?",
            text=(
                "Vous nous avez demandé d’oublier cette adresse et tout ce qui s’y rattache.",
                "Une fois que vous avez appuyé sur le bouton de la page où mène ce lien, rien n’en revient.",
            ),
            button="Effacer mes données",
            small="Le lien vaut 24 heures. Si ce n’était pas vous, ne faites rien : tout reste en l’état.",
        ),
        "it": ReaderWords(
            subject="Cancellare tutto ciò che {publication} sa di Lei?",
            text=(
                "Ci ha chiesto di dimenticare questo indirizzo e tutto ciò che gli appartiene.",
                "Una volta premuto il pulsante nella pagina a cui porta questo link, nulla torna indietro.",
            ),
            button="Cancella i miei dati",
            small="Il link vale 24 ore. Se non è stato Lei, non faccia nulla: tutto resta com’è.",
        ),
        "pt": ReaderWords(
            subject="Apagar tudo o que {publication} sabe de si?",
            text=(
                "Pediu-nos que esqueçamos este endereço e tudo o que lhe pertence.",
                "Depois de premir o botão na página a que esta ligação conduz, nada disso volta.",
            ),
            button="Apagar os meus dados",
            small="A ligação vale 24 horas. Se não foi o próprio, não faça nada: tudo fica como está.",
        ),
        "ru": ReaderWords(
            subject="Стереть всё, что {publication} знает о вас?",  # noqa: RUF001 (Russian words)
            text=(
                "Вы попросили нас забыть этот адрес и всё, что с ним связано.",  # noqa: RUF001 (Russian words)
                "Когда вы нажмёте кнопку на странице по этой ссылке, вернуть это будет нельзя.",
            ),
            button="Стереть мои данные",
            small="Ссылка действует 24 часа. Если это были не вы, ничего не делайте: всё останется как есть.",
        ),
        "ar": ReaderWords(
            subject="هل نمحو كل ما تعرفه {publication} عنك؟",
            text=(
                "طلبت منا أن ننسى هذا العنوان وكل ما يخصه.",
                "بعد أن تضغط على الزر في الصفحة التي يفتحها هذا الرابط لا يعود منه شيء.",
            ),
            button="امحُ بياناتي",
            small="يعمل الرابط 24 ساعة. إن لم تكن أنت فلا تفعل شيئًا، ويبقى كل شيء كما هو.",
        ),
        "ja": ReaderWords(
            subject="{publication}にあるあなたの情報をすべて消去しますか",
            text=(
                "このアドレスとそれに関わるすべてを消去するよう、ご依頼をいただきました。",
                "このリンク先のページでボタンを押すと、元に戻すことはできません。",
            ),
            button="消去する",
            small="リンクは24時間有効です。お心当たりがなければ何もしないでください。何も変わりません。",
        ),
        "zh": ReaderWords(
            subject="要删除{publication}掌握的有关您的一切吗？",
            text=(
                "您请求我们忘记此地址及与之相关的一切。",
                "一旦您在此链接的页面上按下按钮，就无法恢复。",
            ),
            button="删除我的数据",
            small="链接有效期为 24 小时。如果不是您本人，请不必理会，一切照旧。",
        ),
    },
}
