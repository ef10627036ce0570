"""What the pages say on which readers join, in the languages that mails and pages speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class JoiningWords:
    """The words of one language; `{}` in `sent_text` is where an address goes, in `consent` a publication."""

    lang: str
    title: str
    intro: str
    address: str
    lists: str
    consent: str
    button: str
    trap: str
    again: str
    again_text: str
    bad_address: str
    no_list: str
    sent: str
    sent_text: str
    too_many: str
    too_many_text: str
    confirm: str
    confirm_text: str
    confirm_button: str
    done: str
    done_text: str
    done_after: str
    old_text: str


def joining_words(lang: str) -> JoiningWords:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return JOINING_WORDS.get(lang.partition("-")[0].lower(), JOINING_WORDS["en"])


_ROWS: Final = (
    JoiningWords(
        lang="en",
        title="Subscribe",
        intro="You get one mail with a link. Nothing else comes before you have confirmed there.",
        address="Your email address",
        lists="What would you like to get?",
        consent="I want to get {} by email. I can leave at any time, with a link in every mail.",
        button="Subscribe",
        trap="Leave this field empty",
        again="Please press once more",
        again_text="We could not tell whether a person sent this form. Look it over and press the button "
        "again.",
        bad_address="We cannot write to this address. Is there a slip in it?",
        no_list="Please choose at least one list.",
        sent="Now look into your mailbox",
        sent_text="A mail with a link goes to {}, unless one has gone there only just before. Open the "
        "link within 24 hours to confirm. If nothing comes, look among the spam.",
        too_many="Too many requests",
        too_many_text="So many have just come that we take no more for now. Nothing was sent to you. "
        "Please try again later.",
        confirm="Confirm your subscription",
        confirm_text="Press the button, and from now on you get:",
        confirm_button="Confirm my subscription",
        done="You are subscribed",
        done_text="From now on you get:",
        done_after="Every mail has a link with which you leave.",
        old_text="A link to confirm works for 24 hours. Subscribe again to get a new one, or write to us:",
    ),
    JoiningWords(
        lang="es",
        title="Suscribirse",
        intro="Recibirá un correo con un enlace. Hasta que confirme allí no llegará nada más.",
        address="Su dirección de correo",
        lists="¿Qué desea recibir?",
        consent="Quiero recibir {} por correo. Puedo darme de baja cuando quiera con el enlace de cada "
        "correo.",
        button="Suscribirme",
        trap="Deje vacío este campo",
        again="Pulse una vez más, por favor",
        again_text="No sabemos si este formulario lo envió una persona. Revíselo y pulse de nuevo el botón.",
        bad_address="No podemos escribir a esta dirección. ¿Tiene alguna errata?",
        no_list="Elija al menos una lista.",
        sent="Mire ahora su buzón",
        sent_text="Enviamos un correo con un enlace a {}, salvo que acabe de recibir otro. Ábralo antes "
        "de 24 horas para confirmar. Si no llega nada, mire en el correo no deseado.",
        too_many="Demasiadas solicitudes",
        too_many_text="Han llegado tantas que por ahora no admitimos más. No se le ha enviado nada. "
        "Inténtelo más tarde.",
        confirm="Confirme su suscripción",
        confirm_text="Pulse el botón y a partir de ahora recibirá:",
        confirm_button="Confirmar mi suscripción",
        done="Su suscripción está confirmada",
        done_text="A partir de ahora recibe:",
        done_after="Cada correo lleva un enlace para darse de baja.",
        old_text="El enlace para confirmar vale 24 horas. Suscríbase otra vez para recibir uno nuevo, o "
        "escríbanos:",
    ),
    JoiningWords(
        lang="de",
        title="Abonnieren",
        intro="Sie erhalten eine Mail mit einem Link. Bevor Sie dort bestätigen, kommt sonst nichts.",
        address="Ihre E-Mail-Adresse",
        lists="Was möchten Sie erhalten?",
        consent="Ich möchte {} per E-Mail erhalten. Abbestellen kann ich jederzeit, mit dem Link in "
        "jeder Mail.",
        button="Abonnieren",
        trap="Dieses Feld bitte leer lassen",
        again="Bitte drücken Sie noch einmal",
        again_text="Wir sind nicht sicher, ob ein Mensch dieses Formular gesendet hat. Sehen Sie es "
        "durch und drücken Sie noch einmal auf den Knopf.",
        bad_address="An diese Adresse können wir nicht schreiben. Ist ein Tippfehler darin?",
        no_list="Bitte wählen Sie wenigstens eine Liste.",
        sent="Sehen Sie jetzt in Ihr Postfach",
        sent_text="An {} geht eine Mail mit einem Link, falls nicht eben erst eine dorthin gegangen ist. "
        "Öffnen Sie ihn binnen 24 Stunden, um zu bestätigen. Kommt nichts an, sehen Sie im "
        "Spam-Ordner nach.",
        too_many="Zu viele Anfragen",
        too_many_text="Es kamen gerade so viele, dass wir vorerst keine mehr annehmen. An Sie wurde "
        "nichts gesendet. Bitte versuchen Sie es später noch einmal.",
        confirm="Bestätigen Sie Ihr Abonnement",
        confirm_text="Ein Druck auf den Knopf, und Sie erhalten von nun an:",
        confirm_button="Abonnement bestätigen",
        done="Ihr Abonnement ist bestätigt",
        done_text="Sie erhalten von nun an:",
        done_after="In jeder Mail ist ein Link zum Abbestellen.",
        old_text="Ein Link zum Bestätigen gilt 24 Stunden. Abonnieren Sie noch einmal, oder schreiben "
        "Sie uns:",
    ),
    JoiningWords(
        lang="fr",
        title="S’abonner",
        intro="Vous recevrez un message avec un lien. Rien d’autre ne vient avant votre confirmation.",
        address="Votre adresse électronique",
        lists="Que souhaitez-vous recevoir ?",
        consent="Je veux recevoir {} par courriel. Je peux me désabonner à tout moment par le lien de "
        "chaque message.",
        button="M’abonner",
        trap="Laissez ce champ vide",
        again="Appuyez encore une fois",
        again_text="Nous ne savons pas si une personne a envoyé ce formulaire. Relisez-le et appuyez de "
        "nouveau sur le bouton.",
        bad_address="Nous ne pouvons pas écrire à cette adresse. Y a-t-il une faute de frappe ?",
        no_list="Choisissez au moins une liste.",
        sent="Regardez maintenant votre boîte",
        sent_text="Un message avec un lien part vers {}, sauf si un autre vient de partir. Ouvrez le "
        "lien dans les 24 heures pour confirmer. Si rien n’arrive, regardez parmi les "
        "indésirables.",
        too_many="Trop de demandes",
        too_many_text="Il en est arrivé tant que nous n’en prenons plus pour le moment. Rien ne vous a "
        "été envoyé. Réessayez plus tard.",
        confirm="Confirmez votre abonnement",
        confirm_text="Appuyez sur le bouton, et vous recevrez désormais :",
        confirm_button="Confirmer mon abonnement",
        done="Vous êtes abonné",
        done_text="Vous recevez désormais :",
        done_after="Chaque message contient un lien pour se désabonner.",
        old_text="Un lien de confirmation vaut 24 heures. Abonnez-vous de nouveau pour en avoir un "
        "autre, ou écrivez-nous :",
    ),
    JoiningWords(
        lang="it",
        title="Iscriversi",
        intro="Riceverà un messaggio con un link. Prima della Sua conferma non arriva nient’altro.",
        address="Il Suo indirizzo email",
        lists="Che cosa desidera ricevere?",
        consent="Voglio ricevere {} per email. Posso annullare l’iscrizione in ogni momento, con il link "
        "in ogni email.",
        button="Iscrivermi",
        trap="Lasci vuoto questo campo",
        again="Prema ancora una volta",
        again_text="Non sappiamo se sia stata una persona a inviare questo modulo. Lo ricontrolli e "
        "prema di nuovo il pulsante.",
        bad_address="A questo indirizzo non possiamo scrivere. C’è un errore di battitura?",
        no_list="Scelga almeno una lista.",
        sent="Ora guardi nella Sua casella",
        sent_text="Un messaggio con un link va a {}, a meno che non ne sia appena partito un altro. Apra "
        "il link entro 24 ore per confermare. Se non arriva nulla, guardi nella posta "
        "indesiderata.",
        too_many="Troppe richieste",
        too_many_text="Ne sono arrivate tante che per ora non ne accettiamo altre. Non Le è stato "
        "inviato nulla. Riprovi più tardi.",
        confirm="Confermi la Sua iscrizione",
        confirm_text="Prema il pulsante e d’ora in poi riceverà:",
        confirm_button="Conferma l’iscrizione",
        done="La Sua iscrizione è confermata",
        done_text="D’ora in poi riceve:",
        done_after="Ogni messaggio ha un link per annullare l’iscrizione.",
        old_text="Il link di conferma vale 24 ore. Si iscriva di nuovo per averne un altro, o ci scriva:",
    ),
    JoiningWords(
        lang="pt",
        title="Subscrever",
        intro="Recebe uma mensagem com uma ligação. Nada mais chega antes de confirmar.",
        address="O seu endereço de e-mail",
        lists="O que deseja receber?",
        consent="Quero receber {} por e-mail. Posso cancelar a qualquer momento, com a ligação de cada "
        "mensagem.",
        button="Subscrever",
        trap="Deixe este campo vazio",
        again="Prima mais uma vez, por favor",
        again_text="Não sabemos se foi uma pessoa a enviar este formulário. Reveja-o e prima de novo o "
        "botão.",
        bad_address="Não podemos escrever para este endereço. Haverá um engano?",
        no_list="Escolha pelo menos uma lista.",
        sent="Veja agora a sua caixa de correio",
        sent_text="Segue uma mensagem com uma ligação para {}, a não ser que outra tenha seguido há "
        "pouco. Abra a ligação dentro de 24 horas para confirmar. Se nada chegar, veja no "
        "correio não solicitado.",
        too_many="Demasiados pedidos",
        too_many_text="Chegaram tantos que de momento não aceitamos mais. Nada lhe foi enviado. Tente de "
        "novo mais tarde.",
        confirm="Confirme a sua subscrição",
        confirm_text="Prima o botão e passa a receber:",
        confirm_button="Confirmar a subscrição",
        done="A sua subscrição está confirmada",
        done_text="A partir de agora recebe:",
        done_after="Cada mensagem tem uma ligação para cancelar.",
        old_text="A ligação para confirmar vale 24 horas. Subscreva de novo para receber outra, ou "
        "escreva-nos:",
    ),
    JoiningWords(
        lang="ru",
        title="Подписаться",
        intro="Вам придёт одно письмо со ссылкой. Пока вы не подтвердите подписку, других писем не будет.",  # noqa: RUF001 (Russian words)
        address="Ваш адрес электронной почты",
        lists="Что вы хотите получать?",
        consent="Я хочу получать {} по электронной почте. Отписаться можно в любой момент по ссылке в "
        "письме.",
        button="Подписаться",
        trap="Оставьте это поле пустым",
        again="Нажмите ещё раз",
        again_text="Мы не уверены, что эту форму отправил человек. Проверьте её и нажмите кнопку ещё раз.",
        bad_address="На этот адрес написать нельзя. Нет ли в нём опечатки?",  # noqa: RUF001 (Russian words)
        no_list="Выберите хотя бы одну рассылку.",
        sent="Теперь загляните в свою почту",
        sent_text="На адрес {} придёт письмо со ссылкой, если оно не ушло туда только что. Чтобы "  # noqa: RUF001 (Russian words)
        "подтвердить, откройте ссылку в течение 24 часов. Если письма нет, загляните в папку "
        "со спамом.",  # noqa: RUF001 (Russian words)
        too_many="Слишком много запросов",
        too_many_text="Их пришло столько, что пока мы больше не принимаем. Вам ничего не отправлено. "
        "Попробуйте позже.",
        confirm="Подтвердите подписку",
        confirm_text="Нажмите кнопку, и вы будете получать:",
        confirm_button="Подтвердить подписку",
        done="Вы подписаны",
        done_text="Теперь вы получаете:",
        done_after="В каждом письме есть ссылка, чтобы отписаться.",  # noqa: RUF001 (Russian words)
        old_text="Ссылка для подтверждения действует 24 часа. Подпишитесь ещё раз или напишите нам:",
    ),
    JoiningWords(
        lang="ar",
        title="الاشتراك",
        intro="تصلك رسالة واحدة فيها رابط، ولا يصلك شيء غيرها قبل أن تؤكد.",
        address="عنوان بريدك الإلكتروني",
        lists="ماذا تريد أن يصلك؟",
        consent="أريد أن تصلني {} بالبريد الإلكتروني. يمكنني إلغاء الاشتراك في أي وقت من الرابط في كل رسالة.",
        button="اشترك",
        trap="اترك هذا الحقل فارغًا",
        again="اضغط مرة أخرى من فضلك",
        again_text="لم نتأكد من أن إنسانًا أرسل هذا النموذج. راجعه ثم اضغط على الزر مرة أخرى.",
        bad_address="لا يمكننا الكتابة إلى هذا العنوان. هل فيه خطأ؟",
        no_list="اختر قائمة واحدة على الأقل.",
        sent="انظر الآن في بريدك",
        sent_text="تُرسل رسالة فيها رابط إلى {}، إلا إذا أُرسلت إليه رسالة قبل قليل. افتح الرابط خلال 24 "
        "ساعة للتأكيد. إن لم يصلك شيء فانظر في البريد المزعج.",
        too_many="طلبات كثيرة جدًا",
        too_many_text="وصلت طلبات كثيرة فلا نقبل المزيد الآن. لم يُرسل إليك شيء. حاول مرة أخرى لاحقًا.",
        confirm="أكّد اشتراكك",
        confirm_text="اضغط على الزر ليصلك من الآن:",
        confirm_button="تأكيد الاشتراك",
        done="تم تأكيد اشتراكك",
        done_text="يصلك من الآن:",
        done_after="في كل رسالة رابط لإلغاء الاشتراك.",
        old_text="يعمل رابط التأكيد 24 ساعة. اشترك مرة أخرى لتحصل على رابط جديد، أو اكتب إلينا:",
    ),
    JoiningWords(
        lang="ja",
        title="購読する",
        intro="リンクを記したメールを一通お送りします。確認が済むまで、ほかには何も届きません。",
        address="メールアドレス",
        lists="何をお届けしましょうか",
        consent="{}をメールで受け取ることに同意します。メールにあるリンクからいつでも解除できます。",
        button="購読する",
        trap="この欄は空のままにしてください",
        again="もう一度押してください",
        again_text="人が送信したものか確かめられませんでした。内容をご確認のうえ、もう一度ボタンを押して"
        "ください。",
        bad_address="このアドレスには送信できません。誤りがないかご確認ください。",
        no_list="リストを一つ以上お選びください。",
        sent="メールをご確認ください",
        sent_text="リンクを記したメールを {} に送ります（直前に送った場合を除きます）。24時間以内にリンク"  # noqa: RUF001 (wide brackets)
        "を開いて確認してください。届かないときは迷惑メールもご覧ください。",
        too_many="リクエストが多すぎます",
        too_many_text="申し込みが集中しているため、ただいま受け付けておりません。何も送信していません。し"
        "ばらくしてからもう一度お試しください。",
        confirm="購読の確認",
        confirm_text="ボタンを押すと、今後次のものが届きます：",
        confirm_button="購読を確認する",
        done="購読の手続きが完了しました",
        done_text="今後次のものが届きます：",
        done_after="どのメールにも解除のためのリンクがあります。",
        old_text="確認のリンクは24時間有効です。もう一度お申し込みいただくか、こちらへご連絡ください：",
    ),
    JoiningWords(
        lang="zh",
        title="订阅",
        intro="您会收到一封带链接的邮件。在您确认之前，不会有其他邮件。",
        address="您的电子邮件地址",
        lists="您想收到什么？",
        consent="我愿意通过电子邮件接收{}。每封邮件中都有链接，我可以随时退订。",
        button="订阅",
        trap="请将此栏留空",
        again="请再按一次",
        again_text="我们无法确定此表单是否由真人提交。请检查后再按一次按钮。",
        bad_address="我们无法向此地址发信。是否有笔误？",
        no_list="请至少选择一个列表。",
        sent="请查看您的邮箱",
        sent_text="一封带链接的邮件将发往 {}（若刚刚已发过则不再发）。请在 24 "  # noqa: RUF001 (wide brackets)
        "小时内打开链接确认。若未收到，请查看垃圾邮件。",
        too_many="请求过多",
        too_many_text="刚才的请求太多，我们暂时不再接受。没有向您发送任何邮件。请稍后再试。",
        confirm="确认订阅",
        confirm_text="按下按钮，今后您将收到：",
        confirm_button="确认订阅",
        done="您已订阅",
        done_text="今后您将收到：",
        done_after="每封邮件中都有退订链接。",
        old_text="确认链接有效期为 24 小时。请重新订阅以获取新链接，或写信给我们：",
    ),
)

JOINING_WORDS: Final = {row.lang: row for row in _ROWS}
"""The words by language; each language has every one."""
