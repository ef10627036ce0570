"""What the page of a reader's preferences says, in the languages that mails and pages speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceWords:
    """The words of one language; `{}` in `paused` is where the day goes."""

    title: str
    lists: str
    topics: str
    topics_text: str
    lang: str
    lang_default: str
    save: str
    pause: str
    pause_text: str
    until: str
    paused: str
    resume: str
    address: str
    address_text: str
    new_address: str
    change: str
    data: str
    data_text: str
    get_data: str
    erase: str
    erase_text: str
    ask_erase: str


def choice_words(lang: str) -> ChoiceWords:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return CHOICE_WORDS.get(lang.partition("-")[0].lower(), CHOICE_WORDS["en"])


LANGUAGES: Final[dict[str, str]] = {
    "en": "English",
    "es": "Español",
    "de": "Deutsch",
    "fr": "Français",
    "it": "Italiano",
    "pt": "Português",
    "ru": "Русский",
    "ar": "العربية",
    "ja": "日本語",
    "zh": "中文",
}
"""What each language calls itself."""

CHOICE_WORDS: Final[dict[str, ChoiceWords]] = {
    "en": ChoiceWords(
        title="Your preferences",
        lists="What you get",
        topics="Topics",
        topics_text="Choose none, and every issue comes. Otherwise only those with one of your topics.",
        lang="Language of pages and notices",
        lang_default="As the publication",
        save="Save lists, topics and language",
        pause="Pause",
        pause_text="Nothing comes until this day; then it goes on by itself.",
        until="Until",
        paused="Nothing comes before {}.",
        resume="End the pause",
        address="Another address",
        address_text="We write to both addresses. Yours is changed once both have agreed.",
        new_address="New address",
        change="Change my address",
        data="Your data",
        data_text="We mail you a link to all that is stored about this address.",
        get_data="Send me my data",
        erase="Be forgotten",
        erase_text="We mail you a link with which all that belongs to this address is erased.",
        ask_erase="Erase me",
    ),
    "es": ChoiceWords(
        title="Sus preferencias",
        lists="Lo que recibe",
        topics="Temas",
        topics_text=(
            "Si no elige ninguno, llegan todos los números. Si no, solo los que tratan alguno de sus temas."
        ),
        lang="Idioma de páginas y avisos",
        lang_default="Como la publicación",
        save="Guardar listas, temas e idioma",
        pause="Pausa",
        pause_text="Hasta ese día no llega nada; después sigue por sí solo.",
        until="Hasta",
        paused="No llega nada antes del {}.",
        resume="Terminar la pausa",
        address="Otra dirección",
        address_text="Escribimos a ambas direcciones. La suya cambia cuando ambas hayan aceptado.",
        new_address="Nueva dirección",
        change="Cambiar mi dirección",
        data="Sus datos",
        data_text="Le enviamos un enlace a todo lo que se guarda sobre esta dirección.",
        get_data="Enviarme mis datos",
        erase="Ser olvidado",
        erase_text="Le enviamos un enlace con el que se borra todo lo que pertenece a esta dirección.",
        ask_erase="Borrarme",
    ),
    "de": ChoiceWords(
        title="Ihre Einstellungen",
        lists="Was Sie erhalten",
        topics="Themen",
        topics_text="Ohne Auswahl kommt jede Ausgabe, sonst nur die mit einem Ihrer Themen.",
        lang="Sprache von Seiten und Nachrichten",
        lang_default="Wie die Publikation",
        save="Listen, Themen und Sprache speichern",
        pause="Pause",
        pause_text="Bis zu diesem Tag kommt nichts, dann geht es von selbst weiter.",
        until="Bis",
        paused="Vor dem {} kommt nichts.",
        resume="Pause beenden",
        address="Andere Adresse",
        address_text="Wir schreiben an beide Adressen. Geändert wird, sobald beide zugestimmt haben.",
        new_address="Neue Adresse",
        change="Meine Adresse ändern",
        data="Ihre Daten",
        data_text="Wir mailen Ihnen einen Link zu allem, was über diese Adresse gespeichert ist.",
        get_data="Meine Daten schicken",
        erase="Vergessen werden",
        erase_text="Wir mailen Ihnen einen Link, mit dem alles gelöscht wird, was zu dieser Adresse gehört.",
        ask_erase="Mich löschen",
    ),
    "fr": ChoiceWords(
        title="Vos préférences",
        lists="Ce que vous recevez",
        topics="Thèmes",
        topics_text=(
            "Sans choix, tous les numéros arrivent ; sinon, seulement ceux qui traitent un de vos thèmes."
        ),
        lang="Langue des pages et des avis",
        lang_default="Celle de la publication",
        save="Enregistrer listes, sujets et langue",
        pause="Pause",
        pause_text="Rien n’arrive jusqu’à ce jour ; ensuite, tout reprend de soi-même.",
        until="Jusqu’au",
        paused="Rien n’arrive avant le {}.",
        resume="Terminer la pause",
        address="Autre adresse",
        address_text="Nous écrivons aux deux adresses. La vôtre change dès que les deux ont accepté.",
        new_address="Nouvelle adresse",
        change="Changer mon adresse",
        data="Vos données",
        data_text="Nous vous envoyons un lien vers tout ce qui est conservé sur cette adresse.",
        get_data="M’envoyer mes données",
        erase="Être oublié",
        erase_text="Nous vous envoyons un lien qui efface tout ce qui appartient à cette adresse.",
        ask_erase="M’effacer",
    ),
    "it": ChoiceWords(
        title="Le sue preferenze",
        lists="Che cosa riceve",
        topics="Temi",
        topics_text=(
            "Se non ne sceglie nessuno arriva ogni numero, altrimenti solo quelli con uno dei suoi temi."
        ),
        lang="Lingua di pagine e avvisi",
        lang_default="Come la pubblicazione",
        save="Salva liste, argomenti e lingua",
        pause="Pausa",
        pause_text="Fino a quel giorno non arriva nulla; poi riprende da sé.",
        until="Fino al",
        paused="Non arriva nulla prima del {}.",
        resume="Termina la pausa",
        address="Altro indirizzo",
        address_text="Scriviamo a entrambi gli indirizzi. Il suo cambia quando entrambi hanno accettato.",
        new_address="Nuovo indirizzo",
        change="Cambia il mio indirizzo",
        data="I suoi dati",
        data_text="Le inviamo un link a tutto ciò che è conservato su questo indirizzo.",
        get_data="Inviatemi i miei dati",
        erase="Essere dimenticato",
        erase_text="Le inviamo un link con cui si cancella tutto ciò che appartiene a questo indirizzo.",
        ask_erase="Cancellatemi",
    ),
    "pt": ChoiceWords(
        title="As suas preferências",
        lists="O que recebe",
        topics="Temas",
        topics_text="Sem escolha chegam todas as edições; senão, só as que tratam um dos seus temas.",
        lang="Língua das páginas e dos avisos",
        lang_default="Como a publicação",
        save="Guardar listas, temas e língua",
        pause="Pausa",
        pause_text="Até esse dia não chega nada; depois continua por si.",
        until="Até",
        paused="Não chega nada antes de {}.",
        resume="Terminar a pausa",
        address="Outro endereço",
        address_text="Escrevemos aos dois endereços. O seu muda quando ambos tiverem aceitado.",
        new_address="Novo endereço",
        change="Mudar o meu endereço",
        data="Os seus dados",
        data_text="Enviamos-lhe uma ligação para tudo o que está guardado sobre este endereço.",
        get_data="Enviar os meus dados",
        erase="Ser esquecido",
        erase_text="Enviamos-lhe uma ligação com a qual se apaga tudo o que pertence a este endereço.",
        ask_erase="Apagar-me",
    ),
    "ru": ChoiceWords(
        title="Ваши настройки",
        lists="Что вы получаете",
        topics="Темы",
        topics_text="Если ничего не выбрано, приходят все выпуски, иначе только выпуски с вашими темами.",  # noqa: RUF001 (Russian words)
        lang="Язык страниц и уведомлений",
        lang_default="Как у издания",  # noqa: RUF001 (Russian words)
        save="Сохранить списки, темы и язык",
        pause="Пауза",
        pause_text="До этого дня ничего не приходит, потом всё продолжается само.",
        until="До",
        paused="До {} ничего не приходит.",
        resume="Закончить паузу",
        address="Другой адрес",
        address_text="Мы напишем на оба адреса. Адрес сменится, когда согласятся оба.",  # noqa: RUF001 (Russian words)
        new_address="Новый адрес",
        change="Сменить адрес",
        data="Ваши данные",
        data_text="Мы пришлём ссылку на всё, что хранится об этом адресе.",  # noqa: RUF001 (Russian words)
        get_data="Прислать мои данные",
        erase="Удалить всё",
        erase_text="Мы пришлём ссылку, по которой удаляется всё, что связано с этим адресом.",  # noqa: RUF001 (Russian words)
        ask_erase="Удалить меня",
    ),
    "ar": ChoiceWords(
        title="تفضيلاتك",
        lists="ما يصلك",
        topics="المواضيع",
        topics_text="إن لم تختر شيئًا وصلتك كل الأعداد، وإلا فما يتناول أحد مواضيعك فقط.",
        lang="لغة الصفحات والإشعارات",
        lang_default="لغة النشرة",
        save="حفظ القوائم والمواضيع واللغة",
        pause="توقف مؤقت",
        pause_text="لا يصلك شيء حتى هذا اليوم، ثم تعود الرسائل وحدها.",
        until="حتى",
        paused="لا يصلك شيء قبل {}.",
        resume="إنهاء التوقف",
        address="عنوان آخر",
        address_text="نكتب إلى العنوانين، ويتغير عنوانك حين يوافق كلاهما.",
        new_address="العنوان الجديد",
        change="تغيير عنواني",
        data="بياناتك",
        data_text="نرسل إليك رابطًا إلى كل ما هو محفوظ عن هذا العنوان.",
        get_data="أرسلوا إليّ بياناتي",
        erase="المحو",
        erase_text="نرسل إليك رابطًا يمحو كل ما يخص هذا العنوان.",
        ask_erase="امحوا بياناتي",
    ),
    "ja": ChoiceWords(
        title="配信設定",
        lists="届くもの",
        topics="トピック",
        topics_text="何も選ばなければすべての号が届きます。選ぶと、そのトピックの号だけが届きます。",
        lang="ページとお知らせの言語",
        lang_default="発行元と同じ",
        save="リスト、テーマ、言語を保存",
        pause="一時停止",
        pause_text="この日までは何も届きません。その後は自動的に再開します。",
        until="再開日",
        paused="{}までは何も届きません。",
        resume="一時停止を終える",
        address="アドレスの変更",
        address_text="両方のアドレスにメールを送ります。両方で承認されると変更されます。",
        new_address="新しいアドレス",
        change="アドレスを変更する",
        data="保存されているデータ",
        data_text="このアドレスについて保存されているすべてのデータへのリンクをメールで送ります。",
        get_data="データを送ってもらう",
        erase="データの消去",
        erase_text="このアドレスに関するすべてを消去するリンクをメールで送ります。",
        ask_erase="消去を依頼する",
    ),
    "zh": ChoiceWords(
        title="偏好设置",
        lists="您收到的内容",
        topics="主题",
        topics_text="不选任何主题则收到每一期；否则只收到含有所选主题的期刊。",  # noqa: RUF001 (Chinese and Japanese marks)
        lang="页面和通知的语言",
        lang_default="与本刊相同",
        save="保存列表、主题和语言",
        pause="暂停",
        pause_text="在这一天之前不会收到邮件，之后自动恢复。",
        until="恢复日期",
        paused="{}之前不会收到邮件。",
        resume="结束暂停",
        address="更换地址",
        address_text="我们会写信给两个地址。双方都同意后地址才会更改。",
        new_address="新地址",
        change="更换我的地址",
        data="您的数据",
        data_text="我们会把链接寄给您，其中包含关于此地址的全部存储数据。",
        get_data="把数据寄给我",
        erase="被遗忘",
        erase_text="我们会把链接寄给您，用它可以删除与此地址有关的一切。",
        ask_erase="删除我的数据",
    ),
}
"""The words by language; each language has every one."""
