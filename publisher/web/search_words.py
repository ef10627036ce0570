"""What the page to search says, in the languages that mails and pages speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWords:
    """The words of one language; `{}` is where a number goes."""

    lang: str
    label: str
    hint: str
    found: str
    many: str
    nothing: str
    nothing_text: str
    too_long: str
    page: str
    previous: str
    next: str


def search_words(lang: str) -> SearchWords:
    """Return the words for a BCP 47 tag: those of its first subtag, else English."""
    return SEARCH_WORDS.get(lang.partition("-")[0].lower(), SEARCH_WORDS["en"])


_ROWS: Final = (
    SearchWords(
        lang="en",
        label="Search all issues",
        hint="All words must be there. Put a phrase in quotes, and a minus before what must not be there.",
        found="Results: {}",
        many="More than {} results; a further word narrows them down.",
        nothing="Nothing was found.",
        nothing_text="Try fewer or other words, or look here:",
        too_long="The search takes too long; use more words.",
        page="Page {} of {}",
        previous="Previous page",
        next="Next page",
    ),
    SearchWords(
        lang="es",
        label="Buscar en todos los números",
        hint="Se buscan todas las palabras. Ponga una frase entre comillas y un menos ante lo que sobra.",
        found="Resultados: {}",
        many="Más de {} resultados; añada otra palabra para acotarlos.",
        nothing="No se ha encontrado nada.",
        nothing_text="Pruebe con menos palabras o con otras, o mire aquí:",
        too_long="La búsqueda tarda demasiado; use más palabras.",
        page="Página {} de {}",
        previous="Página anterior",
        next="Página siguiente",
    ),
    SearchWords(
        lang="de",
        label="Alle Ausgaben durchsuchen",
        hint="Alle Wörter müssen vorkommen. Wendungen in Anführungszeichen; ein Minus schließt aus.",
        found="Treffer: {}",
        many="Mehr als {} Treffer; ein weiteres Wort grenzt sie ein.",
        nothing="Nichts gefunden.",
        nothing_text="Versuchen Sie es mit weniger oder anderen Wörtern, oder sehen Sie hier nach:",
        too_long="Die Suche dauert zu lange; nehmen Sie mehr Wörter.",
        page="Seite {} von {}",
        previous="Vorige Seite",
        next="Nächste Seite",
    ),
    SearchWords(
        lang="fr",
        label="Rechercher dans tous les numéros",
        hint="Tous les mots doivent y être. Une expression entre guillemets ; un moins devant ce qui gêne.",
        found="Résultats : {}",
        many="Plus de {} résultats ; un mot de plus les réduit.",
        nothing="Rien n’a été trouvé.",
        nothing_text="Essayez avec moins de mots ou d’autres, ou regardez ici :",
        too_long="La recherche dure trop longtemps ; ajoutez des mots.",
        page="Page {} sur {}",
        previous="Page précédente",
        next="Page suivante",
    ),
    SearchWords(
        lang="it",
        label="Cerca in tutti i numeri",
        hint="Si cercano tutte le parole. Una frase tra virgolette; un meno davanti a ciò che va escluso.",
        found="Risultati: {}",
        many="Più di {} risultati; un’altra parola li riduce.",
        nothing="Non è stato trovato nulla.",
        nothing_text="Provi con meno parole o con altre, o guardi qui:",
        too_long="La ricerca dura troppo; usi più parole.",
        page="Pagina {} di {}",
        previous="Pagina precedente",
        next="Pagina successiva",
    ),
    SearchWords(
        lang="pt",
        label="Pesquisar em todas as edições",
        hint="Procuram-se todas as palavras. Uma frase entre aspas; um menos antes do que deve faltar.",
        found="Resultados: {}",
        many="Mais de {} resultados; outra palavra reduz o seu número.",
        nothing="Nada foi encontrado.",
        nothing_text="Tente com menos palavras ou com outras, ou veja aqui:",
        too_long="A pesquisa demora demasiado; use mais palavras.",
        page="Página {} de {}",
        previous="Página anterior",
        next="Página seguinte",
    ),
    SearchWords(
        lang="ru",
        label="Поиск по всем выпускам",
        hint="Ищутся все слова. Фразу возьмите в кавычки, перед лишним словом поставьте минус.",
        found="Найдено: {}",
        many="Найдено больше {}; ещё одно слово сузит поиск.",
        nothing="Ничего не найдено.",
        nothing_text="Попробуйте меньше слов или другие слова, или посмотрите здесь:",
        too_long="Поиск идёт слишком долго; добавьте слова.",
        page="Страница {} из {}",
        previous="Предыдущая страница",
        next="Следующая страница",
    ),
    SearchWords(
        lang="ar",
        label="البحث في كل الأعداد",
        hint="يُبحث عن كل الكلمات. ضع العبارة بين علامتي اقتباس، وعلامة ناقص قبل ما لا تريده.",
        found="النتائج: {}",
        many="أكثر من {} نتيجة؛ كلمة أخرى تضيّق البحث.",
        nothing="لم يُعثر على شيء.",
        nothing_text="جرّب كلمات أقل أو كلمات أخرى، أو انظر هنا:",
        too_long="يستغرق البحث وقتًا طويلًا؛ أضف كلمات أخرى.",
        page="الصفحة {} من {}",
        previous="الصفحة السابقة",
        next="الصفحة التالية",
    ),
    SearchWords(
        lang="ja",
        label="すべての号を検索",
        hint="すべての語を含む記事を探します。語句は引用符で囲み、除く語の前にはマイナスを付けます。",
        found="検索結果：{}件",
        many="{}件を超えました。語を足すと絞り込めます。",
        nothing="見つかりませんでした。",
        nothing_text="語を減らすか別の語で試すか、こちらをご覧ください：",
        too_long="検索に時間がかかりすぎます。語を足してください。",
        page="{} / {}ページ",
        previous="前のページ",
        next="次のページ",
    ),
    SearchWords(
        lang="zh",
        label="搜索所有各期",
        hint="所有词都须出现。短语加引号，要排除的词前加减号。",
        found="结果：{}",
        many="结果超过 {} 条，再加一个词可缩小范围。",
        nothing="没有找到任何内容。",
        nothing_text="请减少词语或换用其他词，或查看这里：",
        too_long="搜索时间过长，请增加关键词。",
        page="第 {} 页，共 {} 页",
        previous="上一页",
        next="下一页",
    ),
)

SEARCH_WORDS: Final = {row.lang: row for row in _ROWS}
"""The words by language; each language has every one."""
