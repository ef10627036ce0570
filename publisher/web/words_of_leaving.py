"""What the page after leaving says: how to take it back, and whether one wants to say why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from publisher.model.leaving import LeavingReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingWords:
    """The words of one language; `reasons` are in the order of `LeavingReason`."""

    undo: str
    undone: str
    undone_text: str
    why: str
    reasons: tuple[str, ...]
    send: str
    thanks: str
    thanks_text: str

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The reasons as a form has them: what is sent, and what is read."""
        return tuple((reason.value, said) for reason, said in zip(LeavingReason, self.reasons, strict=True))


def leaving_words(lang: str) -> LeavingWords:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return LEAVING_WORDS.get(lang.partition("-")[0].lower(), LEAVING_WORDS["en"])


LEAVING_WORDS: Final[dict[str, LeavingWords]] = {
    "en": LeavingWords(
        undo="Undo",
        undone="You are subscribed again",
        undone_text="This address gets mail from this list as before.",
        why="Why do you leave? You need not answer.",
        reasons=(
            "It is too much mail",
            "It is not what I expected",
            "I never subscribed",
            "I read it elsewhere",
            "Another reason",
        ),
        send="Send",
        thanks="Thank you",
        thanks_text="We keep your answer without your address.",
    ),
    "es": LeavingWords(
        undo="Deshacer",
        undone="Vuelve a estar suscrito",
        undone_text="Esta dirección recibe el correo de esta lista como antes.",
        why="¿Por qué se va? No hace falta responder.",
        reasons=(
            "Es demasiado correo",
            "No es lo que esperaba",
            "Nunca me suscribí",
            "Lo leo en otro sitio",
            "Otro motivo",
        ),
        send="Enviar",
        thanks="Gracias",
        thanks_text="Guardamos su respuesta sin su dirección.",
    ),
    "de": LeavingWords(
        undo="Rückgängig machen",
        undone="Sie sind wieder angemeldet",
        undone_text="Diese Adresse erhält die Mails dieser Liste wie zuvor.",
        why="Warum gehen Sie? Sie müssen nicht antworten.",
        reasons=(
            "Es sind zu viele Mails",
            "Ich hatte etwas anderes erwartet",
            "Ich habe das nie abonniert",
            "Ich lese es anderswo",
            "Ein anderer Grund",
        ),
        send="Absenden",
        thanks="Vielen Dank",
        thanks_text="Wir bewahren Ihre Antwort ohne Ihre Adresse auf.",
    ),
    "fr": LeavingWords(
        undo="Annuler",
        undone="Vous êtes de nouveau abonné",
        undone_text="Cette adresse reçoit les messages de cette liste comme avant.",
        why="Pourquoi partez-vous ? Vous n’êtes pas obligé de répondre.",
        reasons=(
            "Cela fait trop de messages",
            "Ce n’est pas ce que j’attendais",
            "Je ne me suis jamais abonné",
            "Je le lis ailleurs",
            "Une autre raison",
        ),
        send="Envoyer",
        thanks="Merci",
        thanks_text="Nous gardons votre réponse sans votre adresse.",
    ),
    "it": LeavingWords(
        undo="Annulla",
        undone="L’iscrizione è di nuovo attiva",
        undone_text="Questo indirizzo riceve le mail di questa lista come prima.",
        why="Perché se ne va? Non è necessario rispondere.",
        reasons=(
            "Sono troppe mail",
            "Non è quello che mi aspettavo",
            "Non mi sono mai iscritto",
            "Lo leggo altrove",
            "Un altro motivo",
        ),
        send="Invia",
        thanks="Grazie",
        thanks_text="Conserviamo la risposta senza il suo indirizzo.",
    ),
    "pt": LeavingWords(
        undo="Anular",
        undone="A subscrição está de novo ativa",
        undone_text="Este endereço recebe as mensagens desta lista como antes.",
        why="Porque sai? Não precisa de responder.",
        reasons=(
            "São mensagens a mais",
            "Não é o que eu esperava",
            "Nunca subscrevi",
            "Leio noutro sítio",
            "Outro motivo",
        ),
        send="Enviar",
        thanks="Obrigado",
        thanks_text="Guardamos a sua resposta sem o seu endereço.",
    ),
    "ru": LeavingWords(
        undo="Отменить",
        undone="Вы снова подписаны",
        undone_text="Письма этой рассылки приходят на этот адрес, как прежде.",
        why="Почему вы уходите? Отвечать не обязательно.",
        reasons=(
            "Слишком много писем",
            "Я ждал другого",
            "Я не подписывался",
            "Читаю в другом месте",
            "Другая причина",
        ),
        send="Отправить",
        thanks="Спасибо",
        thanks_text="Мы храним ваш ответ без вашего адреса.",
    ),
    "ar": LeavingWords(
        undo="تراجع",
        undone="عاد اشتراكك",
        undone_text="تصل رسائل هذه القائمة إلى هذا العنوان كما كانت.",
        why="لماذا تغادر؟ لست مضطرًا إلى الإجابة.",
        reasons=(
            "الرسائل كثيرة",
            "ليس هذا ما توقعته",
            "لم أشترك قط",
            "أقرؤها في مكان آخر",
            "سبب آخر",
        ),
        send="إرسال",
        thanks="شكرًا لك",
        thanks_text="نحفظ إجابتك دون عنوانك.",
    ),
    "ja": LeavingWords(
        undo="元に戻す",
        undone="購読を再開しました",
        undone_text="このアドレスには、これまでどおりこのリストのメールが届きます。",
        why="解除の理由をお聞かせください（任意）",  # noqa: RUF001 (Chinese and Japanese marks)
        reasons=(
            "メールが多すぎる",
            "期待と違っていた",
            "登録した覚えがない",
            "別の場所で読んでいる",
            "その他",
        ),
        send="送信",
        thanks="ありがとうございました",
        thanks_text="回答はアドレスと切り離して保存します。",
    ),
    "zh": LeavingWords(
        undo="撤销",
        undone="您已重新订阅",
        undone_text="此地址将照常收到该列表的邮件。",
        why="您为何退订？可以不回答。",
        reasons=(
            "邮件太多",
            "与我期望的不同",
            "我从未订阅",
            "我在别处阅读",
            "其他原因",
        ),
        send="发送",
        thanks="谢谢您",
        thanks_text="我们保存您的回答，但不保存您的地址。",
    ),
}
"""The words by language; each language has every one."""
