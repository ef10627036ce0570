"""What readers are told of what they asked for under preferences, and on the pages of links in such mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWords:
    """The words of one language."""

    saved: str
    pause_set: str
    resumed: str
    mailed: str
    mailed_both: str
    too_often: str
    wrong_day: str
    wrong_address: str
    no_mail: str
    lost_mailbox: str
    change_title: str
    change_ask: str
    change_yes: str
    half: str
    half_text: str
    changed: str
    changed_text: str
    data_title: str
    data_ask: str
    download: str
    erase_title: str
    erase_ask: str
    erase_yes: str
    erased: str
    erased_text: str


def answer_words(lang: str) -> AnswerWords:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return ANSWER_WORDS.get(lang.partition("-")[0].lower(), ANSWER_WORDS["en"])


ANSWER_WORDS: Final[dict[str, AnswerWords]] = {
    "en": AnswerWords(
        saved="Your choice is saved.",
        pause_set="The pause is set.",
        resumed="The pause is over.",
        mailed="We have written to your address. Open the link in that mail.",
        mailed_both="We have written to both addresses. Open the link in each of these mails.",
        too_often=(
            "You have asked for this several times today. Look into your mailbox, or try again tomorrow."
        ),
        wrong_day="Choose a day after today, at most a year away.",
        wrong_address="This is no address that can be written to.",
        no_mail=(
            "At present no mail goes to this address: some came back, was called spam, or was to be "
            "stopped. If you want it again, write to us:"
        ),
        lost_mailbox="If you cannot read the old mailbox any more, write to us:",
        change_title="Change the address?",
        change_ask="Press the button to agree. The address is changed once both mailboxes have agreed.",
        change_yes="I agree",
        half="Half done",
        half_text="Now open the link in the mail to the other address as well.",
        changed="The address is changed",
        changed_text="From now on mail comes to the new address.",
        data_title="Your data",
        data_ask="Press the button to download what is stored. It works once.",
        download="Download",
        erase_title="Erase everything?",
        erase_ask="Once the button is pressed, all that is stored about this address is gone for good.",
        erase_yes="Erase everything",
        erased="All is erased",
        erased_text=(
            "We know nothing of you any more. A code made from your address remains, so that "
            "nobody adds it again by mistake."
        ),
    ),
    "es": AnswerWords(
        saved="Su elección está guardada.",
        pause_set="La pausa está fijada.",
        resumed="La pausa ha terminado.",
        mailed="Le hemos escrito a su dirección. Abra el enlace de ese correo.",
        mailed_both="Hemos escrito a ambas direcciones. Abra el enlace de cada uno de los correos.",
        too_often="Lo ha pedido varias veces hoy. Mire en su buzón o inténtelo mañana.",
        wrong_day="Elija un día posterior a hoy, a un año como máximo.",
        wrong_address="No es una dirección a la que se pueda escribir.",
        no_mail=(
            "Por ahora no se envía correo a esta dirección: fue devuelto, marcado como spam o se pidió "
            "no enviarlo. Si lo quiere de nuevo, escríbanos:"
        ),
        lost_mailbox="Si ya no puede leer el buzón antiguo, escríbanos:",
        change_title="¿Cambiar la dirección?",
        change_ask="Pulse el botón para aceptar. La dirección cambia cuando ambos buzones hayan aceptado.",
        change_yes="Acepto",
        half="Falta la otra mitad",
        half_text="Abra ahora también el enlace del correo enviado a la otra dirección.",
        changed="La dirección está cambiada",
        changed_text="Desde ahora el correo llega a la nueva dirección.",
        data_title="Sus datos",
        data_ask="Pulse el botón para descargar lo que se guarda. Funciona una sola vez.",
        download="Descargar",
        erase_title="¿Borrarlo todo?",
        erase_ask="Al pulsar el botón, todo lo que se guarda sobre esta dirección desaparece para siempre.",
        erase_yes="Borrarlo todo",
        erased="Todo está borrado",
        erased_text=(
            "Ya no sabemos nada de usted. Queda un código hecho de su dirección, para que nadie "
            "la añada de nuevo por error."
        ),
    ),
    "de": AnswerWords(
        saved="Ihre Auswahl ist gespeichert.",
        pause_set="Die Pause ist eingestellt.",
        resumed="Die Pause ist beendet.",
        mailed="Wir haben an Ihre Adresse geschrieben. Öffnen Sie den Link in der Mail.",
        mailed_both="Wir haben an beide Adressen geschrieben. Öffnen Sie den Link in jeder der Mails.",
        too_often=(
            "Sie haben heute schon mehrmals darum gebeten. Sehen Sie in Ihr Postfach oder "
            "versuchen Sie es morgen wieder."
        ),
        wrong_day="Wählen Sie einen Tag nach heute, höchstens ein Jahr entfernt.",
        wrong_address="An diese Adresse kann man nicht schreiben.",
        no_mail=(
            "Zurzeit geht keine Mail an diese Adresse: Sie kam zurück, galt als Spam, oder es sollte "
            "keine mehr gehen. Möchten Sie wieder welche, schreiben Sie uns:"
        ),
        lost_mailbox="Können Sie das alte Postfach nicht mehr lesen, schreiben Sie uns:",
        change_title="Adresse ändern?",
        change_ask="Mit dem Knopf stimmen Sie zu. Geändert wird, sobald beide Postfächer zugestimmt haben.",
        change_yes="Ich stimme zu",
        half="Zur Hälfte geschafft",
        half_text="Öffnen Sie nun auch den Link in der Mail an die andere Adresse.",
        changed="Die Adresse ist geändert",
        changed_text="Von jetzt an kommen die Mails an die neue Adresse.",
        data_title="Ihre Daten",
        data_ask="Mit dem Knopf laden Sie herunter, was gespeichert ist. Das geht einmal.",
        download="Herunterladen",
        erase_title="Alles löschen?",
        erase_ask="Sobald der Knopf gedrückt ist, ist alles über diese Adresse für immer fort.",
        erase_yes="Alles löschen",
        erased="Alles ist gelöscht",
        erased_text=(
            "Wir wissen nichts mehr von Ihnen. Ein Code aus Ihrer Adresse bleibt, damit niemand "
            "sie versehentlich wieder einträgt."
        ),
    ),
    "fr": AnswerWords(
        saved="Votre choix est enregistré.",
        pause_set="La pause est fixée.",
        resumed="La pause est terminée.",
        mailed="Nous avons écrit à votre adresse. Ouvrez le lien de ce message.",
        mailed_both="Nous avons écrit aux deux adresses. Ouvrez le lien de chacun des messages.",
        too_often=(
            "Vous l’avez demandé plusieurs fois aujourd’hui. Regardez dans votre boîte ou réessayez demain."
        ),
        wrong_day="Choisissez un jour après aujourd’hui, à un an au plus.",
        wrong_address="On ne peut pas écrire à cette adresse.",
        no_mail=(
            "Pour le moment, rien n’est envoyé à cette adresse : un message est revenu, a été signalé "
            "comme indésirable, ou l’envoi devait cesser. Pour en recevoir de nouveau, écrivez-nous :"
        ),
        lost_mailbox="Si vous ne pouvez plus lire l’ancienne boîte, écrivez-nous :",
        change_title="Changer l’adresse ?",
        change_ask=(
            "Appuyez sur le bouton pour accepter. L’adresse change dès que les deux boîtes ont accepté."
        ),
        change_yes="J’accepte",
        half="À moitié fait",
        half_text="Ouvrez maintenant aussi le lien du message envoyé à l’autre adresse.",
        changed="L’adresse est changée",
        changed_text="Désormais, les messages arrivent à la nouvelle adresse.",
        data_title="Vos données",
        data_ask="Appuyez sur le bouton pour télécharger ce qui est conservé. Cela marche une fois.",
        download="Télécharger",
        erase_title="Tout effacer ?",
        erase_ask=(
            "Une fois le bouton pressé, tout ce qui est conservé sur cette adresse disparaît pour toujours."
        ),
        erase_yes="Tout effacer",
        erased="Tout est effacé",
        erased_text=(
            "Nous ne savons plus rien de vous. Il reste un code tiré de votre adresse, pour que "
            "personne ne la rajoute par erreur."
        ),
    ),
    "it": AnswerWords(
        saved="La scelta è salvata.",
        pause_set="La pausa è impostata.",
        resumed="La pausa è finita.",
        mailed="Abbiamo scritto al suo indirizzo. Apra il link di quella mail.",
        mailed_both="Abbiamo scritto a entrambi gli indirizzi. Apra il link di ciascuna mail.",
        too_often="Lo ha già chiesto più volte oggi. Guardi nella sua casella o riprovi domani.",
        wrong_day="Scelga un giorno dopo oggi, entro un anno.",
        wrong_address="A questo indirizzo non si può scrivere.",
        no_mail=(
            "Al momento non inviamo nulla a questo indirizzo: un messaggio è tornato indietro, è stato "
            "segnalato come spam o l’invio doveva cessare. Se vuole riceverne di nuovo, ci scriva:"
        ),
        lost_mailbox="Se non può più leggere la vecchia casella, ci scriva:",
        change_title="Cambiare l’indirizzo?",
        change_ask=(
            "Prema il pulsante per accettare. L’indirizzo cambia quando entrambe le caselle hanno accettato."
        ),
        change_yes="Accetto",
        half="Fatto a metà",
        half_text="Ora apra anche il link della mail all’altro indirizzo.",
        changed="L’indirizzo è cambiato",
        changed_text="D’ora in poi le mail arrivano al nuovo indirizzo.",
        data_title="I suoi dati",
        data_ask="Prema il pulsante per scaricare ciò che è conservato. Funziona una volta sola.",
        download="Scarica",
        erase_title="Cancellare tutto?",
        erase_ask="Premuto il pulsante, tutto ciò che è conservato su questo indirizzo sparisce per sempre.",
        erase_yes="Cancella tutto",
        erased="Tutto è cancellato",
        erased_text=(
            "Non sappiamo più nulla di lei. Resta un codice ricavato dall’indirizzo, perché "
            "nessuno lo aggiunga di nuovo per errore."
        ),
    ),
    "pt": AnswerWords(
        saved="A sua escolha está guardada.",
        pause_set="A pausa está marcada.",
        resumed="A pausa terminou.",
        mailed="Escrevemos para o seu endereço. Abra a ligação dessa mensagem.",
        mailed_both="Escrevemos aos dois endereços. Abra a ligação de cada uma das mensagens.",
        too_often="Já o pediu várias vezes hoje. Veja a sua caixa de correio ou tente de novo amanhã.",
        wrong_day="Escolha um dia depois de hoje, até um ano.",
        wrong_address="Não se pode escrever para este endereço.",
        no_mail=(
            "De momento nada é enviado para este endereço: uma mensagem foi devolvida, marcada como "
            "spam, ou o envio devia parar. Se quiser voltar a receber, escreva-nos:"
        ),
        lost_mailbox="Se já não pode ler a caixa antiga, escreva-nos:",
        change_title="Mudar o endereço?",
        change_ask="Prima o botão para aceitar. O endereço muda quando as duas caixas tiverem aceitado.",
        change_yes="Aceito",
        half="Meio feito",
        half_text="Abra agora também a ligação da mensagem enviada ao outro endereço.",
        changed="O endereço está mudado",
        changed_text="A partir de agora as mensagens chegam ao novo endereço.",
        data_title="Os seus dados",
        data_ask="Prima o botão para descarregar o que está guardado. Funciona uma vez.",
        download="Descarregar",
        erase_title="Apagar tudo?",
        erase_ask=(
            "Depois de premir o botão, tudo o que está guardado sobre este endereço desaparece para sempre."
        ),
        erase_yes="Apagar tudo",
        erased="Tudo está apagado",
        erased_text=(
            "Já não sabemos nada de si. Fica um código feito do seu endereço, para que ninguém o "
            "acrescente de novo por engano."
        ),
    ),
    "ru": AnswerWords(
        saved="Ваш выбор сохранён.",
        pause_set="Пауза установлена.",
        resumed="Пауза закончена.",
        mailed="Мы написали на ваш адрес. Откройте ссылку в этом письме.",
        mailed_both="Мы написали на оба адреса. Откройте ссылку в каждом из писем.",  # noqa: RUF001 (Russian words)
        too_often="Сегодня вы просили об этом уже несколько раз. Загляните в почту или попробуйте завтра.",  # noqa: RUF001 (Russian words)
        wrong_day="Выберите день после сегодняшнего, не дальше года.",
        wrong_address="На этот адрес нельзя написать.",  # noqa: RUF001 (Russian words)
        no_mail=(
            "Сейчас письма на этот адрес не отправляются: они возвращались, были отмечены как спам или "
            "их попросили не слать. Чтобы получать их снова, напишите нам:"
        ),
        lost_mailbox="Если старый ящик вам больше не доступен, напишите нам:",
        change_title="Сменить адрес?",
        change_ask="Нажмите кнопку, если согласны. Адрес сменится, когда согласятся оба ящика.",  # noqa: RUF001 (Russian words)
        change_yes="Согласен",
        half="Половина сделана",
        half_text="Теперь откройте ссылку и в письме на другой адрес.",
        changed="Адрес изменён",
        changed_text="Теперь письма приходят на новый адрес.",
        data_title="Ваши данные",
        data_ask="Нажмите кнопку, чтобы скачать то, что хранится. Это работает один раз.",
        download="Скачать",
        erase_title="Удалить всё?",
        erase_ask="После нажатия кнопки всё, что хранится об этом адресе, исчезнет навсегда.",  # noqa: RUF001 (Russian words)
        erase_yes="Удалить всё",
        erased="Всё удалено",
        erased_text=(
            "Мы больше ничего о вас не знаем. Остаётся код, полученный из адреса, чтобы никто не "  # noqa: RUF001 (Russian words)
            "добавил его снова по ошибке."  # noqa: RUF001 (Russian words)
        ),
    ),
    "ar": AnswerWords(
        saved="حُفظ اختيارك.",
        pause_set="ضُبط التوقف.",
        resumed="انتهى التوقف.",
        mailed="كتبنا إلى عنوانك. افتح الرابط الذي في تلك الرسالة.",
        mailed_both="كتبنا إلى العنوانين. افتح الرابط في كل رسالة منهما.",
        too_often="طلبت هذا مرات عدة اليوم. انظر في بريدك أو حاول غدًا.",
        wrong_day="اختر يومًا بعد اليوم، خلال سنة على الأكثر.",
        wrong_address="لا يمكن الكتابة إلى هذا العنوان.",
        no_mail=(
            "لا يُرسل حاليًا أي بريد إلى هذا العنوان: عادت رسالة منه، أو وُصفت بأنها مزعجة، أو طُلب وقف "
            "الإرسال. إن أردت أن يصلك البريد من جديد فاكتب إلينا:"
        ),
        lost_mailbox="إن لم تعد تستطيع قراءة صندوقك القديم فاكتب إلينا:",
        change_title="هل نغيّر العنوان؟",
        change_ask="اضغط على الزر للموافقة. يتغير العنوان حين يوافق صاحبا الصندوقين.",
        change_yes="أوافق",
        half="بقي النصف الآخر",
        half_text="افتح الآن الرابط الذي في الرسالة إلى العنوان الآخر أيضًا.",
        changed="تغيّر العنوان",
        changed_text="من الآن تصل الرسائل إلى العنوان الجديد.",
        data_title="بياناتك",
        data_ask="اضغط على الزر لتنزيل ما هو محفوظ. يعمل مرة واحدة.",
        download="تنزيل",
        erase_title="هل نمحو كل شيء؟",
        erase_ask="بعد الضغط على الزر يزول نهائيًا كل ما هو محفوظ عن هذا العنوان.",
        erase_yes="محو كل شيء",
        erased="مُحي كل شيء",
        erased_text="لم نعد نعرف عنك شيئًا. يبقى رمز مشتق من عنوانك كي لا يضيفه أحد مرة أخرى خطأً.",
    ),
    "ja": AnswerWords(
        saved="設定を保存しました。",
        pause_set="一時停止を設定しました。",
        resumed="一時停止を終えました。",
        mailed="ご登録のアドレスにメールを送りました。メール内のリンクを開いてください。",
        mailed_both="両方のアドレスにメールを送りました。それぞれのメールのリンクを開いてください。",
        too_often="本日はすでに何度か依頼されています。受信箱をご確認いただくか、明日もう一度お試しください。",
        wrong_day="明日以降、1年以内の日を選んでください。",
        wrong_address="このアドレスには送信できません。",
        no_mail=(
            "現在、このアドレスにはメールをお送りしていません。返送されたか、迷惑メールとして報告されたか、停止の"
            "ご依頼があったためです。再開をご希望の場合はご連絡ください："
        ),
        lost_mailbox="以前のメールを受信できなくなった場合はご連絡ください：",
        change_title="アドレスを変更しますか",
        change_ask="承認する場合はボタンを押してください。両方のアドレスで承認されると変更されます。",
        change_yes="承認する",
        half="あと一歩です",
        half_text="もう一方のアドレスに届いたメールのリンクも開いてください。",
        changed="アドレスを変更しました",
        changed_text="これからは新しいアドレスにメールが届きます。",
        data_title="保存されているデータ",
        data_ask="ボタンを押すと保存されているデータをダウンロードできます。1回だけ有効です。",
        download="ダウンロード",
        erase_title="すべて消去しますか",
        erase_ask="ボタンを押すと、このアドレスについて保存されているものはすべて完全に消えます。",
        erase_yes="すべて消去する",
        erased="すべて消去しました",
        erased_text="お客様についての情報はもうありません。誤って再登録されないよう、アドレスから作った符号だけが残ります。",
    ),
    "zh": AnswerWords(
        saved="您的选择已保存。",
        pause_set="暂停已设置。",
        resumed="暂停已结束。",
        mailed="我们已写信到您的地址。请打开邮件中的链接。",
        mailed_both="我们已写信到两个地址。请分别打开两封邮件中的链接。",
        too_often="您今天已多次提出此请求。请查看您的邮箱，或明天再试。",
        wrong_day="请选择今天之后、一年之内的日期。",
        wrong_address="无法向此地址写信。",
        no_mail=(
            "目前不向此地址发送邮件：邮件曾被退回、被标为垃圾邮件，或被要求停发。若想重新接收，请写信给我们："
        ),
        lost_mailbox="如果您已无法查看旧邮箱，请写信给我们：",
        change_title="要更换地址吗？",
        change_ask="按下按钮表示同意。两个邮箱都同意后地址才会更改。",
        change_yes="我同意",
        half="完成了一半",
        half_text="现在请再打开寄往另一个地址的邮件中的链接。",
        changed="地址已更改",
        changed_text="今后邮件将寄到新地址。",
        data_title="您的数据",
        data_ask="按下按钮即可下载存储的数据。仅可使用一次。",
        download="下载",
        erase_title="要删除一切吗？",
        erase_ask="按下按钮后，关于此地址的一切都将永久消失。",
        erase_yes="全部删除",
        erased="已全部删除",
        erased_text="我们不再知道关于您的任何信息。只留下由您的地址生成的代码，以免有人误将其重新加入。",
    ),
}
"""The words by language; each language has every one."""
