"""What is kept about me, why and how long; and all of it as a file."""

import io
import zipfile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from musling.conversations.models import Part
from musling.conversations.queries.talks import my_talks
from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.privacy.asked import my_requests
from musling.privacy.my_data import collect
from musling.vault.keys import KeyDestroyed
from musling.web.retention.views import rules_in_words
from musling.web.talks.documents import PressProblem, sealed_minutes

ABOUT = gettext_noop(
    "musling.json holds everything that Musling has about you in this organisation. The PDF files "
    "are the minutes of your talks. This copy is your own to look after and to delete."
)


@rules.member("GET")
def my_data(request: HttpRequest, actor: Actor) -> HttpResponse:
    """In plain words: what, why, how long, who sees it, and what one may ask for (art. 13, 15)."""
    return render(
        request,
        "settings/my_data.html",
        {
            "kinds": rules_in_words(actor),
            "requests": my_requests(actor),
            "log_years": settings.MUSLING_LOG_YEARS,
        },
    )


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
    """The minutes, where there are any that can still be opened."""
    try:
        found, pdf = sealed_minutes(request, actor, public_id)
    except (NotThere, KeyDestroyed, *PressProblem):
        return  # every word of them stands in the other file
    archive.writestr(f"{found.conversation.year}-{public_id}.pdf", pdf)
