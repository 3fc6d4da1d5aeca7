"""The second wall: a query that forgot the organisation shows nothing of another's."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from musling.activity.models import Activity
from musling.cli.cluster import SUPERUSER
from musling.cli.rights import goes_round_walls, put_up_walls, walled_tables, without_wall
from musling.conversations.models import Conversation
from musling.foundation import clock
from musling.foundation.tenancy import SETTING, walled
from musling.gate import rules
from musling.people.models import Profile
from tests import postgres
from tests.cast import Cast, booked_talk

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    """A query that forgot the organisation."""
    return {profile.organisation.slug for profile in Profile.objects.select_related("organisation")}


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        return cursor.fetchone()[0] or ""


def test_every_table_with_an_organisation_has_the_wall_for_its_owner_too():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        behind = {name for (name,) in cursor.fetchall()}
    wanted = {table for table, _empty in walled_tables()}
    assert len(wanted) > 25
    assert wanted <= behind


def connected_as(role: str) -> psycopg.Connection:
    """A connection of its own to this database; what it changes is never committed."""
    folder, name = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    return psycopg.connect(postgres.address(folder, role, name))


def test_doctor_sees_a_table_without_a_wall():
    owner = connected_as(postgres.OWNER)
    cursor = owner.cursor()
    assert without_wall(cursor) == []
    cursor.execute("ALTER TABLE people_profile NO FORCE ROW LEVEL SECURITY")
    cursor.execute("DROP POLICY one_organisation ON people_role")
    assert without_wall(cursor) == ["people_profile", "people_role"]
    owner.rollback()
    owner.close()


def test_doctor_sees_a_role_above_the_walls():
    for role, goes_round in ((postgres.PROGRAM, False), (SUPERUSER, True)):
        one = connected_as(role)
        assert goes_round_walls(one.cursor()) is goes_round
        one.close()


def test_a_query_that_forgot_the_organisation_shows_one_alone(cast: Cast):
    booked_talk(cast)
    assert names() == {"havneby", "sandvig"}
    with walled(cast.sandvig.pk, goes_on=True):
        assert names() == {"sandvig"}
        assert not Conversation.objects.exists()
    assert names() == {"havneby", "sandvig"}


def test_a_view_that_forgot_it_shows_one_alone(cast: Cast, rf: RequestFactory):
    @rules.member("GET", "POST")
    def forgetful(request, actor):
        return HttpResponse(",".join(sorted(names())))

    for method in (rf.get, rf.post):
        request = method("/")
        request.user = cast.neighbour.person
        assert forgetful(request, "sandvig").content == b"sandvig"
    assert setting() == ""


def test_what_raises_leaves_no_wall_behind(cast: Cast, rf: RequestFactory):
    @rules.member("GET")
    def broken(request, actor):
        raise ZeroDivisionError

    request = rf.get("/")
    request.user = cast.neighbour.person
    with pytest.raises(ZeroDivisionError):
        broken(request, "sandvig")
    assert setting() == ""


def test_nothing_is_written_over_the_wall(cast: Cast):
    with (
        walled(cast.sandvig.pk, goes_on=True),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Activity.objects.create(organisation_id=cast.havneby.pk, at=clock.now(), verb="x")
    with walled(cast.sandvig.pk, goes_on=True):
        assert Profile.objects.filter(organisation=cast.havneby).update(first_name="X") == 0
        Activity.objects.create(organisation_id=None, at=clock.now(), verb="log-in")


def test_the_program_cannot_take_the_wall_down():
    with (
        pytest.raises(ProgrammingError, match="must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE people_profile DISABLE ROW LEVEL SECURITY")


def test_walls_are_put_up_once():
    with connection.cursor() as cursor:
        assert put_up_walls(cursor) == 0
