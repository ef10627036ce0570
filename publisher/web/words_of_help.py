"""What pages say where something is amiss or goes on elsewhere, in the languages of all pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpWords:
    """The words of one language; `{}` in `step_text` is what a button says, in `error` a page's title."""

    error: str
    step: str
    step_text: str
    no_address: str
    one_address: str
    no_such_list: str
    used: str
    used_text: str
    none_left: str
    others: str
    to_feed: str
    to_clicks: str
    save_lists: str
    languages: str


def help_words(lang: str) -> HelpWords:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return HELP_WORDS.get(lang.partition("-")[0].lower(), HELP_WORDS["en"])


HELP_WORDS: Final[dict[str, HelpWords]] = {
    "en": HelpWords(
        error="Error: {}",
        step="One more step",
        step_text="Look it over and press “{}”.",
        no_address="Please type your address.",
        one_address="Please type one address only.",
        no_such_list="There is no such list here. Please choose another.",
        used="This link was used already, or is too old",
        used_text="It works once, and for 24 hours. You can ask for a new one: open “Preferences” in the "
        "latest mail, or write to us:",
        none_left="You are on no list now; nothing more comes.",
        others="What else you get from us goes on.",
        to_feed="Make or remove my feed",
        to_clicks="Choose whether my clicks are counted",
        save_lists="Save lists and language",
        languages="Language",
    ),
    "es": HelpWords(
        error="Error: {}",
        step="Un paso más",
        step_text="Revíselo y pulse «{}».",
        no_address="Escriba su dirección, por favor.",
        one_address="Escriba una sola dirección, por favor.",
        no_such_list="Aquí no hay tal lista. Elija otra, por favor.",
        used="Este enlace ya se usó o es demasiado antiguo",
        used_text="Sirve una vez y durante 24 horas. Puede pedir otro: abra «Preferencias» en el último "
        "correo o escríbanos:",
        none_left="Ya no está en ninguna lista; no llegará nada más.",
        others="Lo demás que recibe de nosotros sigue llegando.",
        to_feed="Crear o eliminar mi canal",
        to_clicks="Elegir si se cuentan mis clics",
        save_lists="Guardar listas e idioma",
        languages="Idioma",
    ),
    "de": HelpWords(
        error="Fehler: {}",
        step="Noch ein Schritt",
        step_text="Sehen Sie es durch und drücken Sie auf „{}“.",
        no_address="Bitte geben Sie Ihre Adresse ein.",
        one_address="Bitte geben Sie nur eine Adresse ein.",
        no_such_list="Diese Liste gibt es hier nicht. Bitte wählen Sie eine andere.",
        used="Dieser Link wurde schon benutzt oder ist zu alt",
        used_text="Er gilt einmal und 24 Stunden lang. Einen neuen bekommen Sie so: Öffnen Sie "
        "„Einstellungen“ in der letzten Mail, oder schreiben Sie uns:",
        none_left="Sie stehen auf keiner Liste mehr; es kommt nichts mehr.",
        others="Was Sie sonst von uns erhalten, kommt weiterhin.",
        to_feed="Meinen Feed anlegen oder löschen",
        to_clicks="Wählen, ob meine Klicks gezählt werden",
        save_lists="Listen und Sprache speichern",
        languages="Sprache",
    ),
    "fr": HelpWords(
        error="Erreur : {}",
        step="Encore une étape",
        step_text="Relisez et appuyez sur « {} ».",
        no_address="Veuillez saisir votre adresse.",
        one_address="Veuillez saisir une seule adresse.",
        no_such_list="Cette liste n’existe pas ici. Veuillez en choisir une autre.",
        used="Ce lien a déjà servi ou est trop ancien",
        used_text="Il sert une fois, pendant 24 heures. Vous pouvez en demander un autre : ouvrez "
        "« Préférences » dans le dernier message, ou écrivez-nous :",
        none_left="Vous n’êtes plus sur aucune liste ; plus rien ne viendra.",
        others="Ce que vous recevez d’autre de notre part continue.",
        to_feed="Créer ou supprimer mon flux",
        to_clicks="Choisir si mes clics sont comptés",
        save_lists="Enregistrer listes et langue",
        languages="Langue",
    ),
    "it": HelpWords(
        error="Errore: {}",
        step="Ancora un passo",
        step_text="Controlli e prema «{}».",
        no_address="Scriva il Suo indirizzo, per favore.",
        one_address="Scriva un solo indirizzo, per favore.",
        no_such_list="Qui non c’è questa lista. Ne scelga un’altra, per favore.",
        used="Questo link è già stato usato o è troppo vecchio",
        used_text="Vale una volta e per 24 ore. Può chiederne un altro: apra «Preferenze» nell’ultimo "
        "messaggio, o ci scriva:",
        none_left="Non è più in nessuna lista; non arriverà più nulla.",
        others="Il resto che riceve da noi continua.",
        to_feed="Creare o eliminare il mio feed",
        to_clicks="Scegliere se contare i miei clic",
        save_lists="Salva liste e lingua",
        languages="Lingua",
    ),
    "pt": HelpWords(
        error="Erro: {}",
        step="Mais um passo",
        step_text="Reveja e prima «{}».",
        no_address="Escreva o seu endereço, por favor.",
        one_address="Escreva um só endereço, por favor.",
        no_such_list="Essa lista não existe aqui. Escolha outra, por favor.",
        used="Esta ligação já foi usada ou é demasiado antiga",
        used_text="Vale uma vez e durante 24 horas. Pode pedir outra: abra «Preferências» na última "
        "mensagem ou escreva-nos:",
        none_left="Já não está em nenhuma lista; nada mais chegará.",
        others="O resto que recebe de nós continua.",
        to_feed="Criar ou remover o meu feed",
        to_clicks="Escolher se os meus cliques são contados",
        save_lists="Guardar listas e língua",
        languages="Língua",
    ),
    "ru": HelpWords(
        error="Ошибка: {}",
        step="Ещё один шаг",
        step_text="Проверьте всё и нажмите «{}».",
        no_address="Введите, пожалуйста, ваш адрес.",
        one_address="Введите, пожалуйста, только один адрес.",
        no_such_list="Такого списка здесь нет. Выберите, пожалуйста, другой.",
        used="Эта ссылка уже использована или устарела",
        used_text="Она действует один раз и 24 часа. Новую можно запросить: откройте «Настройки» в "
        "последнем письме или напишите нам:",
        none_left="Вы больше не подписаны ни на один список; писем больше не будет.",
        others="Всё остальное, что вы получаете от нас, приходит по-прежнему.",
        to_feed="Создать или удалить мою ленту",
        to_clicks="Выбрать, считать ли мои переходы",
        save_lists="Сохранить списки и язык",
        languages="Язык",
    ),
    "ar": HelpWords(
        error="خطأ: {}",
        step="خطوة أخرى",
        step_text="راجع ما كتبت واضغط على «{}».",
        no_address="اكتب عنوانك من فضلك.",
        one_address="اكتب عنوانًا واحدًا فقط من فضلك.",
        no_such_list="لا توجد هنا هذه القائمة. اختر غيرها من فضلك.",
        used="استُخدم هذا الرابط من قبل أو صار قديمًا",
        used_text="يعمل مرة واحدة خلال 24 ساعة. يمكنك طلب رابط جديد: افتح «التفضيلات» في آخر رسالة أو "
        "اكتب إلينا:",
        none_left="لم تعد في أي قائمة، ولن يصلك شيء آخر.",
        others="يستمر وصول ما عدا ذلك مما تتلقاه منا.",
        to_feed="إنشاء خلاصتي أو إزالتها",
        to_clicks="اختيار ما إذا كانت نقراتي تُحسب",
        save_lists="حفظ القوائم واللغة",
        languages="اللغة",
    ),
    "ja": HelpWords(
        error="エラー：{}",
        step="あと一歩です",
        step_text="内容を確かめて「{}」を押してください。",
        no_address="アドレスを入力してください。",
        one_address="アドレスは一つだけ入力してください。",
        no_such_list="そのリストはここにありません。別のものを選んでください。",
        used="このリンクは使用済みか、期限切れです",
        used_text="リンクは24時間以内に一度だけ使えます。新しいリンクは、最新のメールの「配信設定」から"
        "申し込むか、こちらにご連絡ください：",
        none_left="どのリストにも登録されていません。今後は何も届きません。",
        others="ほかにお届けしているものは引き続き届きます。",
        to_feed="自分のフィードを作る・削除する",
        to_clicks="クリックを数えるかどうかを選ぶ",
        save_lists="リストと言語を保存",
        languages="言語",
    ),
    "zh": HelpWords(
        error="错误：{}",
        step="还差一步",
        step_text="请核对后按“{}”。",
        no_address="请填写您的地址。",
        one_address="请只填写一个地址。",
        no_such_list="这里没有该列表。请另选一个。",
        used="此链接已经用过，或已过期",
        used_text="链接在 24 小时内可用一次。如需新链接，请打开最近一封邮件中的“偏好设置”，或写信给我们：",
        none_left="您已不在任何列表中，不会再收到任何邮件。",
        others="您从我们这里收到的其他内容照常发送。",
        to_feed="创建或删除我的订阅源",
        to_clicks="选择是否统计我的点击",
        save_lists="保存列表和语言",
        languages="语言",
    ),
}
"""The words by language; each language has every one."""
