"""The frames that come with Musling, for anybody to take: as paper and as a file (B8)."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from musling.documents.letterhead import Letterhead
from musling.foundation import clock
from musling.frames import standard
from musling.frames.document import text
from musling.gate import rules
from musling.web.frames import taking
from musling.web.frames.paper import Side
from musling.web.frames.standard import line
from musling.web.help import guide


@rules.public("GET")
def example_frames(request: HttpRequest) -> HttpResponse:
    """What there is, with links to take each."""
    frames = [(name, standard.load(name)) for name in standard.names()]
    rows = [
        (line(name, document, guide.language()), taking.example_papers(name, document))
        for name, document in frames
    ]
    return render(request, "help/example_frames.html", {"rows": rows})


@rules.public("GET")
def example_frame_pdf(request: HttpRequest, frame_name: str, side: str) -> HttpResponse:
    """The paper that one side fills in by hand, in the language of the page."""
    return _taken(frame_name, side, "pdf")


@rules.public("GET")
def example_frame_docx(request: HttpRequest, frame_name: str, side: str) -> HttpResponse:
    """The same for Word, to fill in or to change."""
    return _taken(frame_name, side, "docx")


@rules.public("GET")
def example_frame_file(request: HttpRequest, frame_name: str) -> HttpResponse:
    """The whole frame in both languages, as the file that Musling itself reads."""
    _there(frame_name)
    return taking.answer(standard.source(frame_name), frame_name, "toml")


def _there(name: str) -> None:
    if name not in standard.names():
        raise Http404


def _taken(name: str, side: str, ending: Any) -> HttpResponse:
    _there(name)
    found = taking.side_of(standard.load(name), side)
    if found is None:
        raise Http404
    content = _made(name, found, ending, guide.language(), clock.today())
    return taking.answer(content, f"{name}-{taking.IN_NAME[found]}", ending)


@lru_cache(maxsize=128)
def _made(name: str, side: Side, ending: taking.Ending, language: str, day: dt.date) -> bytes:
    """Set once a day: anybody may ask for it, and setting takes time."""
    document = standard.load(name)
    head = Letterhead(
        language=language,
        organisation="Musling",
        talk_name=text(document.title, language),
        made_at=dt.datetime.combine(day, dt.time(12), dt.UTC),
    )
    return taking.made(document, side, ending, head=head, kind=taking.kind_for(name))
