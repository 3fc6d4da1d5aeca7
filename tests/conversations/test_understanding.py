"""The points that both must share first: presented by the leader, ticked by the employee (C2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from musling.activity.models import Reading
from musling.conversations.actions import talking
from musling.conversations.actions.understanding import tick_alike
from musling.conversations.models import ALIKE, EXPECTATION, HandedIn
from musling.conversations.queries.preparation import handed_in
from musling.conversations.queries.room import shared_points, understood_alike
from musling.conversations.queries.talks import talk as read_talk
from musling.foundation.problems import NotThere, Refused
from tests.cast import Cast, booked_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db
POINTS = ("core-task", "frame")


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared by their words."""
    with translation.override("en"):
        yield


def ids(cast: Cast, row) -> list[str]:
    return [point.id for point in shared_points(cast.leader.actor, of(cast, row))]


def of(cast: Cast, row):
    return read_talk(cast.leader.actor, row.public_id)


def ticked(cast: Cast, row) -> set[str]:
    return understood_alike(cast.leader.actor, of(cast, row))


def test_the_employee_ticks_and_both_see_it(cast: Cast):
    row = stages.open_talk(cast)
    first, second, *_rest = ids(cast, row)
    assert len(ids(cast, row)) == 4
    known = {"public_id": row.public_id}
    assert tick_alike(cast.employee.actor, points=[first], before=[], **known) == {first}
    both = tick_alike(cast.employee.actor, points=[first, second], before=[first], **known)
    assert both == {first, second} == ticked(cast, row)
    assert tick_alike(cast.employee.actor, points=[second], before=both, **known) == {second}
    assert [one.alike for one in shared_points(cast.employee.actor, of(cast, row))].count(True) == 1


def test_two_open_pages_do_not_undo_each_other(cast: Cast):
    row = stages.open_talk(cast)
    first, second, *_rest = ids(cast, row)
    known = {"public_id": row.public_id, "before": []}
    tick_alike(cast.employee.actor, points=[first], **known)
    assert tick_alike(cast.employee.actor, points=[second], **known) == {first, second}
    assert tick_alike(cast.employee.actor, points=[second], **known) == {first, second}


def test_nobody_else_ticks_and_nothing_that_is_no_point(cast: Cast):
    row = stages.open_talk(cast)
    (first, *_rest) = ids(cast, row)
    for other in set(cast.everybody) - {"employee"}:
        with pytest.raises(NotThere):
            tick_alike(
                cast.everybody[other].actor, public_id=row.public_id, points=[first], before=[]
            )
    with pytest.raises(NotThere):
        tick_alike(cast.employee.actor, public_id=row.public_id, points=["nothing"], before=[])
    assert ticked(cast, row) == set()


def test_only_while_the_talk_goes_on(cast: Cast):
    row = booked_talk(cast)
    (first, *_rest) = ids(cast, row)
    with pytest.raises(Refused, match="going on"):
        tick_alike(cast.employee.actor, public_id=row.public_id, points=[first], before=[])
    stages.agreed_frame(cast, row)
    stages.tick(cast, row)
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    with pytest.raises(Refused, match="going on"):
        tick_alike(cast.employee.actor, public_id=row.public_id, points=[], before=[first])
    assert ticked(cast, row) == {first}


def test_ticks_are_sealed_and_no_answer_that_was_handed_in(cast: Cast):
    row = booked_talk(cast)
    stages.hand_in(cast, row)
    before = handed_in(cast.leader.actor, of(cast, row))
    stages.agreed_frame(cast, row)
    stages.tick(cast, row)
    stored = HandedIn.objects.get(item=ALIKE)
    assert b"task" not in bytes(stored.content)
    assert handed_in(cast.leader.actor, of(cast, row)) == before


def test_handing_in_before_the_talk_leaves_what_was_said(cast: Cast):
    row = booked_talk(cast)
    talking.note_expectation(cast.employee.actor, public_id=row.public_id, text="Ro")
    stages.hand_in(cast, row)
    assert HandedIn.objects.filter(item=EXPECTATION).count() == 1


def test_what_the_leader_opens_is_noted(cast: Cast):
    row = stages.open_talk(cast)
    stages.tick(cast, row)
    assert cast.leader.client.get(f"/havneby/talks/{row.public_id}/room/").status_code == 200
    found = Reading.objects.get(content="alike")
    assert (found.reader_id, found.about_id) == (cast.leader.profile.pk, cast.employee.profile.pk)


# --- in the browser, without a script ------------------------------------------------------------


def room(cast: Cast, row, who: str = "employee") -> str:
    return cast.everybody[who].client.get(f"/havneby/talks/{row.public_id}/room/").content.decode()


def test_the_button_saves_and_the_page_shows_it_to_both(cast: Cast):
    row = stages.open_talk(cast)
    (first, *_rest) = ids(cast, row)
    assert 'name="alike"' in room(cast, row)
    assert 'name="alike"' not in room(cast, row, "leader")
    url = f"/havneby/talks/{row.public_id}/room/alike/"
    answer = cast.employee.client.post(url, {"alike": [first]})
    assert answer["Location"].endswith("/room/#alike")
    assert f'value="{first}" checked' in room(cast, row)
    assert 'class="mark ok"' in room(cast, row, "leader")
    assert cast.leader.client.post(url, {"alike": [first]}).status_code == 404
    assert cast.employee.client.post(url, {"alike": ["nothing"]}).status_code == 404


def test_the_script_gets_the_part_of_the_page_and_the_leader_the_news(cast: Cast):
    row = stages.open_talk(cast)
    (first, *_rest) = ids(cast, row)
    here = f"/havneby/talks/{row.public_id}/room/"
    page = cast.leader.client.get(f"{here}?phase=back").content.decode()
    seen = page.partition("&amp;seen=")[2].partition('"')[0]
    news = f"{here}news/?phase=back&seen={seen}"
    assert cast.leader.client.get(news).status_code == 204
    part = cast.employee.client.post(f"{here}alike/", {"alike": [first]}, HTTP_HX_REQUEST="true")
    assert part.status_code == 200
    assert part.content.startswith(b'<section class="sheet alike" id="alike"')
    told = cast.leader.client.get(news)
    assert told.status_code == 200
    assert 'id="alike" hx-swap-oob="true"' in told.content.decode()


def test_once_the_talk_is_over_the_script_leads_to_the_minutes(cast: Cast):
    row = stages.open_talk(cast)
    (first, *_rest) = ids(cast, row)
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    url = f"/havneby/talks/{row.public_id}/room/alike/"
    answer = cast.employee.client.post(url, {"alike": [first]}, HTTP_HX_REQUEST="true")
    assert answer["HX-Redirect"].endswith("/minutes/")
    assert cast.employee.client.post(url, {"alike": [first]}).status_code == 302


def test_the_minutes_show_what_was_understood_alike(cast: Cast):
    row = stages.open_talk(cast)
    stages.tick(cast, row)
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    for who in ("employee", "leader"):
        page = cast.everybody[who].client.get(f"/havneby/talks/{row.public_id}/minutes/")
        assert page.content.decode().count('class="mark ok"') == 1
        assert b'name="alike"' not in page.content


def test_a_frame_without_such_points_asks_nothing(cast: Cast):
    row = stages.open_talk(cast, "mus_bpa")
    with CaptureQueriesContext(connection) as queries:
        assert shared_points(cast.leader.actor, of(cast, row)) == []
    assert not any(ALIKE in query["sql"] for query in queries)
    assert 'id="alike"' not in room(cast, row)
