"""Bare views: three queries each, over the same rows as the page, and a flat template."""

import secrets

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from musling.cli.bench.measured import SEALED
from musling.conversations.models import Agreement, Answer, Part, Participant, Preparation
from musling.foundation import clock
from musling.people.models import Employment, Leadership, Profile


@login_required
def team(request: HttpRequest) -> HttpResponse:
    """The unit that I lead, who works there, and their talks."""
    post = Leadership.objects.select_related("employment__profile").get(
        employment__profile__person_id=request.user.pk or 0
    )
    people = list(
        Employment.objects.filter(unit_id=post.unit_id).values_list(
            "pk", "profile__first_name", "profile__last_name", "title"
        )
    )
    talks = list(
        Participant.objects.filter(
            profile_id=post.employment.profile_id,
            part=Part.LEADER,
            conversation__year=clock.today().year,
        ).values_list("conversation__state", "conversation__starts_at", "handed_in_at")
    )
    name = post.employment.profile.name
    return render(request, "team.html", {"name": name, "people": people, "talks": talks})


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Who I am, my talks, and what is agreed in them."""
    me = _me(request)
    talks = list(
        Participant.objects.filter(profile=me, part=Part.EMPLOYEE).values_list(
            "conversation", "conversation__state", "conversation__starts_at"
        )
    )
    agreed = list(
        Agreement.objects.filter(conversation__in=[talk[0] for talk in talks]).values_list("due_on")
    )
    return render(request, "start.html", {"name": me.name, "talks": talks, "agreed": agreed})


@login_required
def preparation(request: HttpRequest) -> HttpResponse:
    """Who I am, my preparation, and my answers, still sealed."""
    me = _me(request)
    row = Preparation.objects.get(
        participant__profile=me, participant__conversation__year=clock.today().year
    )
    answers = list(Answer.objects.filter(preparation=row).values_list("item", "content"))
    return render(request, "preparation.html", {"name": me.name, "row": row, "answers": answers})


@login_required
def saving(request: HttpRequest) -> HttpResponse:
    """A preparation of mine, an answer in it, and one UPDATE of it, in one transaction."""
    with transaction.atomic():
        row = Preparation.objects.get(
            participant__profile__person_id=request.user.pk or 0,
            participant__conversation__year=clock.today().year - 1,
        )
        item = next(name[2:] for name in request.POST if name.startswith("t."))
        answer = Answer.objects.select_for_update().get(preparation=row, item=item)
        answer.content = secrets.token_bytes(SEALED)
        answer.save(update_fields=["content"])
    return JsonResponse({"saved_at": "10.42", "versions": {f"t.{item}": 1}})


def _me(request: HttpRequest) -> Profile:
    return Profile.objects.select_related("organisation").get(person_id=request.user.pk or 0)
