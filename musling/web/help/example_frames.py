"""The frames that come with Musling, for anybody to take: as paper and as a file (B8)."""

import datetime as dt
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override

from musling.documents.letterhead import Letterhead
from musling.documents.preparation_paper import PreparationPaper, preparation_paper
from musling.foundation import clock
from musling.frames import standard
from musling.frames.document import text
from musling.gate import rules
from musling.web.frames.paper import purpose_on_paper, themes_on_paper
from musling.web.frames.standard import line
from musling.web.help import guide

PART = "employee"


@rules.public("GET")
def example_frames(request: HttpRequest) -> HttpResponse:
    """What there is, with links to take each."""
    rows = [line(name, standard.load(name), guide.language()) for name in standard.names()]
    return render(request, "help/example_frames.html", {"rows": rows})


@rules.public("GET")
def example_frame_pdf(request: HttpRequest, frame_name: str) -> HttpResponse:
    """The paper that the employee prepares on, in the language of the page."""
    _there(frame_name)
    paper = _paper(frame_name, guide.language(), clock.today())
    return _file(paper, f"{frame_name}.pdf", "application/pdf")


@rules.public("GET")
def example_frame_file(request: HttpRequest, frame_name: str) -> HttpResponse:
    """The whole frame in both languages, as the file that Musling itself reads."""
    _there(frame_name)
    return _file(
        standard.source(frame_name), f"{frame_name}.toml", "application/toml; charset=utf-8"
    )


def _there(name: str) -> None:
    if name not in standard.names():
        raise Http404


@lru_cache(maxsize=32)
def _paper(name: str, language: str, day: dt.date) -> bytes:
    """Set once a day: anybody may ask for it, and setting takes time."""
    document = standard.load(name)
    title = text(document.title, language)
    with override(language):
        return preparation_paper(
            PreparationPaper(
                head=Letterhead(
                    language=language,
                    organisation="Musling",
                    talk_name=title,
                    made_at=dt.datetime.combine(day, dt.time(12), dt.UTC),
                ),
                for_whom=title,
                themes=themes_on_paper(document, PART, language),
                purpose=purpose_on_paper(document, language),
                scale_low=text(document.scale.low, language) if document.scale else "",
                scale_high=text(document.scale.high, language) if document.scale else "",
            )
        )


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
