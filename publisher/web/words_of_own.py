"""What the pages about a reader's own feed and about counting clicks say, in the languages of all pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """The words of one language."""

    back: str
    feed_title: str
    feed_text: str
    feed_has: str
    feed_made: str
    feed_removed: str
    too_many: str
    make: str
    renew: str
    renew_text: str
    remove_text: str
    remove: str
    clicks_title: str
    clicks_text: str
    clicks_off: str
    clicks_on: str
    agree: str
    refuse: str


def own_words(lang: str) -> OwnWords:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return OWN_WORDS.get(lang.partition("-")[0].lower(), OWN_WORDS["en"])


OWN_WORDS: Final[dict[str, OwnWords]] = {
    "en": OwnWords(
        back="Your preferences",
        feed_title="Your own feed",
        feed_text="A feed with the stories on your topics, or with all stories if you have chosen none. "
        "Its address is a secret: whoever has it can read along.",
        feed_has="You have a feed. Its address cannot be shown a second time.",
        feed_made="These are the addresses of your feed. Copy one of them into your feed reader now: they "
        "cannot be shown a second time.",
        feed_removed="Your feed is removed, and its address is good for nothing any more.",
        too_many="You have had many addresses made today. Please come back tomorrow.",
        make="Make my feed",
        renew="Make a new address",
        renew_text="Earlier addresses go on working until you remove the feed.",
        remove_text="Then none of the addresses of your feed works any more.",
        remove="Remove my feed",
        clicks_title="Counting clicks",
        clicks_text="We would like to know which stories are read. If you agree, the links in your mails "
        "lead over our site, which adds one to a sum. Who has clicked is stored nowhere.",
        clicks_off="Your clicks are not counted.",
        clicks_on="Your clicks are counted.",
        agree="Count my clicks",
        refuse="Do not count my clicks",
    ),
    "es": OwnWords(
        back="Sus preferencias",
        feed_title="Su propio canal",
        feed_text="Un canal con los artículos de sus temas, o con todos si no ha elegido ninguno. Su "
        "dirección es secreta: quien la tenga puede leerlo.",
        feed_has="Ya tiene un canal. Su dirección no se puede mostrar otra vez.",
        feed_made="Estas son las direcciones de su canal. Copie ahora una en su lector: no se pueden "
        "mostrar otra vez.",
        feed_removed="Su canal se ha eliminado y su dirección ya no sirve.",
        too_many="Hoy ha pedido muchas direcciones. Vuelva mañana, por favor.",
        make="Crear mi canal",
        renew="Crear otra dirección",
        renew_text="Las direcciones anteriores siguen funcionando hasta que elimine el canal.",
        remove_text="Después, ninguna de las direcciones de su canal funciona.",
        remove="Eliminar mi canal",
        clicks_title="Recuento de clics",
        clicks_text="Nos gustaría saber qué artículos se leen. Si está de acuerdo, los enlaces de sus "
        "correos pasan por nuestro sitio, que suma uno. Quién hizo clic no se guarda en ninguna parte.",
        clicks_off="Sus clics no se cuentan.",
        clicks_on="Sus clics se cuentan.",
        agree="Contar mis clics",
        refuse="No contar mis clics",
    ),
    "de": OwnWords(
        back="Ihre Einstellungen",
        feed_title="Ihr eigener Feed",
        feed_text="Ein Feed mit den Beiträgen zu Ihren Themen, oder mit allen, wenn Sie keine gewählt "
        "haben. Seine Adresse ist geheim: Wer sie hat, kann mitlesen.",
        feed_has="Sie haben einen Feed. Seine Adresse kann nicht noch einmal gezeigt werden.",
        feed_made="Das sind die Adressen Ihres Feeds. Kopieren Sie jetzt eine davon in Ihren Feedreader: "
        "Sie können nicht noch einmal gezeigt werden.",
        feed_removed="Ihr Feed ist gelöscht, und seine Adresse gilt nicht mehr.",
        too_many="Sie haben heute schon viele Adressen erzeugt. Bitte kommen Sie morgen wieder.",
        make="Meinen Feed anlegen",
        renew="Neue Adresse erzeugen",
        renew_text="Frühere Adressen gelten weiter, bis Sie den Feed löschen.",
        remove_text="Danach gilt keine der Adressen Ihres Feeds mehr.",
        remove="Meinen Feed löschen",
        clicks_title="Klicks zählen",
        clicks_text="Wir wüssten gern, welche Beiträge gelesen werden. Wenn Sie zustimmen, führen die "
        "Links in Ihren Mails über unsere Seite, die zu einer Summe eins hinzuzählt. Wer geklickt hat, "
        "wird nirgends gespeichert.",
        clicks_off="Ihre Klicks werden nicht gezählt.",
        clicks_on="Ihre Klicks werden gezählt.",
        agree="Meine Klicks zählen",
        refuse="Meine Klicks nicht zählen",
    ),
    "fr": OwnWords(
        back="Vos préférences",
        feed_title="Votre propre flux",
        feed_text="Un flux avec les articles sur vos sujets, ou avec tous si vous n’en avez choisi aucun. "
        "Son adresse est secrète : qui la possède peut lire aussi.",
        feed_has="Vous avez un flux. Son adresse ne peut pas être montrée une seconde fois.",
        feed_made="Voici les adresses de votre flux. Copiez-en une maintenant dans votre lecteur : elles "
        "ne peuvent pas être montrées une seconde fois.",
        feed_removed="Votre flux est supprimé et son adresse ne sert plus à rien.",
        too_many="Vous avez demandé beaucoup d’adresses aujourd’hui. Revenez demain, s’il vous plaît.",
        make="Créer mon flux",
        renew="Créer une autre adresse",
        renew_text="Les adresses précédentes fonctionnent jusqu’à ce que vous supprimiez le flux.",
        remove_text="Ensuite, aucune des adresses de votre flux ne fonctionne plus.",
        remove="Supprimer mon flux",
        clicks_title="Compter les clics",
        clicks_text="Nous aimerions savoir quels articles sont lus. Si vous êtes d’accord, les liens de "
        "vos courriels passent par notre site, qui ajoute un à une somme. Qui a cliqué n’est enregistré "
        "nulle part.",
        clicks_off="Vos clics ne sont pas comptés.",
        clicks_on="Vos clics sont comptés.",
        agree="Compter mes clics",
        refuse="Ne pas compter mes clics",
    ),
    "it": OwnWords(
        back="Le tue preferenze",
        feed_title="Il tuo feed",
        feed_text="Un feed con gli articoli sui tuoi temi, o con tutti se non ne hai scelto nessuno. Il "
        "suo indirizzo è segreto: chi lo ha può leggere.",
        feed_has="Hai un feed. Il suo indirizzo non può essere mostrato una seconda volta.",
        feed_made="Questi sono gli indirizzi del tuo feed. Copiane uno adesso nel tuo lettore: non "
        "possono essere mostrati una seconda volta.",
        feed_removed="Il tuo feed è stato eliminato e il suo indirizzo non vale più.",
        too_many="Oggi hai già chiesto molti indirizzi. Torna domani, per favore.",
        make="Crea il mio feed",
        renew="Crea un nuovo indirizzo",
        renew_text="Gli indirizzi precedenti funzionano finché non elimini il feed.",
        remove_text="Dopo, nessuno degli indirizzi del tuo feed funziona più.",
        remove="Elimina il mio feed",
        clicks_title="Conteggio dei clic",
        clicks_text="Vorremmo sapere quali articoli vengono letti. Se sei d’accordo, i link delle tue "
        "mail passano dal nostro sito, che aggiunge uno a una somma. Chi ha fatto clic non viene salvato "
        "da nessuna parte.",
        clicks_off="I tuoi clic non vengono contati.",
        clicks_on="I tuoi clic vengono contati.",
        agree="Conta i miei clic",
        refuse="Non contare i miei clic",
    ),
    "pt": OwnWords(
        back="As suas preferências",
        feed_title="O seu próprio feed",
        feed_text="Um feed com os artigos sobre os seus temas, ou com todos se não escolheu nenhum. O "
        "endereço é secreto: quem o tiver pode ler.",
        feed_has="Já tem um feed. O endereço não pode ser mostrado outra vez.",
        feed_made="Estes são os endereços do seu feed. Copie agora um deles para o seu leitor: não podem "
        "ser mostrados outra vez.",
        feed_removed="O seu feed foi removido e o endereço já não serve.",
        too_many="Hoje já pediu muitos endereços. Volte amanhã, por favor.",
        make="Criar o meu feed",
        renew="Criar outro endereço",
        renew_text="Os endereços anteriores funcionam até remover o feed.",
        remove_text="Depois, nenhum dos endereços do seu feed funciona.",
        remove="Remover o meu feed",
        clicks_title="Contagem de cliques",
        clicks_text="Gostaríamos de saber que artigos são lidos. Se concordar, os links dos seus e-mails "
        "passam pelo nosso site, que soma um. Quem clicou não fica guardado em lado nenhum.",
        clicks_off="Os seus cliques não são contados.",
        clicks_on="Os seus cliques são contados.",
        agree="Contar os meus cliques",
        refuse="Não contar os meus cliques",
    ),
    "ru": OwnWords(
        back="Ваши настройки",
        feed_title="Ваша собственная лента",
        feed_text="Лента на выбранные вами темы; если темы не выбраны, на все. Адрес ленты секретный: "
        "любой, кому известен этот адрес, может читать ленту.",
        feed_has="Лента уже создана. Показать адрес ленты второй раз нельзя.",
        feed_made="Вот адреса вашей ленты. Скопируйте один из них в программу для лент сейчас: второй раз "
        "показать их нельзя.",
        feed_removed="Ваша лента удалена, прежний адрес больше не действует.",
        too_many="Сегодня вы создали уже много адресов. Пожалуйста, вернитесь завтра.",
        make="Создать мою ленту",
        renew="Создать новый адрес",
        renew_text="Прежние адреса действуют, пока вы не удалите ленту.",
        remove_text="После этого ни один из адресов вашей ленты не действует.",
        remove="Удалить мою ленту",
        clicks_title="Подсчёт переходов",
        clicks_text="Нам хотелось бы знать, какие статьи читают. Если вы согласны, ссылки в ваших письмах "
        "ведут через наш сайт, и он прибавляет единицу к сумме. Кто перешёл по ссылке, нигде не сохраняется.",
        clicks_off="Ваши переходы не считаются.",
        clicks_on="Ваши переходы считаются.",
        agree="Считать мои переходы",
        refuse="Больше не считать мои переходы",
    ),
    "ar": OwnWords(
        back="تفضيلاتك",
        feed_title="خلاصتك الخاصة",
        feed_text="خلاصة فيها المقالات عن مواضيعك، أو كل المقالات إن لم تختر موضوعا. عنوانها سرّ: من "
        "يملكه يستطيع القراءة.",
        feed_has="لديك خلاصة. لا يمكن عرض عنوانها مرة ثانية.",
        feed_made="هذه عناوين خلاصتك. انسخ أحدها الآن إلى قارئ الخلاصات: لا يمكن عرضها مرة ثانية.",
        feed_removed="حُذفت خلاصتك ولم يعد عنوانها صالحا.",
        too_many="أنشأت اليوم عناوين كثيرة. عد غدا من فضلك.",
        make="أنشئ خلاصتي",
        renew="أنشئ عنوانا جديدا",
        renew_text="تبقى العناوين السابقة صالحة حتى تحذف الخلاصة.",
        remove_text="بعد ذلك لا يعمل أي من عناوين خلاصتك.",
        remove="احذف خلاصتي",
        clicks_title="عدّ النقرات",
        clicks_text="نودّ أن نعرف أي المقالات تُقرأ. إن وافقت، تمرّ الروابط في رسائلك بموقعنا الذي يضيف "
        "واحدا إلى مجموع. ولا يُحفظ في أي مكان من الذي نقر.",
        clicks_off="نقراتك لا تُعدّ.",
        clicks_on="نقراتك تُعدّ.",
        agree="عُدّوا نقراتي",
        refuse="لا تعدّوا نقراتي",
    ),
    "ja": OwnWords(
        back="設定",
        feed_title="あなた専用のフィード",
        feed_text="選んだ話題の記事だけ、選んでいなければすべての記事が届くフィードです。アドレスは秘密で"
        "す。知っている人は誰でも読めます。",
        feed_has="専用のフィードがあります。アドレスをもう一度表示することはできません。",
        feed_made="これがあなたのフィードのアドレスです。もう一度表示することはできないので、今すぐ一つを"
        "フィードリーダーに写してください。",
        feed_removed="フィードを削除しました。アドレスはもう使えません。",
        too_many="今日はすでに何度もアドレスを作りました。明日またお越しください。",
        make="フィードを作る",
        renew="新しいアドレスを作る",
        renew_text="以前のアドレスは、フィードを削除するまで使えます。",
        remove_text="削除すると、フィードのアドレスはどれも使えなくなります。",
        remove="フィードを削除する",
        clicks_title="クリックの集計",
        clicks_text="どの記事が読まれているかを知りたいと考えています。同意すると、メールのリンクは当サイ"
        "トを経由し、合計に一を足します。誰がクリックしたかはどこにも保存しません。",
        clicks_off="あなたのクリックは数えていません。",
        clicks_on="あなたのクリックを数えています。",
        agree="クリックを数えてよい",
        refuse="クリックを数えない",
    ),
    "zh": OwnWords(
        back="您的设置",
        feed_title="您自己的订阅源",
        feed_text="包含您所选主题的文章。如果没有选择主题，则包含所有文章。它的地址是秘密：谁有地址，谁就"
        "能阅读。",
        feed_has="您已有一个订阅源。它的地址不能再次显示。",
        feed_made="这是您的订阅源地址。请现在就把其中一个复制到阅读器里：它们不能再次显示。",
        feed_removed="您的订阅源已删除，原地址不再有效。",
        too_many="您今天已生成了很多地址，请明天再来。",
        make="创建我的订阅源",
        renew="生成新地址",
        renew_text="在您删除订阅源之前，以前的地址继续有效。",
        remove_text="删除后，您订阅源的所有地址都不再有效。",
        remove="删除我的订阅源",
        clicks_title="点击统计",
        clicks_text="我们想知道哪些文章有人阅读。如果您同意，邮件中的链接会经过我们的网站，并在总数上加一"
        "。谁点击了链接，不会保存在任何地方。",
        clicks_off="您的点击没有被统计。",
        clicks_on="您的点击正在被统计。",
        agree="统计我的点击",
        refuse="不统计我的点击",
    ),
}
