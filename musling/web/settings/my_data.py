"""What is kept about me, why and how long; and all of it as a file."""

import io
import zipfile

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from musling.conversations.models import Part
from musling.conversations.queries.room import opened_minutes
from musling.conversations.queries.talks import my_talks, talk
from musling.documents.seal import sealed
from musling.foundation.actor import Actor
from musling.frames.queries import kinds_in_use
from musling.gate import rules
from musling.privacy.my_data import collect
from musling.privacy.periods import periods_of
from musling.privacy.retention import RULES, in_words
from musling.vault.keys import KeyDestroyed
from musling.web.talks.documents import minutes_of_talk

ABOUT = gettext_noop(
    "musling.json holds everything that Musling has about you in this organisation. The PDF files "
    "are the minutes of your talks. This copy is your own to look after and to delete."
)


@rules.member("GET")
def my_data(request: HttpRequest, actor: Actor) -> HttpResponse:
    """In plain words: what, why, how long, who sees it, and what one may ask for (art. 13, 15)."""
    periods = periods_of(actor.organisation_id, actor.today)
    kinds = kinds_in_use(actor)
    kept = [
        (rule, in_words(rule, periods[kind][rule.id]) if periods[kind][rule.id] else _("at once"))
        for kind in kinds[:1]
        for rule in RULES.values()
    ]
    return render(request, "settings/my_data.html", {"kept": kept})


@rules.member("GET")
def my_data_file(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A zip with everything as JSON, and the minutes of one's own talks as PDF."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        document = DjangoJSONEncoder(ensure_ascii=False, indent=2).encode(collect(actor))
        archive.writestr("musling.json", document)
        archive.writestr(_("read-me.txt"), _(ABOUT))
        for row in my_talks(actor, part=Part.EMPLOYEE):
            if row["talk"].held_at:
                _add_minutes(request, actor, row["talk"].public_id, archive)
    name = slugify(request.standing.organisation_name)  # type: ignore[attr-defined]
    return HttpResponse(
        file.getvalue(),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="musling-{name}.zip"'},
    )


def _add_minutes(
    request: HttpRequest, actor: Actor, public_id: str, archive: zipfile.ZipFile
) -> None:
    found = talk(actor, public_id)
    try:
        opened = opened_minutes(actor, found)
    except KeyDestroyed:
        return
    if opened.row is not None:
        pdf = sealed(minutes_of_talk(request, actor, found, opened))
        archive.writestr(f"{found.conversation.year}-{public_id}.pdf", pdf)
