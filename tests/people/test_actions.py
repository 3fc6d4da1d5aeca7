"""What HR does to people: who may, what happens, what is noted, and what never happens."""

import datetime as dt

import pytest

from musling.activity.models import Activity
from musling.foundation import clock
from musling.foundation.fingerprints import ChangedMeanwhile, fingerprint
from musling.foundation.problems import NotThere, Refused
from musling.people import actions
from musling.people.models import Activation, Employment, Leadership, Person, Profile, Role
from musling.people.queries import standing
from tests.people.workplace import LONG_AGO, Workplace, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Workplace:
    return Workplace()


@pytest.fixture
def hr(place):
    return place.hr()


@pytest.fixture
def unit(place):
    return place.unit("Øst")


def verbs(about: Profile) -> list[str]:
    rows = Activity.objects.filter(about_id=about.pk).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def epoch(profile: Profile) -> int:
    return Person.objects.get(pk=profile.person_id).session_epoch


def changes(profile: Profile, **more: str) -> dict[str, str]:
    return {name: getattr(profile, name) for name in actions.PERSON_FIELDS} | more


def job(employment: Employment, **more: object) -> dict[str, object]:
    return {name: getattr(employment, name) for name in actions.EMPLOYMENT_FIELDS} | more


# --- founding ---------------------------------------------------------------------------------


def founded(**more):
    facts = {
        "name": "Havneby Kommune",
        "slug": "havneby",
        "sector": "municipal",
        "first_name": "Helle",
        "last_name": "Riis",
        "email": "Helle@Havneby.example",
        "password": "seks små ænder",
    }
    return actions.found_organisation(**facts | more)


def test_founding_makes_an_organisation_whose_first_person_is_hr():
    made = founded()
    stands = standing(person_id=made.person.pk, slug="havneby", today=clock.today())
    assert stands is not None
    assert (stands.roles, stands.leads, stands.talk_name) == (frozenset({"hr"}), False, "MUS")
    assert made.person.check_password("seks små ænder")
    assert list(made.person.emailaddress_set.values_list("email", "verified")) == [
        ("helle@havneby.example", True)
    ]
    assert Employment.objects.get().unit.path == f"/{Employment.objects.get().unit_id}/"
    assert verbs(made.profile) == ["person.added", "employment.added", "role.given"]


def test_a_citizen_who_founds_may_lead_at_once():
    made = founded(sector="bpa", leads=True)
    assert standing(person_id=made.person.pk, slug="havneby", today=clock.today()).leads


@pytest.mark.parametrize("slug", ["account", "static", "create"])
def test_addresses_of_the_installation_are_not_for_organisations(slug):
    with pytest.raises(Refused) as refused:
        founded(slug=slug)
    assert refused.value.field == "slug"
    assert not Person.objects.exists()


# --- persons ----------------------------------------------------------------------------------


def test_hr_adds_a_person_without_a_log_in(hr):
    profile = actions.add_person(hr, first_name=" Mette ", last_name="Dam", mobile="20 30 40 50")
    assert (profile.name, profile.mobile, profile.person) == ("Mette Dam", "20304050", None)
    assert profile.number == profile.public_id
    assert verbs(profile) == ["person.added"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("first_name", "Mette\r\nBcc: alle@havneby.example"),
        ("number", "010180-1234"),
        ("email", "-oQ/tmp@havneby.example"),
        ("mobile", "ring bare"),
        ("language", "kl"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(hr, field, value):
    with pytest.raises(Refused) as refused:
        actions.add_person(hr, **{"first_name": "Mette"} | {field: value})
    assert refused.value.field == field
    assert Profile.objects.count() == 1


def test_who_is_not_hr_finds_nothing_to_change(place, hr, unit):
    other = place.employ("Mette Dam", unit)
    nobody = place.actor(other.profile)
    target = place.employ("Jonas Berg", unit)
    role = place.role(target.profile, "committee")
    post = place.lead(target, unit)
    for attempt in (
        lambda: actions.add_person(nobody, first_name="X"),
        lambda: actions.change_person(nobody, other.profile, **changes(other.profile)),
        lambda: actions.end_person(nobody, target.profile, last_day=day()),
        lambda: actions.close_access(nobody, target.profile),
        lambda: actions.add_employment(nobody, target.profile, unit=unit, starts_on=day()),
        lambda: actions.end_employment(nobody, target, last_day=day()),
        lambda: actions.give_leadership(nobody, unit=unit, employment=other, starts_on=day()),
        lambda: actions.end_leadership(nobody, post),
        lambda: actions.give_role(nobody, profile=target.profile, name="hr"),
        lambda: actions.end_role(nobody, role),
        lambda: actions.add_unit(nobody, name="X"),
        lambda: actions.rename_unit(nobody, unit, name="X", number=""),
        lambda: actions.move_unit(nobody, unit, parent=None),
        lambda: actions.close_unit(nobody, unit, day=day()),
    ):
        with pytest.raises(NotThere):
            attempt()
    assert not Activity.objects.exists()


def test_hr_of_one_organisation_finds_nothing_of_another(place, hr):
    there = Workplace("sandvig")
    other = there.employ("Nabo Nielsen", there.unit("Sandvig"))
    with pytest.raises(NotThere):
        actions.change_person(hr, other.profile, **changes(other.profile))
    with pytest.raises(NotThere):
        actions.end_employment(hr, other, last_day=day())
    with pytest.raises(NotThere):
        actions.move_unit(hr, other.unit, parent=None)
    with pytest.raises(NotThere):
        actions.give_role(hr, profile=other.profile, name="hr")


def test_changing_the_work_email_leaves_the_log_in_alone_and_tells_the_holder(place, hr):
    profile = place.profile("Mette Dam", log_in=True)
    actions.change_person(hr, profile, **changes(profile, email="ny@havneby.example"))
    profile.refresh_from_db()
    assert profile.email == "ny@havneby.example"
    assert profile.person.email == "mette@havneby.example"
    assert verbs(profile) == ["person.changed", "person.email_changed"]


def test_a_new_work_email_ends_the_code_mailed_to_the_old_one(place, hr):
    profile = place.profile("Mette Dam")
    code = Activation.objects.create(
        organisation=place.organisation,
        profile=profile,
        how="mail",
        made_at=clock.now(),
        expires_at=clock.now() + dt.timedelta(days=1),
    )
    actions.change_person(hr, profile, **changes(profile, email="ny@havneby.example"))
    code.refresh_from_db()
    assert code.ended_at is not None
    assert verbs(profile) == ["person.changed"]


def test_saving_without_a_change_notes_nothing(place, hr):
    profile = place.profile("Mette Dam")
    actions.change_person(hr, profile, **changes(profile))
    assert verbs(profile) == []


def test_two_who_change_the_same_person_do_not_overwrite_each_other(place, hr):
    profile = place.profile("Mette Dam")
    seen = fingerprint(profile, actions.PERSON_FIELDS)
    actions.change_person(hr, profile, **changes(profile, last_name="Holst"), seen=seen)
    with pytest.raises(ChangedMeanwhile):
        actions.change_person(hr, profile, **changes(profile, last_name="Lund"), seen=seen)
    profile.refresh_from_db()
    assert profile.last_name == "Holst"


def test_a_number_belongs_to_one_person(place, hr):
    place.profile("Mette Dam", number="7")
    with pytest.raises(Refused, match="nummer") as refused:
        actions.add_person(hr, first_name="Jonas", number="7")
    assert refused.value.field == "number"


def test_who_ends_later_stays_until_then(place, hr, unit):
    profile = place.profile("Mette Dam", log_in=True)
    employment = place.employ(profile, unit)
    post = place.lead(employment, unit)
    role = place.role(profile, "committee")
    actions.end_person(hr, profile, last_day=day(10))
    for row in (employment, post, role):
        row.refresh_from_db()
        assert row.ends_on == day(10)
    profile.refresh_from_db()
    assert profile.disabled_at is None
    assert actions.close_for_who_left(day(10)) == 0
    assert actions.close_for_who_left(day(11)) == 1
    profile.refresh_from_db()
    assert profile.disabled_at is not None
    assert verbs(profile)[0] == "person.ended"
    assert verbs(profile)[-1] == "person.access_closed"


def test_who_left_already_is_closed_at_once(place, hr, unit):
    profile = place.profile("Mette Dam", log_in=True)
    place.employ(profile, unit)
    before = epoch(profile)
    actions.end_person(hr, profile, last_day=day(-1))
    profile.refresh_from_db()
    assert profile.disabled_at is not None
    assert epoch(profile) == before + 1
    assert profile.person.is_active  # another organisation may still need the log-in


def test_closing_leaves_who_was_never_employed_or_holds_a_role(place, hr, unit):
    place.profile("Aldrig Ansat")
    member = place.employ("Maja Med", unit, ends_on=day(-5))
    place.role(member.profile, "committee")
    place.employ("Nora Ny", unit, starts_on=day(5))
    gone = place.employ("Gert Gammel", unit, ends_on=day(-5))
    assert actions.close_for_who_left(day()) == 1
    gone.profile.refresh_from_db()
    assert gone.profile.disabled_at is not None


def test_closing_does_not_cost_more_with_more_people(
    place, hr, unit, django_assert_max_num_queries
):
    for number in range(30):
        place.employ(f"Gert{number} Gammel", unit, ends_on=day(-5))
    with django_assert_max_num_queries(6):
        assert actions.close_for_who_left(day()) == 30


def test_access_is_closed_and_opened(place, hr):
    profile = place.profile("Mette Dam", log_in=True)
    before = epoch(profile)
    actions.close_access(hr, profile)
    assert standing(person_id=profile.person_id, slug="havneby", today=day()) is None
    assert epoch(profile) == before + 1
    actions.open_access(hr, profile)
    assert standing(person_id=profile.person_id, slug="havneby", today=day()) is not None
    assert verbs(profile) == ["person.access_closed", "person.access_opened"]


def test_nobody_ends_oneself(place, hr):
    own = Profile.objects.get(pk=hr.profile_id)
    for attempt in (actions.close_access, lambda *a: actions.end_person(*a, last_day=day())):
        with pytest.raises(Refused):
            attempt(hr, own)


# --- employments ------------------------------------------------------------------------------


@pytest.mark.row("X9")
def test_a_person_has_several_employments(place, hr, unit):
    profile = place.profile("Vera Vikar")
    first = actions.add_employment(hr, profile, unit=unit, starts_on=day(), title="Vikar")
    second = actions.add_employment(
        hr, profile, unit=place.unit("Vest"), starts_on=day(), pay="hourly", number="77"
    )
    assert (first.number, second.number) == (first.public_id, "77")
    assert verbs(profile) == ["employment.added", "employment.added"]


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("ends_on", {"starts_on": day(5), "ends_on": day(4)}),
        ("leave_from", {"leave_until": day(4)}),
        ("leave_until", {"leave_from": day(5), "leave_until": day(4)}),
        ("number", {"number": "e-taken"}),
    ],
)
def test_dates_and_numbers_that_cannot_be_are_refused(place, hr, unit, field, more):
    employment = place.employ("Mette Dam", unit, number="e-taken")
    with pytest.raises(Refused) as refused:
        actions.add_employment(hr, employment.profile, **{"unit": unit, "starts_on": day()} | more)
    assert refused.value.field == field


def test_nobody_is_put_into_a_closed_unit(place, hr, unit):
    closed = place.unit("Lukket", closed_on=day(-1))
    employment = place.employ("Mette Dam", unit)
    with pytest.raises(Refused) as refused:
        actions.change_employment(hr, employment, **job(employment, unit=closed))
    assert refused.value.field == "unit"


def test_a_unit_of_another_organisation_is_refused(place, hr, unit):
    theirs = Workplace("sandvig").unit("Sandvig")
    employment = place.employ("Mette Dam", unit)
    with pytest.raises(Refused):
        actions.change_employment(hr, employment, **job(employment, unit=theirs))


def test_changing_an_employment_notes_it_once(place, hr, unit):
    employment = place.employ("Mette Dam", unit)
    actions.change_employment(
        hr, employment, **job(employment, leave_from=day(), leave_until=day(90))
    )
    employment.refresh_from_db()
    assert employment.leave_until == day(90)
    actions.change_employment(hr, employment, **job(employment))
    assert verbs(employment.profile) == ["employment.changed"]


def test_what_is_led_ends_with_the_employment(place, hr, unit):
    profile = place.profile("Lone Leder", log_in=True)
    employment = place.employ(profile, unit)
    post = place.lead(employment, unit)
    before = epoch(profile)
    actions.end_employment(hr, employment, last_day=day(-1))
    post.refresh_from_db()
    assert post.ends_on == day(-1)
    assert epoch(profile) == before + 1
    assert verbs(profile) == ["employment.ended", "leadership.ended"]


def test_an_employment_cannot_end_before_it_starts(place, hr, unit):
    employment = place.employ("Mette Dam", unit, starts_on=day())
    with pytest.raises(Refused) as refused:
        actions.end_employment(hr, employment, last_day=day(-1))
    assert refused.value.field == "last_day"


# --- leaderships ------------------------------------------------------------------------------


def test_a_new_leader_takes_over_on_the_day(place, hr, unit):
    old = place.profile("Lone Leder", log_in=True)
    post = place.lead(place.employ(old, unit), unit)
    new = place.employ("Nora Ny", unit)
    before = epoch(old)
    given = actions.give_leadership(hr, unit=unit, employment=new, starts_on=day())
    post.refresh_from_db()
    assert (post.ends_on, given.starts_on, given.ends_on) == (day(-1), day(), None)
    assert epoch(old) == before + 1
    assert verbs(old) == ["leadership.ended"]
    assert verbs(new.profile) == ["leadership.given"]


def test_a_leader_from_a_later_day_leaves_the_old_one_until_then(place, hr, unit):
    old = place.profile("Lone Leder", log_in=True)
    post = place.lead(place.employ(old, unit), unit)
    before = epoch(old)
    new = place.employ("Nora Ny", unit)
    actions.give_leadership(hr, unit=unit, employment=new, starts_on=day(30))
    post.refresh_from_db()
    assert post.ends_on == day(29)
    assert epoch(old) == before


def test_a_stand_in_leaves_the_leader_in_the_post(place, hr, unit):
    post = place.lead(place.employ("Lone Leder", unit), unit)
    actions.give_leadership(
        hr,
        unit=unit,
        employment=place.employ("Sara Stand", unit),
        kind="stand_in",
        starts_on=day(),
        ends_on=day(20),
    )
    post.refresh_from_db()
    assert post.ends_on is None


def test_a_leader_must_be_employed_on_the_day(place, hr, unit):
    gone = place.employ("Gert Gammel", unit, ends_on=day(-1))
    with pytest.raises(Refused) as refused:
        actions.give_leadership(hr, unit=unit, employment=gone, starts_on=day())
    assert refused.value.field == "employment"


def test_a_post_is_not_given_twice(place, hr, unit):
    leader = place.employ("Lone Leder", unit)
    place.lead(leader, unit)
    with pytest.raises(Refused):
        actions.give_leadership(hr, unit=unit, employment=leader, starts_on=day())
    assert Leadership.objects.count() == 1


def test_a_post_is_ended_now(place, hr, unit):
    profile = place.profile("Lone Leder", log_in=True)
    post = place.lead(place.employ(profile, unit), unit)
    before = epoch(profile)
    actions.end_leadership(hr, post)
    stands = standing(person_id=profile.person_id, slug="havneby", today=day())
    assert not stands.leads
    assert epoch(profile) == before + 1


# --- roles ------------------------------------------------------------------------------------


def test_a_role_is_given_and_ended_and_sessions_end(place, hr):
    profile = place.profile("Maja Med", log_in=True)
    role = actions.give_role(hr, profile=profile, name="committee")
    assert standing(person_id=profile.person_id, slug="havneby", today=day()).roles == {"committee"}
    before = epoch(profile)
    actions.end_role(hr, role)
    stands = standing(person_id=profile.person_id, slug="havneby", today=day())
    assert stands.roles == frozenset()
    assert epoch(profile) == before + 1
    assert verbs(profile) == ["role.given", "role.ended"]


def test_a_role_is_given_once_at_a_time(place, hr):
    profile = place.profile("Maja Med")
    actions.give_role(hr, profile=profile, name="committee", ends_on=day(10))
    with pytest.raises(Refused):
        actions.give_role(hr, profile=profile, name="committee", starts_on=day(10))
    actions.give_role(hr, profile=profile, name="committee", starts_on=day(11))
    actions.give_role(hr, profile=profile, name="union_rep")
    assert Role.objects.filter(profile=profile).count() == 3


def test_somebody_stays_in_hr(place, hr):
    own = Role.objects.get(profile_id=hr.profile_id)
    with pytest.raises(Refused):
        actions.end_role(hr, own)
    without_log_in = place.profile("Ida Ingen")
    place.role(without_log_in)
    with pytest.raises(Refused):
        actions.end_role(hr, own)
    place.hr("Hans Hansen")
    actions.end_role(hr, own)
    assert LONG_AGO < Role.objects.get(pk=own.pk).ends_on < day()


def test_who_was_ended_a_moment_ago_ends_nobody(place, hr):
    other = place.hr("Hans Hansen")
    actions.end_role(other, Role.objects.get(profile_id=hr.profile_id))
    with pytest.raises(NotThere):
        actions.end_role(hr, Role.objects.get(profile_id=other.profile_id))
    with pytest.raises(NotThere):
        actions.close_access(hr, Profile.objects.get(pk=other.profile_id))
