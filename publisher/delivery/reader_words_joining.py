"""What those are told who join."""

from __future__ import annotations

from typing import Final

from publisher.model.reader_notices import ReaderNotice, ReaderWords

JOINING: Final[dict[ReaderNotice, dict[str, ReaderWords]]] = {
    ReaderNotice.CONFIRM: {
        "en": ReaderWords(
            subject="Confirm your subscription to {publication}",
            text=(
                "Somebody, we hope you, has asked that this address get {lists}.",
                "Nothing is sent before you press the button on the page behind this link.",
            ),
            button="Confirm my subscription",
            small="The link works for 24 hours. If it was not you, do nothing: nothing more comes.",
        ),
        "es": ReaderWords(
            subject="Confirme su suscripción a {publication}",
            text=(
                "Alguien, esperamos que usted, ha pedido que esta dirección reciba {lists}.",
                "No se enviará nada hasta que pulse el botón de la página a la que lleva este enlace.",
            ),
            button="Confirmar mi suscripción",
            small="El enlace vale 24 horas. Si no ha sido usted, no haga nada: no llegará nada más.",
        ),
        "de": ReaderWords(
            subject="Bestätigen Sie Ihr Abonnement von {publication}",
            text=(
                "Jemand, hoffentlich Sie selbst, hat für diese Adresse {lists} bestellt.",
                "Es wird nichts gesendet, bevor Sie auf der Seite hinter diesem Link auf den Knopf drücken.",
            ),
            button="Abonnement bestätigen",
            small="Der Link gilt 24 Stunden. Waren Sie es nicht, tun Sie nichts: Es kommt nichts weiter.",
        ),
        "fr": ReaderWords(
            subject="Confirmez votre abonnement à {publication}",
            text=(
                "Quelqu’un, vous-même espérons-nous, a demandé que cette adresse reçoive {lists}.",
                "Rien n’est envoyé tant que vous n’avez pas appuyé sur le bouton de la page où mène ce lien.",
            ),
            button="Confirmer mon abonnement",
            small="Le lien vaut 24 heures. Si ce n’était pas vous, ne faites rien : rien d’autre ne viendra.",
        ),
        "it": ReaderWords(
            subject="Confermi la Sua iscrizione a {publication}",
            text=(
                "Qualcuno, speriamo Lei, ha chiesto che questo indirizzo riceva {lists}.",
                "Non inviamo nulla finché non preme il pulsante nella pagina a cui porta questo link.",
            ),
            button="Conferma l’iscrizione",
            small="Il link vale 24 ore. Se non è stato Lei, non faccia nulla: non arriverà altro.",
        ),
        "pt": ReaderWords(
            subject="Confirme a sua subscrição de {publication}",
            text=(
                "Alguém, esperamos que o próprio, pediu que este endereço receba {lists}.",
                "Nada é enviado antes de premir o botão na página a que esta ligação conduz.",
            ),
            button="Confirmar a subscrição",
            small="A ligação vale 24 horas. Se não foi o próprio, não faça nada: nada mais chegará.",
        ),
        "ru": ReaderWords(
            subject="Подтвердите подписку на {publication}",
            text=(
                "Кто-то, надеемся, что вы сами, попросил присылать на этот адрес: {lists}.",
                "Мы ничего не отправим, пока вы не нажмёте кнопку на странице по этой ссылке.",
            ),
            button="Подтвердить подписку",
            small="Ссылка действует 24 часа. Если это были не вы, ничего не делайте: больше ничего не "
            "придёт.",
        ),
        "ar": ReaderWords(
            subject="أكّد اشتراكك في {publication}",
            text=(
                "طلب أحدهم، ونرجو أن تكون أنت، أن تصل إلى هذا العنوان: {lists}.",
                "لن نرسل شيئًا قبل أن تضغط على الزر في الصفحة التي يفتحها هذا الرابط.",
            ),
            button="تأكيد الاشتراك",
            small="يعمل الرابط 24 ساعة. إن لم تكن أنت فلا تفعل شيئًا، ولن يصلك شيء آخر.",
        ),
        "ja": ReaderWords(
            subject="{publication}の購読を確認してください",
            text=(
                "このアドレスで{lists}を受け取りたいとの申し込みがありました。",
                "このリンク先のページでボタンを押すまで、何もお送りしません。",
            ),
            button="購読を確認する",
            small="リンクは24時間有効です。お心当たりがなければ何もしないでください。これ以上は届きません。",
        ),
        "zh": ReaderWords(
            subject="请确认订阅{publication}",
            text=(
                "有人（希望是您本人）请求将{lists}发送到此地址。",  # noqa: RUF001 (wide brackets)
                "在您打开此链接并按下页面上的按钮之前，我们不会发送任何内容。",
            ),
            button="确认订阅",
            small="链接有效期为 24 小时。如果不是您本人，请不必理会，不会再有邮件。",
        ),
    },
    ReaderNotice.SUBSCRIBED: {
        "en": ReaderWords(
            subject="You are subscribed to {publication}",
            text=(
                "Somebody, we hope you, has asked that this address get {lists}. It does already.",
                (
                    "There is nothing that you have to do. If you like, confirm it once more; nothing "
                    "changes by that."
                ),
            ),
            button="Confirm once more",
            small="The link works for 24 hours. Every issue has a link with which you leave.",
        ),
        "es": ReaderWords(
            subject="Ya está suscrito a {publication}",
            text=(
                "Alguien, esperamos que usted, ha pedido que esta dirección reciba {lists}. Ya lo recibe.",
                "No tiene que hacer nada. Si quiere, confírmelo otra vez; con eso no cambia nada.",
            ),
            button="Confirmar otra vez",
            small="El enlace vale 24 horas. Cada número lleva un enlace para darse de baja.",
        ),
        "de": ReaderWords(
            subject="Sie haben {publication} schon abonniert",
            text=(
                (
                    "Jemand, hoffentlich Sie selbst, hat für diese Adresse {lists} bestellt. Sie erhält das "
                    "bereits."
                ),
                (
                    "Sie müssen nichts tun. Wenn Sie möchten, bestätigen Sie es noch einmal; es ändert sich "
                    "dadurch nichts."
                ),
            ),
            button="Noch einmal bestätigen",
            small="Der Link gilt 24 Stunden. In jeder Ausgabe ist ein Link zum Abbestellen.",
        ),
        "fr": ReaderWords(
            subject="Vous êtes déjà abonné à {publication}",
            text=(
                (
                    "Quelqu’un, vous-même espérons-nous, a demandé que cette adresse reçoive {lists}. C’est "
                    "déjà le cas."
                ),
                "Vous n’avez rien à faire. Si vous voulez, confirmez encore une fois ; cela ne change rien.",
            ),
            button="Confirmer encore une fois",
            small="Le lien vaut 24 heures. Chaque numéro contient un lien pour se désabonner.",
        ),
        "it": ReaderWords(
            subject="È già iscritto a {publication}",
            text=(
                "Qualcuno, speriamo Lei, ha chiesto che questo indirizzo riceva {lists}. Lo riceve già.",
                "Non deve fare nulla. Se vuole, confermi ancora una volta; non cambia nulla.",
            ),
            button="Conferma ancora una volta",
            small="Il link vale 24 ore. Ogni numero ha un link per annullare l’iscrizione.",
        ),
        "pt": ReaderWords(
            subject="Já subscreve {publication}",
            text=(
                "Alguém, esperamos que o próprio, pediu que este endereço receba {lists}. Já recebe.",
                "Não tem de fazer nada. Se quiser, confirme outra vez; nada muda com isso.",
            ),
            button="Confirmar outra vez",
            small="A ligação vale 24 horas. Cada edição tem uma ligação para cancelar.",
        ),
        "ru": ReaderWords(
            subject="Вы уже подписаны на {publication}",
            text=(
                (
                    "Кто-то, надеемся, что вы сами, попросил присылать на этот адрес: {lists}. Подписка уже "
                    "действует."
                ),
                "Делать ничего не нужно. При желании подтвердите её ещё раз, от этого ничего не изменится.",
            ),
            button="Подтвердить ещё раз",
            small="Ссылка действует 24 часа. В каждом выпуске есть ссылка, чтобы отписаться.",  # noqa: RUF001 (Russian words)
        ),
        "ar": ReaderWords(
            subject="أنت مشترك في {publication}",
            text=(
                "طلب أحدهم، ونرجو أن تكون أنت، أن تصل إلى هذا العنوان: {lists}. وهي تصل إليه بالفعل.",
                "ليس عليك أن تفعل شيئًا. يمكنك أن تؤكد مرة أخرى، ولن يتغير شيء بذلك.",
            ),
            button="تأكيد مرة أخرى",
            small="يعمل الرابط 24 ساعة. في كل عدد رابط لإلغاء الاشتراك.",
        ),
        "ja": ReaderWords(
            subject="{publication}はすでに購読中です",
            text=(
                "このアドレスで{lists}を受け取りたいとの申し込みがありましたが、すでにお届けしています。",
                "何もしていただく必要はありません。もう一度確認することもできますが、何も変わりません。",
            ),
            button="もう一度確認する",
            small="リンクは24時間有効です。どの号にも解除のためのリンクがあります。",
        ),
        "zh": ReaderWords(
            subject="您已订阅{publication}",
            text=(
                "有人（希望是您本人）请求将{lists}发送到此地址。此地址已经订阅。",  # noqa: RUF001 (wide brackets)
                "您无需做任何事。如果愿意，可以再确认一次，不会有任何改变。",
            ),
            button="再确认一次",
            small="链接有效期为 24 小时。每一期中都有退订链接。",
        ),
    },
    ReaderNotice.WELCOME: {
        "en": ReaderWords(
            subject="Welcome to {publication}",
            text=(
                "You are subscribed to {lists}.",
                "The latest issue is there to read at once: {title}",
            ),
            button="Read it",
            small="Every mail has a link with which you leave, pause, or choose what you get.",
        ),
        "es": ReaderWords(
            subject="Le damos la bienvenida a {publication}",
            text=(
                "Se ha suscrito a {lists}.",
                "El último número ya se puede leer: {title}",
            ),
            button="Leerlo",
            small="Cada correo lleva un enlace para darse de baja, hacer una pausa o elegir lo que recibe.",
        ),
        "de": ReaderWords(
            subject="Willkommen bei {publication}",
            text=(
                "Sie haben {lists} abonniert.",
                "Die neueste Ausgabe können Sie gleich lesen: {title}",
            ),
            button="Jetzt lesen",
            small="In jeder Mail ist ein Link, mit dem Sie abbestellen, pausieren oder auswählen, was "
            "Sie erhalten.",
        ),
        "fr": ReaderWords(
            subject="Bienvenue chez {publication}",
            text=(
                "Vous êtes abonné à {lists}.",
                "Le dernier numéro se lit dès maintenant : {title}",
            ),
            button="Le lire",
            small="Chaque message contient un lien pour vous désabonner, faire une pause ou choisir ce "
            "que vous recevez.",
        ),
        "it": ReaderWords(
            subject="Benvenuto in {publication}",
            text=(
                "È iscritto a {lists}.",
                "L’ultimo numero si può leggere subito: {title}",
            ),
            button="Leggilo",
            small="Ogni messaggio ha un link per annullare l’iscrizione, fare una pausa o scegliere che "
            "cosa ricevere.",
        ),
        "pt": ReaderWords(
            subject="Damos-lhe as boas-vindas a {publication}",
            text=(
                "Subscreveu {lists}.",
                "A última edição já pode ser lida: {title}",
            ),
            button="Ler",
            small="Cada mensagem tem uma ligação para cancelar, fazer uma pausa ou escolher o que recebe.",
        ),
        "ru": ReaderWords(
            subject="Добро пожаловать: {publication}",
            text=(
                "Вы подписаны на: {lists}.",
                "Последний выпуск можно прочитать сразу: {title}",
            ),
            button="Читать",
            small="В каждом письме есть ссылка, чтобы отписаться, сделать перерыв или выбрать, что получать.",  # noqa: RUF001 (Russian words)
        ),
        "ar": ReaderWords(
            subject="مرحبًا بك في {publication}",
            text=(
                "أنت الآن مشترك في {lists}.",
                "يمكنك قراءة آخر عدد حالًا: {title}",
            ),
            button="اقرأه",
            small="في كل رسالة رابط لإلغاء الاشتراك أو إيقافه مؤقتًا أو اختيار ما يصلك.",
        ),
        "ja": ReaderWords(
            subject="{publication}へようこそ",
            text=(
                "{lists}の購読が始まりました。",
                "最新号は今すぐお読みいただけます：{title}",
            ),
            button="読む",
            small="どのメールにも、解除、休止、内容の選択のためのリンクがあります。",
        ),
        "zh": ReaderWords(
            subject="欢迎订阅{publication}",
            text=(
                "您已订阅{lists}。",
                "最新一期现在就可以阅读：{title}",
            ),
            button="阅读",
            small="每封邮件中都有链接，您可以退订、暂停或选择接收的内容。",
        ),
    },
    ReaderNotice.FIRST_WELCOME: {
        "en": ReaderWords(
            subject="Welcome to {publication}",
            text=(
                "You are subscribed to {lists}.",
                "The first issue is on its way, and will come to you by mail.",
            ),
            button="Visit our page",
            small="Every mail has a link with which you leave, pause, or choose what you get.",
        ),
        "es": ReaderWords(
            subject="Le damos la bienvenida a {publication}",
            text=(
                "Se ha suscrito a {lists}.",
                "El primer número está en camino y le llegará por correo.",
            ),
            button="Visitar nuestra página",
            small="Cada correo lleva un enlace para darse de baja, hacer una pausa o elegir lo que recibe.",
        ),
        "de": ReaderWords(
            subject="Willkommen bei {publication}",
            text=(
                "Sie haben {lists} abonniert.",
                "Die erste Ausgabe ist in Arbeit und kommt per Mail zu Ihnen.",
            ),
            button="Unsere Seite besuchen",
            small="In jeder Mail ist ein Link, mit dem Sie abbestellen, pausieren oder auswählen, was "
            "Sie erhalten.",
        ),
        "fr": ReaderWords(
            subject="Bienvenue chez {publication}",
            text=(
                "Vous êtes abonné à {lists}.",
                "Le premier numéro se prépare et vous parviendra par courriel.",
            ),
            button="Voir notre page",
            small="Chaque message contient un lien pour vous désabonner, faire une pause ou choisir ce "
            "que vous recevez.",
        ),
        "it": ReaderWords(
            subject="Benvenuto in {publication}",
            text=(
                "È iscritto a {lists}.",
                "Il primo numero è in arrivo e Le giungerà per email.",
            ),
            button="Visita la nostra pagina",
            small="Ogni messaggio ha un link per annullare l’iscrizione, fare una pausa o scegliere che "
            "cosa ricevere.",
        ),
        "pt": ReaderWords(
            subject="Damos-lhe as boas-vindas a {publication}",
            text=(
                "Subscreveu {lists}.",
                "A primeira edição vem a caminho e chegará por e-mail.",
            ),
            button="Visitar a nossa página",
            small="Cada mensagem tem uma ligação para cancelar, fazer uma pausa ou escolher o que recebe.",
        ),
        "ru": ReaderWords(
            subject="Добро пожаловать: {publication}",
            text=(
                "Вы подписаны на: {lists}.",
                "Первый выпуск готовится и придёт вам по почте.",
            ),
            button="Открыть наш сайт",
            small="В каждом письме есть ссылка, чтобы отписаться, сделать перерыв или выбрать, что получать.",  # noqa: RUF001 (Russian words)
        ),
        "ar": ReaderWords(
            subject="مرحبًا بك في {publication}",
            text=(
                "أنت الآن مشترك في {lists}.",
                "العدد الأول في الطريق وسيصلك بالبريد.",
            ),
            button="زيارة صفحتنا",
            small="في كل رسالة رابط لإلغاء الاشتراك أو إيقافه مؤقتًا أو اختيار ما يصلك.",
        ),
        "ja": ReaderWords(
            subject="{publication}へようこそ",
            text=(
                "{lists}の購読が始まりました。",
                "創刊号は準備中です。メールでお届けします。",
            ),
            button="サイトを見る",
            small="どのメールにも、解除、休止、内容の選択のためのリンクがあります。",
        ),
        "zh": ReaderWords(
            subject="欢迎订阅{publication}",
            text=(
                "您已订阅{lists}。",
                "创刊号正在准备中，届时将通过邮件发送给您。",
            ),
            button="访问我们的网站",
            small="每封邮件中都有链接，您可以退订、暂停或选择接收的内容。",
        ),
    },
}
