"""What the pages that answer a person say, in the languages that mails and pages speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences of one language: leaving a list, links of tests or to nowhere, and our own trouble."""

    address: str
    list: str
    ask: str
    done: str
    done_text: str
    still: str
    stale: str
    stale_text: str
    tested: str
    tested_text: str
    broken: str
    broken_text: str
    busy: str
    busy_text: str


def sentences(lang: str) -> Sentences:
    """Return the sentences for a BCP 47 tag: those of its first subtag, else English."""
    return SENTENCES.get(lang.partition("-")[0].lower(), SENTENCES["en"])


SENTENCES: Final[dict[str, Sentences]] = {
    "en": Sentences(
        address="Address",
        list="List",
        ask="Press the button, and this address gets no more mail from this list.",
        done="You are unsubscribed",
        done_text="This address gets no more mail from this list. One that is on its way may still arrive.",
        still="Every issue stays open to you on the web and by feed.",
        stale="This link does not work",
        stale_text="Perhaps a part of it is missing. Open the link in the latest mail again, or write to us:",
        tested="This was a test mail",
        tested_text="Its links act on nobody, and nobody was unsubscribed.",
        broken="Something went wrong here",
        broken_text="It is our fault and not yours. Please try again later.",
        busy="One moment, please",
        busy_text="Our database does not answer just now. Please try again in a minute.",
    ),
    "es": Sentences(
        address="Dirección",
        list="Lista",
        ask="Pulse el botón y esta dirección no recibirá más correo de esta lista.",
        done="La suscripción está cancelada",
        done_text="Esta dirección ya no recibirá correo de esta lista. Quizá llegue uno que está en camino.",
        still="Puede seguir leyendo todos los números en la web y por RSS.",
        stale="Este enlace no funciona",
        stale_text="Quizá le falte una parte. Abra de nuevo el enlace del último correo o escríbanos:",
        tested="Este era un correo de prueba",
        tested_text="Sus enlaces no afectan a nadie y ninguna suscripción se ha cancelado.",
        broken="Algo ha fallado aquí",
        broken_text="La culpa es nuestra, no suya. Inténtelo más tarde.",
        busy="Un momento, por favor",
        busy_text="Nuestra base de datos no responde ahora. Inténtelo dentro de un minuto.",
    ),
    "de": Sentences(
        address="Adresse",
        list="Liste",
        ask="Ein Druck auf den Knopf, und diese Adresse erhält keine Mails dieser Liste mehr.",
        done="Sie sind abgemeldet",
        done_text="Diese Adresse erhält keine Mails dieser Liste mehr. Eine kann noch unterwegs sein.",
        still="Alle Ausgaben bleiben im Web und als Feed zu lesen.",
        stale="Dieser Link funktioniert nicht",
        stale_text="Vielleicht fehlt ein Teil. Öffnen Sie den Link der neuesten Mail oder schreiben Sie uns:",
        tested="Das war eine Testmail",
        tested_text="Ihre Links betreffen niemanden, und niemand wurde abgemeldet.",
        broken="Hier ist etwas schiefgegangen",
        broken_text="Das liegt an uns und nicht an Ihnen. Bitte versuchen Sie es später noch einmal.",
        busy="Einen Augenblick, bitte",
        busy_text="Unsere Datenbank antwortet gerade nicht. Bitte versuchen Sie es in einer Minute wieder.",
    ),
    "fr": Sentences(
        address="Adresse",
        list="Liste",
        ask="Appuyez sur le bouton et cette adresse ne recevra plus de messages de cette liste.",
        done="Vous êtes désabonné",
        done_text="Cette adresse ne recevra plus de messages de cette liste. Un dernier peut être en route.",
        still="Tous les numéros restent à lire sur le web et par flux RSS.",
        stale="Ce lien ne fonctionne pas",
        stale_text="Il en manque peut-être une partie. Rouvrez le lien du dernier message ou écrivez-nous :",
        tested="C’était un message de test",
        tested_text="Ses liens n’agissent sur personne, et personne n’a été désabonné.",
        broken="Quelque chose n’a pas marché",
        broken_text="C’est notre faute et non la vôtre. Veuillez réessayer plus tard.",
        busy="Un instant, s’il vous plaît",
        busy_text="Notre base de données ne répond pas. Veuillez réessayer dans une minute.",
    ),
    "it": Sentences(
        address="Indirizzo",
        list="Lista",
        ask="Prema il pulsante e questo indirizzo non riceverà più mail da questa lista.",
        done="L’iscrizione è annullata",
        done_text="Questo indirizzo non riceverà più mail da questa lista. Una può essere ancora in viaggio.",
        still="Tutti i numeri restano leggibili sul web e via feed.",
        stale="Questo link non funziona",
        stale_text="Forse ne manca una parte. Apra di nuovo il link dell’ultima mail o ci scriva:",
        tested="Era una mail di prova",
        tested_text="I suoi link non riguardano nessuno e nessuna iscrizione è stata annullata.",
        broken="Qualcosa è andato storto",
        broken_text="È colpa nostra e non sua. Riprovi più tardi.",
        busy="Un momento, per favore",
        busy_text="La nostra banca dati ora non risponde. Riprovi tra un minuto.",
    ),
    "pt": Sentences(
        address="Endereço",
        list="Lista",
        ask="Prima o botão e este endereço não receberá mais mensagens desta lista.",
        done="A subscrição está cancelada",
        done_text="Este endereço não receberá mais mensagens desta lista. Uma pode ainda estar a caminho.",
        still="Pode continuar a ler todas as edições na web e por feed.",
        stale="Esta ligação não funciona",
        stale_text="Talvez lhe falte uma parte. Abra de novo a ligação da última mensagem ou escreva-nos:",
        tested="Esta era uma mensagem de teste",
        tested_text="As suas ligações não afetam ninguém e nenhuma subscrição foi cancelada.",
        broken="Algo falhou aqui",
        broken_text="A culpa é nossa e não sua. Tente de novo mais tarde.",
        busy="Um momento, por favor",
        busy_text="A nossa base de dados não responde agora. Tente de novo dentro de um minuto.",
    ),
    "ru": Sentences(
        address="Адрес",
        list="Рассылка",
        ask="Нажмите кнопку, и на этот адрес больше не будут приходить письма этой рассылки.",
        done="Вы отписались",
        done_text="Письма этой рассылки больше не будут приходить на этот адрес. Одно может быть уже в пути.",
        still="Все выпуски можно и дальше читать на сайте и через RSS.",  # noqa: RUF001 (Russian words)
        stale="Эта ссылка не работает",
        stale_text="Возможно, потерялась её часть. Откройте ссылку из последнего письма или напишите нам:",
        tested="Это было пробное письмо",
        tested_text="Ссылки в нём ни на кого не действуют, и никто не отписан.",
        broken="Что-то пошло не так",
        broken_text="Это наша вина, а не ваша. Попробуйте ещё раз позже.",  # noqa: RUF001 (a Russian word)
        busy="Одну минуту",
        busy_text="База данных сейчас не отвечает. Попробуйте ещё раз через минуту.",
    ),
    "ar": Sentences(
        address="العنوان",
        list="القائمة",
        ask="اضغط على الزر ولن تصل إلى هذا العنوان رسائل من هذه القائمة بعد الآن.",
        done="أُلغي اشتراكك",
        done_text="لن تصل إلى هذا العنوان رسائل من هذه القائمة بعد الآن، وقد تصل رسالة أُرسلت قبل قليل.",
        still="تبقى كل الأعداد متاحة لك على الويب وعبر RSS.",
        stale="هذا الرابط لا يعمل",
        stale_text="ربما ينقصه جزء. افتح الرابط الذي في آخر رسالة مرة أخرى أو اكتب إلينا:",
        tested="كانت هذه رسالة تجريبية",
        tested_text="روابطها لا تؤثر في أحد، ولم يُلغَ اشتراك أحد.",
        broken="حدث خطأ هنا",
        broken_text="الخطأ منا وليس منك. حاول مرة أخرى لاحقًا.",
        busy="لحظة من فضلك",
        busy_text="قاعدة بياناتنا لا تجيب الآن. حاول مرة أخرى بعد دقيقة.",
    ),
    "ja": Sentences(
        address="アドレス",
        list="リスト",
        ask="ボタンを押すと、このアドレスにはこのリストのメールが届かなくなります。",
        done="購読を解除しました",
        done_text="このアドレスにはこのリストのメールが届かなくなります。送信中のものは届くことがあります。",
        still="すべての号は、これからもウェブとフィードでお読みいただけます。",
        stale="このリンクは使えません",
        stale_text="一部が欠けているのかもしれません。最新のメールのリンクをもう一度開くか、ご連絡ください：",
        tested="これはテストメールでした",
        tested_text="このメールのリンクは誰にも影響しません。購読は解除されていません。",
        broken="問題が起きました",
        broken_text="こちらの不具合です。しばらくしてからもう一度お試しください。",
        busy="少々お待ちください",
        busy_text="データベースが応答していません。1分ほどしてからもう一度お試しください。",
    ),
    "zh": Sentences(
        address="地址",
        list="列表",
        ask="按下按钮后，此地址将不再收到该列表的邮件。",
        done="您已退订",
        done_text="此地址将不再收到该列表的邮件。已在途中的邮件可能仍会送达。",
        still="您仍可在网页上或通过订阅源阅读每一期。",
        stale="此链接无效",
        stale_text="链接可能不完整。请再次打开最新邮件中的链接，或写信给我们：",
        tested="这是一封测试邮件",
        tested_text="其中的链接不影响任何人，也没有人被退订。",
        broken="这里出了问题",
        broken_text="这是我们的问题，与您无关。请稍后再试。",
        busy="请稍候",
        busy_text="我们的数据库暂时没有响应。请一分钟后再试。",
    ),
}
"""The sentences by language; each language has every one."""
