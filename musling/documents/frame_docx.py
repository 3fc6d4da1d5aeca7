"""A frame as a Word file: to fill in on a screen or by hand, and to change.

It holds what the paper holds (``preparation_paper``) in Word's own terms, so that a screen reader
finds its way and whoever changes it does so in Word: headings in order and numbered by Word, lists,
tables with a heading row, boxes as ☐, a style "Answer" for what is written in.
"""

from collections.abc import Sequence

from docx.document import Document
from docx.shared import Mm

from musling.documents import word
from musling.documents.letterhead import REGIONS
from musling.documents.preparation_paper import (
    SCALE,
    SCORED,
    TABLE_ROWS,
    TOPICS,
    PaperItem,
    PaperLifePhase,
    PaperTheme,
    Point,
    PreparationPaper,
    heading,
    labels,
    minutes,
    scale_ends,
)

BOX = "☐"
LINE = 8.0  # millimetres for a line written by hand
ROW = 11.0


def frame_docx(paper: PreparationPaper) -> bytes:
    """The file, in the language of the letterhead."""
    with paper.head.wording():
        return word.saved(_Writer(paper).document)


class _Writer:
    def __init__(self, paper: PreparationPaper) -> None:
        self.paper = paper
        self.labels = labels()
        self.scale_ends = scale_ends(paper)
        head = paper.head
        page = head.page(heading(paper))
        region = REGIONS.get(head.language)
        self.document = word.new_document(
            title=page["title"],
            organisation=head.organisation,
            language=f"{head.language}-{region}" if region else head.language,
            made_at=head.made_at,
        )
        _styles(self.document)
        self._footer(page["footer"], page["page-of"])
        self._first_page()
        for theme in paper.themes:
            self._theme(theme)
        if paper.asks_topics:
            self._topics()

    def _say(self, words: str, style: str = "Normal") -> None:
        """A paragraph for each that the words have; none for no words."""
        for part in words.split("\n\n"):
            if part.strip():
                word.add(self.document, part.strip(), style)

    def _list(self, rows: Sequence[str], style: str = "List Bullet") -> None:
        for row in rows:
            word.add(self.document, row, style)

    def _footer(self, words: str, page_of: str) -> None:
        """With the page and the number of pages, in the order of the language."""
        footer = self.document.sections[0].footer.paragraphs[0]
        footer.style = "Footer"
        footer.add_run(word.writable(f"{words} · "))
        for piece in page_of.replace("}", "{").split("{"):
            if piece in ("page", "pages"):
                word.add_field(footer, "PAGE" if piece == "page" else "NUMPAGES")
            else:
                footer.add_run(piece)

    def _first_page(self) -> None:
        paper, said = self.paper, self.labels
        self._say(heading(paper), "Heading 1")
        facts = (paper.head.organisation, paper.head.talk_name, paper.for_whom)
        self._say(" · ".join(filter(None, (*facts, minutes(paper.minutes)))), "Quiet")
        self._say(paper.who_can_see, "Quiet")
        if not paper.whole_talk:
            self._say(f"{said['name']}: {paper.name}".strip(), "Answer")
            self._say(f"{said['date']}:", "Answer")
        if paper.purpose or paper.aims:
            self._say(said["purpose"], "Heading 2")
            self._say(paper.purpose)
            self._points(paper.aims)
        if paper.four_points:
            self._say(said["four-points"], "Heading 2")
            self._points(paper.four_points)
        if paper.guidance:
            self._say(said["guidance"], "Heading 2")
            self._list(paper.guidance)
        if paper.has_scale:
            self._say(said["scale"], "Quiet")
            self._say(paper.scale_explanation, "Quiet")

    def _points(self, points: Sequence[Point]) -> None:
        self._list([f"{title}: {words}" for title, words in points])

    def _theme(self, theme: PaperTheme) -> None:
        self._say(theme.title, "Heading 2")
        self._say(" · ".join(filter(None, (theme.phase, minutes(theme.minutes)))), "Quiet")
        self._say(theme.introduction)
        self._help(theme.help_questions)
        for item in theme.items:
            self._item(item)

    def _help(self, questions: Sequence[str]) -> None:
        if questions:
            self._say(self.labels["help"], "Lead-in")
            self._list(questions)

    def _item(self, item: PaperItem) -> None:
        mandatory = f" ({self.labels['mandatory'].lower()})" if item.mandatory else ""
        self._say(" ".join(item.text.split("\n")) + mandatory, "Heading 3")
        self._say(item.mirror)
        self._say(item.explanation, "Quiet")
        self._help(item.help_questions)
        if item.type == "table":
            self._tables(item)
        elif len(item.answered_by) > 1:
            self._beside_each_other(item)
        else:
            self._one_answer(item)
        if item.type == "life_phase":
            self._life_phases(self.paper.life_phases)

    def _tables(self, item: PaperItem) -> None:
        heights = [ROW] * (item.rows or TABLE_ROWS)
        for label in item.answered_by or ("",):
            about = f"{item.text} – {label}" if label else item.text
            for at, columns in enumerate(item.tables()):
                # Without words between them, Word makes one table of two.
                self._say(self.labels["more-columns"] if at else label, "Lead-in")
                word.add_table(self.document, columns, heights=heights, about=about)

    def _beside_each_other(self, item: PaperItem) -> None:
        """A column for each who answers: the boxes as text, then room to write."""
        boxes = self._boxes(item)
        if boxes:
            self._say(self._hint(item), "Lead-in")
        heights = [LINE] * bool(boxes) + [item.lines_to_write_on() * LINE]
        table = word.add_table(self.document, item.answered_by, heights=heights, about=item.text)
        if boxes:
            for cell in table.rows[1].cells:
                word.fill(cell, boxes, "Choice")

    def _one_answer(self, item: PaperItem) -> None:
        for label in item.answered_by:
            self._say(label, "Lead-in")
        rows = self._boxes(item)
        if rows and item.type not in SCORED:
            self._say(self._hint(item), "Lead-in")
        self._list(rows, "Choice")
        self._room(item.lines_to_write_on())

    def _hint(self, item: PaperItem) -> str:
        return self.labels["scale" if item.type in SCORED else item.type]

    def _boxes(self, item: PaperItem) -> list[str]:
        """What crosses are put at, a line each; empty where there is nothing to choose."""
        if item.type not in SCORED:
            return [f"{BOX} {option}" for option in item.options]
        low, high = self.scale_ends
        steps = "   ".join(f"{BOX} {step}" for step in SCALE)
        return [f"{low}   {steps}   {high}"]

    def _room(self, lines: int) -> None:
        """One empty paragraph in a box, so many lines high; it grows with what is written."""
        if lines:
            paragraph = word.add(self.document, "", "Answer")
            for _line in range(lines - 1):
                paragraph.add_run().add_break()

    def _life_phases(self, phases: Sequence[PaperLifePhase]) -> None:
        if not phases:
            return
        chooses = self.paper.chooses_phase
        self._say(self.labels["phases" if chooses else "phase-questions"], "Lead-in")
        for phase in phases:
            title = f"{BOX} {phase.title}" if chooses else phase.title
            self._say(title, "Choice" if chooses else "Lead-in")
            self._say(phase.explanation, "Quiet")
            self._list(phase.help_questions)

    def _topics(self) -> None:
        self._say(self.labels["topics"], "Heading 2")
        self._say(self.labels["topics-hint"], "Quiet")
        self._room(TOPICS)


def _styles(document: Document) -> None:
    """The letters of Word's own styles that we use, and a few styles of ours."""
    known = document.styles
    word.look(known["Normal"], 10.5, after=5)
    word.look(known["Heading 1"], 20, bold=True, after=4, with_next=True)
    word.look(known["Heading 2"], 14, bold=True, before=20, after=5, with_next=True)
    word.look(known["Heading 3"], 11, bold=True, before=14, after=4, with_next=True)
    word.look(known["List Bullet"], 10, after=2)
    word.look(known["Footer"], 8, quiet=True)
    word.look(word.new_style(document, "Quiet"), 9.5, quiet=True)
    word.look(word.new_style(document, "Lead-in"), 9.5, bold=True, before=4, with_next=True)
    word.look(word.new_style(document, "Table Heading"), 9.5, bold=True, after=2, with_next=True)
    choice = word.look(word.new_style(document, "Choice"), 10.5, before=2, after=2)
    choice.paragraph_format.left_indent = Mm(6)
    choice.paragraph_format.first_line_indent = Mm(-6)
    answer = word.look(word.new_style(document, "Answer"), 10.5, before=7, after=9)
    answer.paragraph_format.line_spacing = 1.7
    answer.paragraph_format.left_indent = answer.paragraph_format.right_indent = Mm(2)
    word.boxed(answer)
    word.numbered(document, known["Heading 3"])
