"""The leader tells a stand-in what to follow up on, and takes it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from musling.conversations.actions.standing_in import end_stand_in, tell_stand_in
from musling.conversations.queries.stand_ins import Followed, followed, stand_ins_of
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere, Refused
from musling.gate import rules
from musling.people.models import Leadership
from musling.web.forms import DateField, DkfdsForm


class StandInForm(DkfdsForm):
    """Who, from when, and which talks."""

    stand_in = forms.ChoiceField(label=gettext_lazy("Who stands in?"), widget=forms.RadioSelect)
    from_on = DateField(label=gettext_lazy("From which day?"))
    talks = forms.MultipleChoiceField(
        label=gettext_lazy("Whose agreements?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )

    def __init__(
        self, *given: Any, posts: list[Leadership], rows: list[Followed], **options: Any
    ) -> None:
        super().__init__(*given, **options)
        stand_in: Any = self.fields["stand_in"]
        stand_in.choices = [
            (str(post.employment.public_id), post.employment.profile.name) for post in posts
        ]
        talks: Any = self.fields["talks"]
        talks.choices = [
            (str(row.conversation.public_id), row.employee) for row in rows if row.told is None
        ]


@rules.member("GET", "POST")
def stand_in(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whom the leader has told what; and the form to tell. 404 for whoever leads nobody."""
    rows, posts = followed(actor), stand_ins_of(actor)
    if not rows and not request.standing.leads:  # type: ignore[attr-defined]
        raise NotThere
    # Nobody stands in for a leader towards herself or himself.
    theirs = {post.employment.profile_id for post in posts}
    initial: dict[str, Any] = {
        "talks": [str(row.conversation.public_id) for row in rows if row.profile not in theirs],
        "from_on": max(actor.today, posts[0].starts_on) if posts else actor.today,
        "stand_in": str(posts[0].employment.public_id) if posts else "",
    }
    form = StandInForm(request.POST or None, posts=posts, rows=rows, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            told = tell_stand_in(actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            words = ngettext("%(n)d employee is told.", "%(n)d employees are told.", told)
            messages.success(request, words % {"n": told})
            return redirect("stand-in", request.standing.slug)  # type: ignore[attr-defined]
    return render(
        request,
        "team/stand_in.html",
        {
            "form": form,
            "rows": rows,
            "posts": posts,
            "told": [row for row in rows if row.told],
            "left": any(row.told is None for row in rows),
        },
        status=422 if form.errors else 200,
    )


@rules.member("POST")
def end(request: HttpRequest, actor: Actor, stand_in: str) -> HttpResponse:
    """The leader follows up again, or takes it back before its day."""
    end_stand_in(actor, stand_in=stand_in)
    messages.success(request, _("You follow up on it yourself."))
    return redirect("stand-in", request.standing.slug)  # type: ignore[attr-defined]
