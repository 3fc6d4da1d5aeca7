"""A stand-in gets what the leader tells, from a day on, and the employee sees it."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.conversations import access
from musling.conversations.actions.new_leader import choose_what_goes_along
from musling.conversations.actions.standing_in import end_stand_in, tell_stand_in
from musling.conversations.models import Conversation, Participant, StandIn
from musling.conversations.queries.stand_ins import followed
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.mail import outbox
from musling.people.models import Leadership
from musling.schedule.handing_over import hand_over
from tests.cast import Cast
from tests.conversations import stages
from tests.conversations.test_new_leader import seen
from tests.mail.post import deliver_when_due
from tests.web.staff_pages import at, english, words

pytestmark = [pytest.mark.django_db, pytest.mark.row("X7")]
A_DAY = dt.timedelta(days=1)
NOTHING = {"minutes": 0, "answers": 0, "agreements": 0}
AGREEMENTS = {"minutes": 0, "answers": 0, "agreements": 1}


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    """Agreed on, with an open agreement; Jonas stands in for Lars from today for two months."""
    row = stages.approved_talk(cast)
    stages.somebody_stands_in(cast)
    return row


def tell(cast: Cast, talk: Conversation, *, days: int = 0) -> StandIn:
    tell_stand_in(
        cast.leader.actor,
        talks=[talk.public_id],
        stand_in=cast.colleague.employment.public_id,
        from_on=clock.today() + days * A_DAY,
    )
    return StandIn.objects.get(ended_at=None)


def test_a_stand_in_sees_nothing_that_the_leader_has_not_told(cast: Cast, talk):
    assert hand_over() == 0
    assert seen(cast.colleague, talk) == NOTHING


def test_from_the_day_the_stand_in_follows_up_and_the_leader_does_not(cast: Cast, talk):
    tell(cast, talk, days=3)
    clock.move(2 * A_DAY)
    assert hand_over() == 0
    assert seen(cast.colleague, talk) == NOTHING
    clock.move(A_DAY)
    assert hand_over() == 1
    assert hand_over() == 0
    assert seen(cast.colleague, talk) == AGREEMENTS
    assert seen(cast.leader, talk) == NOTHING
    assert access.changeable_agreements(cast.colleague.actor).count() == 1


def test_more_goes_along_only_if_the_employee_says_so(cast: Cast, talk):
    tell(cast, talk)
    page = words(english(cast.employee).get(at("talk", talk.public_id)))
    assert "Jonas Prøve stands in for Lars Prøve" in page
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="minutes")
    assert seen(cast.colleague, talk)["minutes"] == 1


def test_when_nobody_stands_in_any_more_the_leader_has_it_all_again(cast: Cast, talk):
    tell(cast, talk)
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="everything")
    before = seen(cast.leader, talk)
    clock.move(61 * A_DAY)
    assert hand_over() == 1
    assert seen(cast.colleague, talk) == NOTHING
    after = seen(cast.leader, talk)
    assert (before, after["minutes"], after["agreements"]) == (NOTHING, 1, 1)
    assert not StandIn.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("begun", [True, False])
def test_the_leader_takes_it_back(cast: Cast, talk, begun: bool):
    row = tell(cast, talk, days=0 if begun else 5)
    for _twice in range(2):
        end_stand_in(cast.leader.actor, stand_in=row.public_id)
    assert seen(cast.leader, talk)["minutes"] == 1
    assert seen(cast.colleague, talk) == NOTHING
    clock.move(6 * A_DAY)
    assert hand_over() == 0
    assert Participant.objects.filter(conversation=talk, part="leader", ended_at=None).count() == 1


def test_a_second_time_the_employee_is_asked_anew(cast: Cast, talk):
    row = tell(cast, talk)
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="minutes")
    end_stand_in(cast.leader.actor, stand_in=row.public_id)
    tell(cast, talk)
    assert seen(cast.colleague, talk) == AGREEMENTS


def test_a_new_leader_after_the_stand_in_gets_open_agreements_only(cast: Cast, talk):
    tell(cast, talk)
    choose_what_goes_along(cast.employee.actor, public_id=talk.public_id, choice="minutes")
    Leadership.objects.all().update(ends_on=clock.today() - A_DAY)
    Leadership.objects.create(
        organisation=cast.havneby,
        unit=cast.unit,
        employment=cast.union_rep.employment,
        starts_on=clock.today(),
    )
    assert hand_over() == 1
    assert seen(cast.union_rep, talk) == AGREEMENTS
    assert seen(cast.colleague, talk) == seen(cast.leader, talk) == NOTHING


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"stand_in": "nobody"}, "stand_in"),
        ({"from_on": dt.date(2020, 1, 1)}, "from_on"),
        ({"from_on": dt.date(2099, 1, 1)}, "from_on"),
        ({"talks": []}, "talks"),
        ({"talks": ["nowhere"]}, "talks"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, talk, wrong: dict, field: str):
    given = {
        "talks": [talk.public_id],
        "stand_in": str(cast.colleague.employment.public_id),
        "from_on": clock.today(),
    }
    with pytest.raises(Refused) as refused:
        tell_stand_in(cast.leader.actor, **(given | wrong))
    assert refused.value.field == field
    assert not StandIn.objects.exists()


def test_nobody_else_tells_or_takes_back(cast: Cast, talk):
    row = tell(cast, talk, days=5)
    for name in set(cast.everybody) - {"leader"}:
        actor = cast.everybody[name].actor
        with pytest.raises(Refused):
            tell_stand_in(
                actor,
                talks=[talk.public_id],
                stand_in=str(cast.colleague.employment.public_id),
                from_on=clock.today(),
            )
        with pytest.raises(NotThere):
            end_stand_in(actor, stand_in=row.public_id)
    assert StandIn.objects.filter(ended_at=None).count() == 1


def test_what_was_told_of_a_talk_ends_with_the_next_one(cast: Cast, talk):
    tell(cast, talk, days=20)
    following = Conversation.objects.create(
        **{
            name: getattr(talk, name)
            for name in ("organisation", "kind", "content", "key", "made_at")
        },
        year=talk.year + 1,
        previous=talk,
        held_at=clock.now(),
    )
    assert following.previous == talk
    clock.move(20 * A_DAY)
    hand_over()
    assert not StandIn.objects.filter(ended_at=None).exists()
    assert seen(cast.leader, talk)["minutes"] == 1


def test_nobody_follows_up_on_the_own_agreements(cast: Cast, talk):
    Leadership.objects.filter(kind="stand_in").update(employment=cast.employee.employment)
    with pytest.raises(Refused) as refused:
        tell_stand_in(
            cast.leader.actor,
            talks=[talk.public_id],
            stand_in=str(cast.employee.employment.public_id),
            from_on=clock.today(),
        )
    assert refused.value.field == "talks"
    page = cast.leader.client.get(at("stand-in")).content.decode()
    assert f'value="{talk.public_id}"' in page
    assert "checked" not in page.split(f'value="{talk.public_id}"')[1].split(">")[0]


def told() -> dict[str, int]:
    deliver_when_due()
    found: dict[str, int] = {}
    for message in mail.outbox:
        found[message.to[0]] = found.get(message.to[0], 0) + 1
    mail.outbox.clear()
    return found


def test_the_employee_is_told_at_once_and_asked_when_it_begins(cast: Cast, talk):
    outbox.pass_over()
    row = tell(cast, talk, days=2)
    assert told() == {"mette@havneby.example": 1}
    clock.move(2 * A_DAY)
    hand_over()
    assert told() == {"mette@havneby.example": 1, "jonas@havneby.example": 1}
    end_stand_in(cast.leader.actor, stand_in=row.public_id)
    assert told() == {"mette@havneby.example": 1}


def test_the_page_tells_and_takes_back(cast: Cast, talk):
    page = words(english(cast.leader).get(at("stand-in")))
    assert "Jonas Prøve" in page
    assert "Mette Prøve" in page
    assert at("stand-in") in cast.leader.client.get(at("team")).content.decode()
    given = {
        "stand_in": cast.colleague.employment.public_id,
        "from_on": (clock.today() + 2 * A_DAY).isoformat(),
        "talks": [talk.public_id],
    }
    assert cast.leader.client.post(at("stand-in"), given | {"talks": []}).status_code == 422
    assert cast.leader.client.post(at("stand-in"), given).status_code == 302
    row = StandIn.objects.get()
    shown = words(english(cast.employee).get(at("talk", talk.public_id)))
    assert "Jonas Prøve stands in for Lars Prøve, and follows up" in shown
    assert cast.colleague.client.post(at("stand-in-end", row.public_id)).status_code == 404
    cast.leader.client.post(at("stand-in-end", row.public_id))
    row.refresh_from_db()
    assert row.ended_at


def test_for_whoever_leads_nobody_the_page_is_not_there(cast: Cast, talk):
    # Jonas leads while he stands in.
    leaders = {"leader", "leaders_leader", "colleague", "neighbour", "neighbour_leader"}
    for name in set(cast.everybody) - leaders:
        if name != "two_places_sandvig":
            assert cast.everybody[name].client.get(at("stand-in")).status_code == 404, name


def test_who_has_agreed_on_nothing_yet_reads_what_the_page_is_for(cast: Cast, talk):
    page = words(english(cast.leaders_leader).get(at("stand-in")))
    assert "You have not agreed on anything with anybody yet." in page
    assert "Tell the stand-in" not in page


def test_no_query_per_talk(cast: Cast, talk):
    with CaptureQueriesContext(connection) as captured:
        assert len(followed(cast.leader.actor)) == 1
    assert len(captured) == 3
