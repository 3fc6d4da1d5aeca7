"""Nobody in HR becomes the leader of more people by an own deed (T30).

Whoever leads somebody gets the open agreements of that person's last talk, which HR never sees. To
be given a post is one way there (see ``leaderships``); the others are a person or a unit that comes
below the own one, and a post below the own one that falls vacant.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.utils.translation import gettext as _

from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.foundation.problems import Refused
from musling.people.actions.roles import others_in_hr
from musling.people.leading import led_employments
from musling.people.models import Employment


@contextmanager
def leading_nobody_more(
    actor: Actor, field: str = "", *, from_on: dt.date | None = None
) -> Iterator[None]:
    """Around a deed in a transaction: Refused where the actor would lead more people by it.

    Today, or from the day on which it takes effect. Who is new here may come to the own unit; and
    whoever is alone in HR may do it, since nobody else could.
    """
    if not actor.profile_id or not others_in_hr(actor).exists():
        yield
        return
    then = _on(actor, max(from_on or actor.today, actor.today))
    before = set(led_employments(then).values_list("pk", flat=True))
    newest = Employment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    won = led_employments(then).exclude(pk__in=before)
    if Employment.objects.filter(profile__in=won.values("profile"), pk__lte=newest).exists():
        raise Refused(would_lead(), field)


def would_lead() -> str:
    """Why it is refused, and what to do."""
    return _("You would become the leader of more people by this. Ask somebody else in HR.")


def _on(actor: Actor, day: dt.date) -> Actor:
    noon = dt.datetime.combine(day, dt.time(12), COPENHAGEN)
    return actor if day == actor.today else replace(actor, at=noon)
