"""Groups 2, 7, 8 and 9: the subject row, accessibility, style, and feeds."""

from __future__ import annotations

from typing import Final

from publisher.check.code import Code

CODES_OF_WORDS: Final = (
    Code(
        "E201",
        "An empty subject",
        "A mail without a subject looks like a mistake or like spam.",
        '`subject: "…"`',
        "Write `subject: …`, or take the field away: then it is the title.",
    ),
    Code(
        "W202",
        "A subject that is too short or too long",
        "A single word does not say what is in the mail, and of a long subject inboxes show only the "
        "beginning. Chinese and Japanese characters take two columns.",
        "`subject: News`",
        "Write 10 to 78 columns; `[check]` sets other limits.",
    ),
    Code(
        "W203",
        "The subject of the last issue",
        "Many mail programs fold mails of one subject into one, and readers take it for one they have read.",
        "`subject: This week` every week",
        "Say what is new in this issue.",
    ),
    Code(
        "W204",
        "Nothing new after the subject",
        "Inboxes show a second line, the preheader. If there is none they show the first words they find, "
        "and if it repeats the subject it is wasted.",
        "`preheader` with the same words as `subject`",
        "Write `preheader: …` with what the subject leaves out.",
    ),
    Code(
        "W205",
        "A subject in capitals",
        "It reads like shouting, filters distrust it, and some screen readers spell it.",
        "`subject: THE BATTERIES HAVE WON`",
        "Write it as a sentence.",
    ),
    Code(
        "W206",
        "Marks that shout",
        "Filters know them from advertising.",
        "`subject: Batteries win!!`",
        "One mark is enough.",
    ),
    Code(
        "I207",
        "How the subject is cut",
        "Phones show about 35 columns of a subject, windows 60 to 90.",
        "a subject of more than 35 columns",
        "Nothing to do if the beginning says enough by itself.",
    ),
    Code(
        "E701",
        "An unknown language",
        "A screen reader chooses its voice by the language, and reads an unknown one as gibberish.",
        "`lang: jp`",
        "Write a language tag of BCP 47 such as `ja`, `en` or `pt-BR`.",
    ),
    Code(
        "E702",
        "A skipped heading level",
        "Who hears a page goes from heading to heading, and takes a skipped level for a missing part.",
        "`####` directly below `##`",
        "Take away as many `#` as the finding says.",
    ),
    Code(
        "E703",
        "Too little contrast",
        "In bright sun, with tired eyes or in dark mode nobody can read it; WCAG 2.2 asks for 4.5 to 1.",
        "grey `#999999` on white in a template of your own",
        "Choose a darker or a lighter colour, in the rules for dark mode, too.",
    ),
    Code(
        "W704",
        "Set against the reader's way",
        "Justified and centred paragraphs are hard to follow, above all for readers with dyslexia; pure "
        "black and white that are fixed in the HTML fight with dark mode.",
        '`<p style="text-align:justify">`, `<p style="color:#000000">` in a template of your own',
        "Let text begin at the edge, and give dark mode a colour of its own.",
    ),
    Code(
        "I801",
        "A long lead",
        "The lead says what happened; who wants more goes on reading below.",
        "a lead of more than two paragraphs",
        "Move the rest below a heading.",
    ),
    Code(
        "I802",
        "A long takeaway",
        "Readers take in a point of one or two lines at a glance.",
        "a takeaway of more than 30 words",
        "Keep the point, and move the rest into the analysis.",
    ),
    Code(
        "I803",
        "A long lead phrase",
        "The phrase in front of a takeaway is a handle, not a sentence.",
        "`**The price of all of these cells fell:** …`",
        "Name the point in at most six words.",
    ),
    Code(
        "I804",
        "Few or many takeaways",
        "Three to five points are what readers remember.",
        "a story with two takeaways",
        "Add one, or join some.",
    ),
    Code(
        "I805",
        "A number without a source",
        "A surprising number is what readers repeat; they should be able to look it up.",
        "`- The first one went live in 1986.`",
        "Add `[Source](https://…)`.",
    ),
    Code(
        "I806",
        "A title in capitals",
        "Capitals are harder to read than words, and some screen readers spell them.",
        "`title: THE BATTERIES HAVE WON`",
        "Write it as a sentence.",
    ),
    Code(
        "I807",
        "How long it is",
        "Readers see the reading time before they begin.",
        "every issue",
        "Nothing to do.",
    ),
    Code(
        "E901",
        "Another id than before",
        "Feed readers know a story by its id, and would show the same story a second time as a new one.",
        "a public story whose `id` was edited",
        "Give it back the id that the finding names.",
    ),
    Code(
        "W902",
        "A title like markup",
        "Some feed readers take titles for HTML and swallow what looks like a tag.",
        '`title: "What <canvas> can do"`',
        "Say it without the brackets.",
    ),
)
