"""A planned round for tests."""

import datetime as dt

from musling.rounds.actions.planning import Plan, plan_round
from musling.rounds.models import Round
from musling.work.models import Run
from musling.work.runs import carry_out
from tests.cast import Cast


def planned(cast: Cast, **facts) -> Round:
    """Havneby's MUS of this year, over the rest of it, planned by HR."""
    today = cast.hr.actor.today
    plan = {
        "name": f"MUS i år {Round.objects.count() or ''}".strip(),
        "kind": "mus",
        "year": today.year,
        "starts_on": today,
        "ends_on": today + dt.timedelta(60),
    }
    return plan_round(cast.hr.actor, Plan(**{**plan, **facts}))


def worked() -> None:
    """Does all work that waits, as a worker would."""
    for public_id in Run.objects.filter(state__in=("waiting", "running")).values_list(
        "public_id", flat=True
    ):
        carry_out.func(public_id)
