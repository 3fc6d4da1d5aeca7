"""A frame as it stands on paper: for one part, in one language."""

from musling.documents.preparation_paper import PaperItem, PaperTheme
from musling.frames.document import FrameDocument, Item, Theme, text


def purpose_on_paper(document: FrameDocument, language: str) -> str:
    """Why the talk is held and what both must share first, a paragraph each."""
    why = [text(line, language) for line in document.purpose.paragraphs]
    points = [
        f"{text(point.title, language)}: {text(point.text, language)}"
        for point in document.four_points
    ]
    return "\n\n".join(why + points)


def themes_on_paper(document: FrameDocument, part: str, language: str) -> tuple[PaperTheme, ...]:
    """What the part prepares, theme by theme."""
    themes = document.themes_for(part)  # type: ignore[arg-type]
    return tuple(_paper_theme(theme, part, language) for theme in themes)


def _paper_theme(theme: Theme, part: str, language: str) -> PaperTheme:
    return PaperTheme(
        title=text(theme.title, language),
        items=tuple(
            _paper_item(item, part, language) for item in theme.items if part in item.for_parts
        ),
        introduction=text(theme.intro, language) if theme.intro else "",
        help_questions=tuple(text(line, language) for line in theme.help),
    )


def _paper_item(item: Item, part: str, language: str) -> PaperItem:
    explanation = item.explanation_for(part)  # type: ignore[arg-type]
    return PaperItem(
        text=text(item.text_for(part), language),  # type: ignore[arg-type]
        type="scale" if item.has_score else "text",
        explanation=text(explanation, language) if explanation else "",
        mandatory=item.mandatory,
        help_questions=tuple(text(line, language) for line in item.help),
    )
