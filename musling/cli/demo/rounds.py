"""This year's round, in the middle of its steps: opened, and the form sent by some leaders."""

import datetime as dt

from musling.cli.demo.living import acting, at, morning
from musling.foundation import clock
from musling.people.models import Profile
from musling.rounds.actions import planning, rolling_out
from musling.rounds.five_steps import EMPLOYEES, LEADERS, STEPS
from musling.rounds.models import Round
from musling.work.models import Run
from musling.work.runs import carry_out

OPENED = dt.timedelta(days=10)  # ago
BETWEEN = dt.timedelta(days=21)  # one step and the next


def fill(hr: Profile, sent_by: list[Profile], year: int) -> None:
    """Plans and opens it; ``sent_by`` have sent the form to their teams."""
    with at(morning(clock.today() - OPENED)):
        today = clock.today()
        plan = planning.Plan(
            name=f"MUS {year}",
            kind="mus",
            year=year,
            starts_on=today,
            ends_on=today + 4 * BETWEEN,
            choose_by=today + BETWEEN,
        )
        row = planning.plan_round(acting(hr), plan)
        for step in STEPS:
            planning.change_step(
                acting(hr),
                public_id=row.public_id,
                number=step.number,
                due_on=today + (step.number - EMPLOYEES) * BETWEEN,
                by_itself=step.sends and step.number > EMPLOYEES,  # the others are done below
                texts={},
            )
        for number in (LEADERS, EMPLOYEES):
            _do(hr, row, number)
        for leader in sent_by:
            rolling_out.send_form(acting(leader), public_id=row.public_id)


def _do(hr: Profile, row: Round, number: int) -> None:
    rolling_out.do_step(acting(hr), public_id=row.public_id, number=number)
    waiting = Run.objects.filter(state=Run.State.WAITING).order_by("pk")
    for run in waiting.values_list("public_id", flat=True):
        carry_out.func(run)
