"""What goes when: told to both first, destroyed by its rule, with a receipt; and what stays."""

import datetime as dt
import json

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musling.activity.models import Activity
from musling.cli.main import main
from musling.conversations.actions import talking
from musling.conversations.actions.planning import plan_talks
from musling.conversations.models import (
    Agreement,
    Answer,
    Conversation,
    Fitting,
    HandedIn,
    Preparation,
)
from musling.foundation import clock
from musling.foundation.problems import NotThere, Refused
from musling.mail import outbox
from musling.people.models import Employment
from musling.privacy import destroying
from musling.privacy.models import Announcement, RetentionPeriod
from musling.privacy.periods import periods_of, set_period
from musling.privacy.retention import DEFAULTS, RULES, Facts, due, earlier
from musling.vault import keyring, keys
from musling.vault.models import Key
from tests.cast import Cast, Member, booked, booked_talk, planned_talk
from tests.conversations import stages
from tests.conversations.faults import crashes
from tests.web.staff_pages import employ

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)


def counts(**some: int) -> dict[str, int]:
    names = ("told", "called_off", "talks", "preparations", "answers", "proofs", "people")
    return {name: some.get(name, 0) for name in names}


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}T10:00:00+00:00")


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(moment("2024-11-01"), moment("2024-12-01")), ("ceiling", "2026-12-01")),
        (Facts(moment("2024-11-01")), ("ceiling", "2026-11-01")),
        (
            Facts(moment("2024-11-01"), moment("2024-12-01"), moment("2025-12-02")),
            ("next_held", "2025-12-16"),
        ),
        (
            Facts(moment("2024-11-01"), moment("2024-12-01"), left_on=dt.date(2025, 8, 31)),
            ("left", "2026-02-28"),
        ),
        (
            Facts(
                moment("2024-11-01"),
                moment("2024-12-01"),
                moment("2025-12-02"),
                dt.date(2025, 1, 31),
            ),
            ("left", "2025-07-31"),
        ),
        # The last day of February, two years on.
        (Facts(moment("2024-02-01"), moment("2024-02-29")), ("ceiling", "2026-02-28")),
    ],
)
def test_the_first_rule_takes_it(facts, expected):
    found = due(facts, DEFAULTS)
    assert (found.rule, found.at.date().isoformat()) == expected


def test_what_is_due_is_always_among_those_looked_at():
    """The coarse look in the database never misses what the rule finds, whatever the day."""
    rule = RULES["ceiling"]
    day = moment("2024-01-29")
    for number in range(800):
        now = day + number * A_DAY
        for held in (now - dt.timedelta(days=days) for days in range(728, 735)):
            if due(Facts(held, held), DEFAULTS).at <= now:
                assert held <= earlier(now, rule, DEFAULTS) + destroying.MONTHS_DIFFER


# --- a year in the life of a talk -----------------------------------------------------------------


ONLY_HERE = "Hvad er der med nattevagterne?"


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    """A talk with everything in it, held; its minutes are approved."""
    row = planned_talk(cast)
    stages.fit(cast, row, ONLY_HERE)
    row = booked(cast, row)
    stages.hand_in(cast, row, "Glad for vagterne")
    stages.agreed_frame(cast, row)
    stages.write(cast, row, "Vi talte om vagterne")
    stages.agree(cast, row, "Fast makker")
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    stages.approve(cast, row)
    row.refresh_from_db()
    return row


def hold_next(cast: Cast) -> Conversation:
    row = stages.next_year(cast)
    stages.agreed_frame(cast, row)
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    return row


def own_keys(talk: Conversation) -> list[Key]:
    own = Preparation.objects.filter(participant__conversation=talk)
    return list(Key.objects.filter(pk__in=own.values("key")))


def living(talk: Conversation) -> bool:
    return Key.objects.get(pk=talk.key_id).destroyed_at is None


def told() -> list[tuple[str, str]]:
    rows = Activity.objects.filter(verb="retention.announced").order_by("pk")
    return [(row.more["rule"], row.more["on"]) for row in rows]


def test_a_preparation_goes_when_its_talk_is_approved(cast: Cast, talk):
    assert all(key.destroyed_at is None for key in own_keys(talk))
    assert destroying.run() == counts(preparations=2)
    assert {key.reason for key in own_keys(talk)} == {"preparation"}
    assert not Answer.objects.exclude(content=b"").exists()
    # What was handed in is the talk's, and stays with it.
    assert HandedIn.objects.exclude(content=b"").exists()
    assert living(talk)


def test_a_preparation_stays_until_the_minutes_are_approved(cast: Cast):
    row = booked_talk(cast)
    stages.hand_in(cast, row, "Glad for vagterne")
    stages.agreed_frame(cast, row)
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    assert destroying.run()["preparations"] == 0
    assert all(key.destroyed_at is None for key in own_keys(row))


def test_minutes_go_two_weeks_after_the_next_talk_and_both_are_told_at_once(cast: Cast, talk):
    destroying.run()
    assert told() == []
    following = hold_next(cast)
    assert destroying.run()["told"] == 1
    goes_on = clock.today() + 14 * A_DAY
    assert told() == [("next_held", goes_on.isoformat())]
    assert destroying.run()["told"] == 0
    clock.move(13 * A_DAY)
    assert destroying.run()["talks"] == 0
    assert living(talk)
    clock.move(A_DAY + dt.timedelta(minutes=1))
    assert destroying.run()["talks"] == 1
    assert not living(talk)
    assert living(following)
    agreement = Agreement.objects.get()
    assert agreement.conversation == following
    assert agreement.unseal(keys.open_key(following.key_id), "content")["what"] == "Fast makker"


def test_both_get_a_mail_with_the_date_and_no_name(cast: Cast, talk):
    hold_next(cast)
    outbox.pass_over()
    destroying.run()
    outbox.deliver()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        one.profile.email for one in (cast.employee, cast.leader)
    )
    for message in mail.outbox:
        assert "Nyt til dig i Musling" in message.subject
        assert str((clock.today() + 14 * A_DAY).year) in message.body
        for one in (cast.employee, cast.leader):
            assert one.profile.last_name not in message.body


@pytest.mark.parametrize(("days", "rule"), [(24 * 31, "ceiling")])
def test_where_the_next_talk_never_comes_there_is_a_ceiling(cast: Cast, talk, days, rule):
    clock.move(dt.timedelta(days=365 * 2 - 15))
    assert destroying.run()["told"] == 0
    clock.move(3 * A_DAY)
    assert destroying.run()["told"] == 1
    assert told()[0][0] == rule
    clock.move(dt.timedelta(days=15))
    assert destroying.run()["talks"] == 1
    assert not living(talk)


def test_who_leaves_takes_half_a_year(cast: Cast, talk):
    Employment.objects.filter(pk=cast.employee.employment.pk).update(ends_on=clock.today())
    clock.move(dt.timedelta(days=184 + 14))
    destroying.run()
    assert told()[0][0] == "left"
    clock.move(8 * A_DAY)
    assert destroying.run()["talks"] == 1
    assert not living(talk)


def test_who_has_another_employment_has_not_left(cast: Cast, talk):
    Employment.objects.filter(pk=cast.employee.employment.pk).update(ends_on=clock.today())
    Employment.objects.create(
        organisation=cast.havneby,
        profile=cast.employee.profile,
        number="ny",
        unit=cast.unit,
        starts_on=clock.today(),
    )
    clock.move(dt.timedelta(days=250))
    assert destroying.run()["told"] == 0


def test_who_comes_back_keeps_it(cast: Cast, talk):
    Employment.objects.filter(pk=cast.employee.employment.pk).update(ends_on=clock.today())
    clock.move(dt.timedelta(days=184))
    assert destroying.run()["told"] == 1
    Employment.objects.filter(pk=cast.employee.employment.pk).update(ends_on=None)
    clock.move(dt.timedelta(days=30))
    assert destroying.run() == counts(called_off=1)
    assert living(talk)
    assert not Announcement.objects.exists()


def test_nothing_shared_goes_within_a_week_of_being_told(cast: Cast, talk):
    destroying.run()
    clock.move(dt.timedelta(days=365 * 5))  # nothing ran for years
    destroying.run()
    assert living(talk)
    clock.move(dt.timedelta(days=6, hours=23))
    destroying.run()
    assert living(talk)
    clock.move(dt.timedelta(hours=2))
    destroying.run()
    assert not living(talk)


def test_the_receipt_says_what_whose_when_and_by_which_rule(cast: Cast, talk):
    destroying.run()
    hold_next(cast)
    destroying.run()
    clock.move(15 * A_DAY)
    destroying.run()
    key = Key.objects.get(pk=talk.key_id)
    generation = keyring.generation(key.generation)
    rows = Activity.objects.filter(verb="retention.destroyed", object_id=talk.pk)
    receipts = {(row.about_id, row.more["content"], row.more["rule"]) for row in rows}
    people = [one.profile.pk for one in (cast.employee, cast.leader)]
    assert receipts == {
        *((pk, "shared", "next_held") for pk in people),
        *((pk, "preparation", "preparation") for pk in people),
    }
    final = max(generation.made_at + keys.GENERATION_AGE, key.destroyed_at) + (
        keys.BACKUP_HORIZON + keys.KEYRING_COPY_LIFE + A_DAY
    )
    assert abs(key.final_from - final) < dt.timedelta(seconds=5)
    assert {row.more["final_from"] for row in rows if row.more["content"] == "shared"} == {
        final.date().isoformat()
    }


@pytest.mark.django_db(transaction=True)
def test_a_crash_anywhere_is_finished_with_one_receipt_each(cast: Cast, settings, tmp_path):
    settings.MUSLING_LEDGER = tmp_path / "ledger"
    row = booked_talk(cast)
    stages.hand_in(cast, row, "Glad for vagterne")
    stages.agreed_frame(cast, row)
    stages.write(cast, row, "Vi talte om vagterne")
    talking.end_talk(cast.leader.actor, public_id=row.public_id)
    stages.approve(cast, row)
    hold_next(cast)
    destroying.run()
    clock.move(15 * A_DAY)
    for _step in crashes(destroying.run):
        pass
    assert not living(row)
    receipts = Activity.objects.filter(verb="retention.destroyed", object_id=row.pk)
    assert sorted((one.about_id, one.more["content"]) for one in receipts) == sorted(
        (one.profile.pk, content)
        for one in (cast.employee, cast.leader)
        for content in ("shared", "preparation")
    )
    assert Announcement.objects.get().done_at is not None


def test_a_run_asks_the_same_however_many_there_are(cast: Cast):
    def asked(people: int) -> int:
        names = (f"Nr{clock.today().year}-{number}" for number in range(people))
        plan_talks(cast.leader.actor, employments=[employ(cast, name, "Prøve") for name in names])
        clock.move(dt.timedelta(days=365 * 2))
        assert destroying.run()["told"] == people
        clock.move(15 * A_DAY)
        with CaptureQueriesContext(connection) as queries:
            assert destroying.run()["talks"] == people
        return len(queries)

    asked(1)
    assert asked(1) == asked(12)


def test_the_proof_is_removed_when_its_years_are_over(cast: Cast, talk):
    following = hold_next(cast)
    destroying.run()
    clock.move(15 * A_DAY)
    destroying.run()
    year = talk.year
    clock.move(dt.datetime(year + 5, 12, 31, 12, tzinfo=dt.UTC) - clock.now())
    destroying.run()
    assert Conversation.objects.filter(pk=talk.pk).exists()
    clock.move(A_DAY)
    # The agreement made there is still open in the talk that followed, though that has gone too.
    for _night in range(2):
        destroying.run()
        clock.move(15 * A_DAY)
    assert not living(following)
    assert destroying.run()["proofs"] in {0, 1}
    assert not Conversation.objects.filter(pk=talk.pk).exists()
    assert not Key.objects.filter(pk=talk.key_id).exists()
    assert Conversation.objects.filter(pk=following.pk).exists()
    removed = Activity.objects.filter(verb="retention.removed")
    assert {row.object_id for row in removed} == {talk.pk}
    clock.move(dt.timedelta(days=366))
    assert destroying.run()["proofs"] == 1
    assert not Agreement.objects.exists()


def test_the_proof_stays_as_long_as_an_agreement_made_there_lives(cast: Cast, talk):
    for _year in range(7):
        hold_next(cast)
        destroying.run()
        clock.move(15 * A_DAY)
        destroying.run()
    assert Agreement.objects.get().origin == talk
    assert Conversation.objects.filter(pk=talk.pk).exists()


def test_a_talk_still_to_be_held_is_not_destroyed(cast: Cast):
    row = booked_talk(cast)
    ahead = clock.now() + dt.timedelta(days=365 * 2 + 60)
    Conversation.objects.filter(pk=row.pk).update(starts_at=ahead)
    clock.move(dt.timedelta(days=365 * 2 + 30))
    assert destroying.run()["told"] == 0
    assert living(row)


# --- periods --------------------------------------------------------------------------------------


def test_hr_sets_a_period_from_a_day_on(cast: Cast, talk):
    today = clock.today()
    set_period(
        cast.hr.actor, kind="mus", rule="next_held", number=60, valid_from=today + 30 * A_DAY
    )
    assert periods_of(cast.havneby.pk, today)["mus"]["next_held"] == 14
    later = periods_of(cast.havneby.pk, today + 30 * A_DAY)
    assert (later["mus"]["next_held"], later["mus_bpa"]["next_held"]) == (60, 14)
    assert periods_of(cast.sandvig.pk, today + 30 * A_DAY)["mus"]["next_held"] == 14


def test_a_longer_period_also_holds_for_what_was_told_already(cast: Cast, talk):
    hold_next(cast)
    destroying.run()
    set_period(cast.hr.actor, kind="mus", rule="next_held", number=90, valid_from=clock.today())
    clock.move(15 * A_DAY)
    assert destroying.run()["called_off"] == 1
    assert living(talk)


@pytest.mark.parametrize("number", [0, 6, 181])
def test_a_period_outside_the_bounds_is_refused(cast: Cast, number):
    with pytest.raises(Refused, match=r"7 d.*180 d"):
        set_period(
            cast.hr.actor, kind="mus", rule="next_held", number=number, valid_from=clock.today()
        )


def test_a_period_is_not_set_backwards(cast: Cast):
    with pytest.raises(Refused):
        set_period(
            cast.hr.actor, kind="mus", rule="next_held", number=20,
            valid_from=clock.today() - A_DAY,
        )  # fmt: skip


@pytest.mark.parametrize("who", ["employee", "leader", "leaders_leader", "neighbour"])
def test_nobody_else_sets_a_period(cast: Cast, who):
    one: Member = getattr(cast, who)
    with pytest.raises(NotThere):
        set_period(one.actor, kind="mus", rule="next_held", number=20, valid_from=clock.today())
    assert not RetentionPeriod.objects.exists()


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_what_would_go_and_changes_nothing(cast: Cast, talk, capsys):
    destroying.run()
    hold_next(cast)
    destroying.run()
    clock.move(15 * A_DAY)
    assert main(["retention", "run", "--dry-run", "--json"]) == 0
    going = json.loads(capsys.readouterr().out)["would_go"]
    assert [(row["content"], row["rule"], row["about"]) for row in going] == [
        ("shared", "next_held", talk.pk)
    ]
    assert living(talk)
    assert main(["retention", "run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["talks"] == 1
    assert main(["retention", "receipts"]) == 0
    assert "by next_held" in capsys.readouterr().out


# --- what the parties see -------------------------------------------------------------------------


def page(one: Member, talk: Conversation, rest: str = ""):
    return one.client.get(f"/{one.organisation.slug}/talks/{talk.public_id}/{rest}")


def test_both_see_when_it_goes_and_afterwards_the_receipt(cast: Cast, talk):
    hold_next(cast)
    destroying.run()
    for one in (cast.employee, cast.leader):
        shown = page(one, talk).content.decode()
        assert "Så længe gemmes det" in shown
        assert "minutes.pdf" in shown
    clock.move(15 * A_DAY)
    destroying.run()
    for one in (cast.employee, cast.leader):
        shown = page(one, talk).content.decode()
        assert "blev destrueret" in shown
        assert "minutes/" not in shown
        for rest in ("minutes/", "minutes.pdf", "agreements.pdf", "prepare/", "room/"):
            answer = page(one, talk, rest)
            assert answer.status_code in {302, 410}, rest
            assert "Fast makker" not in answer.content.decode()
    for one in (cast.leaders_leader, cast.hr, cast.colleague):
        assert page(one, talk).status_code == 404
        assert page(one, talk, "minutes/").status_code == 404


@pytest.mark.row("D5")
def test_what_the_talk_alone_was_asked_goes_with_it(cast: Cast, talk):
    for one in (cast.employee, cast.leader):
        assert ONLY_HERE in page(one, talk, "asked/").content.decode()
    hold_next(cast)
    destroying.run()
    clock.move(15 * A_DAY)
    destroying.run()
    assert not living(talk)
    assert bytes(Fitting.objects.get(conversation=talk).changes) == b""
    for one in (cast.employee, cast.leader):
        answer = page(one, talk, "asked/")
        assert answer.status_code == 200
        assert ONLY_HERE not in answer.content.decode()
