"""A large organisation's preview is counted in the background, and says what the small one says."""

import pytest

from musling.foundation.problems import NotThere
from musling.rounds.actions import previewing
from musling.rounds.actions.opening import open_round
from musling.rounds.actions.rolling_out import close_round
from musling.rounds.models import KeptPreview
from musling.rounds.queries import preview
from musling.work.models import Run
from musling.work.runs import STEPS
from tests.cast import Cast
from tests.conversations.test_joint import second_job
from tests.rounds.planned import planned, worked
from tests.web.staff_pages import employ_many

pytestmark = [pytest.mark.django_db, pytest.mark.row("C4")]


@pytest.fixture
def _large(monkeypatch) -> None:
    monkeypatch.setattr(previewing, "MOST_IN_A_REQUEST", 3)


def said(found) -> dict[str, object]:
    return {
        "sums": (found.people, found.now, found.later, found.scoped_out),
        "waits": found.waits,
        "out": found.out,
        "leaders": found.leaders,
        "odd": {
            name: (odd.people, [(one.employment.profile.name, one.due_on) for one in odd.named])
            for name, odd in found.odd.items()
        },
    }


def test_counted_in_portions_it_says_the_same(cast: Cast, monkeypatch):
    monkeypatch.setattr("musling.rounds.looking.PEOPLE_AT_ONCE", 1)
    employ_many(cast, range(5))
    second_job(cast, cast.employee)
    row = planned(cast)
    assert previewing.kept_preview(row) == (None, None)
    kept = previewing.count_anew(cast.hr.actor, public_id=row.public_id)
    assert previewing.count_anew(cast.hr.actor, public_id=row.public_id).run == kept.run
    run = Run.objects.get(public_id=kept.run)
    steps = 0
    while STEPS[previewing.COUNT](run):
        steps += 1
        assert previewing.kept_preview(row)[0] is None
    assert steps > 1
    found, _kept = previewing.kept_preview(row)
    assert said(found) == said(preview(cast.hr.actor, row))


def test_nobody_but_hr_has_it_counted(cast: Cast):
    row = planned(cast)
    for who in (cast.leader, cast.employee, cast.neighbour_leader):
        with pytest.raises(NotThere):
            previewing.count_anew(who.actor, public_id=row.public_id)


def test_work_of_a_preview_that_was_begun_anew_ends_without_a_word(cast: Cast):
    row = planned(cast)
    old = Run.objects.get(
        public_id=previewing.count_anew(cast.hr.actor, public_id=row.public_id).run
    )
    KeptPreview.objects.update(run="another")
    assert not STEPS[previewing.COUNT](old)
    assert KeptPreview.objects.get().looked_at is None


@pytest.mark.usefixtures("_large")
def test_its_page_offers_to_count_shows_how_far_it_is_and_then_what_it_counted(cast: Cast, client):
    row = planned(cast)
    here = f"/havneby/rounds/{row.public_id}/people/"
    client.force_login(cast.hr.person)
    assert 'name="count"' in client.get(here).content.decode()
    client.post(here, {"count": "1"})
    assert "hx-get" in client.get(here).content.decode()
    worked()
    page = client.get(here).content.decode()
    assert "hx-get" not in page
    assert "Christian" in page
    waiting = client.get(here, headers={"hx-request": "true"})
    assert waiting["HX-Refresh"] == "true"
    # What is done about something odd is counted at once.
    odd = preview(cast.hr.actor, row).odd
    answers = {name: one.answer for name, one in odd.items() if one.people}
    client.post(here, {**answers, "own_leader": "leave_out"})
    assert "hx-get" in client.get(here).content.decode()
    worked()
    assert "own_leader" in KeptPreview.objects.get().counts["out"]


@pytest.mark.usefixtures("_large")
def test_its_page_passes_over_a_leader_who_has_left_altogether(cast: Cast, client):
    """Profiles are removed months after somebody left; what was counted names them still."""
    row = planned(cast)
    previewing.count_anew(cast.hr.actor, public_id=row.public_id)
    worked()
    kept = KeptPreview.objects.get()
    kept.counts["leaders"]["99999999"] = 3
    kept.save()
    client.force_login(cast.hr.person)
    page = client.get(f"/havneby/rounds/{row.public_id}/people/")
    assert page.status_code == 200
    assert "Christian" in page.content.decode()


def test_what_was_counted_goes_when_the_round_opens_and_when_it_closes(cast: Cast):
    """It names who is on leave or leaving."""
    row = planned(cast)
    previewing.count_anew(cast.hr.actor, public_id=row.public_id)
    open_round(cast.hr.actor, public_id=row.public_id)
    assert not KeptPreview.objects.exists()
    worked()
    previewing.count_anew(cast.hr.actor, public_id=row.public_id)
    close_round(cast.hr.actor, public_id=row.public_id, note="Vi lærte meget.")
    worked()
    assert not KeptPreview.objects.exists()
