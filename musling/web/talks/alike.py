"""The points that both must share first, and the employee's ticks (row C2)."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from musling.conversations import contents
from musling.conversations.actions.understanding import tick_alike
from musling.conversations.models import State
from musling.conversations.queries.room import SharedPoint, shared_points
from musling.conversations.queries.talks import Talk, talk
from musling.foundation.actor import Actor
from musling.foundation.problems import Refused
from musling.gate import rules
from musling.web.access.eye import eye_line


def alike(actor: Actor, found: Talk) -> dict[str, Any]:
    """What ``talks/_alike.html`` needs; one query where the frame has such points."""
    points = shared_points(actor, found)
    return {
        "points": points,
        "points_alike": sum(point.alike for point in points),
        "may_tick": found.state == State.OPEN and not found.i_lead,
        "alike_eye": eye_line(contents.ALIKE, found) if points else "",
    }


def seen_of(points: list[SharedPoint]) -> str:
    """A mark of the ticks, for who waits for news."""
    return "".join("1" if point.alike else "0" for point in points)


@rules.member("POST")
def tick(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """The employee ticks: at once by the script, by the button without one."""
    found = talk(actor, public_id)
    slug = request.standing.slug  # type: ignore[attr-defined]
    try:
        tick_alike(
            actor,
            public_id=public_id,
            points=request.POST.getlist("alike"),
            before=request.POST.getlist("before"),
        )
    except Refused as problem:
        messages.error(request, problem.message)
        return _led_to(request, reverse("minutes", args=[slug, public_id]))
    if "HX-Request" in request.headers:
        page = {"found": found, "saved": True, **alike(actor, found)}
        # The boxes stay as they are on the page, so the next press is compared with those.
        ticked = request.POST.getlist("alike")
        page["points"] = [replace(point, alike=point.id in ticked) for point in page["points"]]
        return render(request, "talks/_alike.html", page)
    return redirect(reverse("room", args=[slug, public_id]) + "#alike")


def _led_to(request: HttpRequest, url: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)
