"""The guide under Hjælp."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe

from musling.gate import rules
from musling.web.help import guide


@rules.public("GET")
def contents(request: HttpRequest) -> HttpResponse:
    """What the guide holds."""
    return render(request, "help/contents.html", {"pages": guide.pages(guide.language())})


@rules.public("GET")
def page(request: HttpRequest, page: str) -> HttpResponse:
    """One page; a link from the other language leads to the contents."""
    body = guide.html(guide.language(), page)
    if body is None:
        if guide.is_in_another_language(page):
            return redirect("help")
        raise Http404
    return render(
        request,
        "help/page.html",
        {"title": guide.pages(guide.language())[page], "body": mark_safe(body)},  # noqa: S308 (our own files, HTML off)
    )


@rules.public("GET")
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of the guide."""
    body = guide.picture(name)
    if body is None:
        raise Http404
    answer = HttpResponse(body, content_type="image/png")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
