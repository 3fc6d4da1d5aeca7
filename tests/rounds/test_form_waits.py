"""From the offer of a round until the leader sends the form what is asked can be fitted (C4)."""

import datetime as dt

import pytest
from django.db.models import QuerySet

from musling.activity.models import Activity
from musling.conversations.actions import fitting, preparing
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import Conversation, Part, Participant
from musling.conversations.models import State as TalkState
from musling.conversations.queries.fitting import base_of
from musling.conversations.queries.talks import talk as talk_of
from musling.foundation import clock
from musling.foundation.problems import Refused
from musling.frames.team_actions import change_team_version
from musling.frames.team_changes import TeamChanges
from musling.frames.team_queries import team_asks
from musling.rounds.actions import rolling_out
from musling.rounds.actions.opening import look_at_all
from musling.rounds.models import Step
from musling.rounds.queries import form_comes_on
from tests.cast import Cast, Member, booked_talk, planned_talk
from tests.conversations.test_two_at_once import at_once
from tests.rounds.planned import planned, worked
from tests.web.staff_pages import employ_many

pytestmark = [pytest.mark.django_db, pytest.mark.row("C4"), pytest.mark.row("D5")]


def opened(cast: Cast):
    row = planned(cast)
    rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=2)
    worked()
    row.refresh_from_db()
    return row


def talks_of(who: Member) -> QuerySet[Conversation]:
    seats = Participant.objects.filter(profile=who.profile, part=Part.EMPLOYEE)
    return Conversation.objects.filter(pk__in=seats.values("conversation"))


def prepare(who: Member, talk: Conversation) -> None:
    preparing.choose_length(who.actor, public_id=talk.public_id, short=True)


def optional(cast: Cast, talk: Conversation) -> str:
    """A question that may be left out."""
    asked = base_of(talk_of(cast.leader.actor, talk.public_id))
    return next(item.id for item in asked.items if not item.mandatory)


def fit(cast: Cast, talk: Conversation, hidden: str) -> None:
    seen = talk_of(cast.leader.actor, talk.public_id)
    fitting.fit_talk(
        cast.leader.actor,
        public_id=talk.public_id,
        changes=TeamChanges(hidden=frozenset({hidden})),
        seen=seen.conversation.content.hash,
    )


def ids(cast: Cast, talk: Conversation) -> set[str]:
    return {item.id for item in talk_of(cast.leader.actor, talk.public_id).document.items}


def test_until_the_form_is_sent_it_is_fitted_and_from_then_on_prepared(cast: Cast):
    row = opened(cast)
    talk = talks_of(cast.employee).get()
    assert talk.state == TalkState.OFFERED
    with pytest.raises(Refused, match="har sendt skemaet"):
        prepare(cast.employee, talk)
    prepare(cast.leader, talk)  # who sends it may begin
    hidden = optional(cast, talk)
    fit(cast, talk, hidden)
    assert hidden not in ids(cast, talk)
    assert rolling_out.send_form(cast.leader.actor, public_id=row.public_id) > 0
    prepare(cast.employee, talk)
    with pytest.raises(Refused, match="ligger spørgsmålene fast"):
        fit(cast, talk, hidden)
    assert form_comes_on(talks_of(cast.employee).get()) is None


def test_the_teams_version_goes_into_talks_whose_form_waits(cast: Cast):
    row = opened(cast)
    talk = talks_of(cast.employee).get()
    hidden = optional(cast, talk)
    actor = cast.leader.actor
    asks = team_asks(actor, cast.unit, "mus")
    change_team_version(
        actor,
        unit=cast.unit,
        kind="mus",
        changes=TeamChanges(hidden=frozenset({hidden})),
        base=asks.version.public_id,
        seen=asks.number,
    )
    assert hidden in ids(cast, talk)
    led = Participant.objects.filter(profile=cast.leader.profile, part=Part.LEADER).count()
    assert fitting.use_for_not_begun(actor, unit=cast.unit, kind="mus") == led > 1
    assert hidden not in ids(cast, talk)
    rolling_out.send_form(actor, public_id=row.public_id)
    assert fitting.use_for_not_begun(actor, unit=cast.unit, kind="mus") == 0


def test_whoever_comes_after_the_form_was_sent_prepares_at_once(cast: Cast):
    row = opened(cast)
    rolling_out.send_form(cast.leader.actor, public_id=row.public_id)
    employ_many(cast, range(2))
    look_at_all()
    worked()
    waits = Conversation.objects.filter(form_waits=True)
    led = Participant.objects.filter(profile=cast.leader.profile, part=Part.LEADER)
    assert not waits.filter(pk__in=led.values("conversation")).exists()
    assert waits.exists()  # those of the leader above, who has not sent it
    rolling_out.do_step(cast.hr.actor, public_id=row.public_id, number=3)
    worked()
    assert not waits.exists()


def test_a_planned_talk_waits_too_and_one_that_was_offered_does_not(cast: Cast):
    booked = booked_talk(cast)
    mine = plan_talks(cast.leader.actor, employments=[cast.colleague.employment])[0]
    opened(cast)
    mine.refresh_from_db()
    booked.refresh_from_db()
    assert (mine.state, mine.form_waits) == (TalkState.OFFERED, True)
    assert not booked.form_waits
    prepare(cast.employee, booked)


def test_a_talk_that_is_near_gets_its_form_whatever_everybody_forgets(cast: Cast):
    opened(cast)
    near, far = talks_of(cast.employee).get(), talks_of(cast.colleague).get()
    for talk, days in ((near, 6), (far, 9)):
        starts = clock.now() + dt.timedelta(days=days)
        Conversation.objects.filter(pk=talk.pk).update(state=TalkState.BOOKED, starts_at=starts)
    assert rolling_out.send_forms_of_near_talks() == 1
    assert rolling_out.send_forms_of_near_talks() == 0
    told = Activity.objects.filter(verb="conversation.form_sent")
    assert [one.about_id for one in told] == [cast.employee.profile.pk]
    prepare(cast.employee, near)
    with pytest.raises(Refused):
        prepare(cast.colleague, far)


def test_a_closed_round_keeps_nobody_from_preparing(cast: Cast):
    row = opened(cast)
    rolling_out.close_round(cast.hr.actor, public_id=row.public_id, note="Godt år.")
    prepare(cast.employee, talks_of(cast.employee).get())


def test_the_day_is_told_where_hr_sends_it_by_itself(cast: Cast):
    row = opened(cast)
    talk = talks_of(cast.employee).get()
    assert form_comes_on(talk) is None
    step = Step.objects.get(round=row, number=3)
    Step.objects.filter(pk=step.pk).update(by_itself=True)
    assert form_comes_on(talk) == step.due_on


def test_pages_say_that_the_form_comes_and_lock_nothing_else(cast: Cast, client):
    opened(cast)
    talk = talks_of(cast.employee).get()
    client.force_login(cast.employee.person)
    page = client.get(f"/havneby/talks/{talk.public_id}/", headers={"accept-language": "en"})
    assert f"/havneby/talks/{talk.public_id}/prepare/" not in page.content.decode()
    assert "Lars" in page.content.decode()
    prepare_page = client.get(f"/havneby/talks/{talk.public_id}/prepare/")
    assert prepare_page.status_code == 200
    assert 'name="length"' not in prepare_page.content.decode()
    client.force_login(cast.leader.person)
    page = client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert f"/havneby/talks/{talk.public_id}/asked/fit/" in page or "fit/" in page
    Conversation.objects.filter(pk=talk.pk).update(
        state=TalkState.BOOKED, starts_at=clock.now() + dt.timedelta(9)
    )
    page = client.get(f"/havneby/talks/{talk.public_id}/").content.decode()
    assert 'href="/havneby/team/"' in page.split("<main")[1]


@pytest.mark.django_db(transaction=True)
def test_who_fits_and_who_sends_at_once_do_not_both_win(cast: Cast):
    planned_talk(cast)
    row = opened(cast)
    talk = talks_of(cast.employee).get()
    hidden = optional(cast, talk)
    ended = at_once(
        lambda: fit(cast, talk, hidden),
        lambda: rolling_out.send_form(cast.leader.actor, public_id=row.public_id),
    )
    assert ended in ({"done": 2}, {"done": 1, "Refused": 1})
    assert (hidden in ids(cast, talk)) == ("Refused" in ended)
