"""T19: line breaks and leading dashes in names and addresses, where they come in."""

import pytest

from musling.foundation.problems import Refused
from musling.people import actions
from musling.people.import_files import read_people, read_units
from musling.people.models import Profile
from tests.cast import Cast
from tests.web.staff_pages import at

pytestmark = pytest.mark.django_db
BREAKS = ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "\u202e")
PERSON = {"first_name": "Åse", "language": "da", "pay": "monthly", "starts_on": "2026-01-01"}


@pytest.mark.parametrize("sign", BREAKS)
@pytest.mark.parametrize("field", ["first_name", "last_name", "email", "mobile", "number", "title"])
def test_no_line_break_comes_in_through_a_form(cast: Cast, field, sign):
    typed = PERSON | {"unit": "Hjemmeplejen", field: f"a{sign}Bcc: x@x.example"}
    answer = cast.hr.client.post(at("person-add"), typed)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not Profile.objects.filter(first_name__startswith="Åse").exists()


@pytest.mark.parametrize("sign", BREAKS)
def test_no_line_break_comes_in_as_the_name_of_a_unit(cast: Cast, sign):
    with pytest.raises(Refused):
        actions.rename_unit(cast.hr.actor, cast.unit, name=f"a{sign}b", number="")


@pytest.mark.parametrize("address", ["-oQ/tmp/x@x.example", "--x@x.example", '"a b"@x.example'])
def test_no_address_is_an_option_of_a_program(cast: Cast, address):
    with pytest.raises(Refused) as refused:
        actions.add_person(cast.hr.actor, first_name="Åse", email=address)
    assert refused.value.field == "email"


@pytest.mark.parametrize("sign", [sign for sign in BREAKS if sign != "\x00"])  # no text at all
def test_no_line_break_comes_in_through_a_list(sign):
    people = (
        "employment_id;person_id;first_name;unit_id;email\n"
        f'e1;p1;"a{sign}Bcc: x@x.example";2;"b@x.example{sign}c@x.example"\n'
    )
    read = read_people("liste.csv", people.encode())
    assert read.rows == []
    assert read.rejected
    units = read_units("enheder.csv", f'unit_id;name\n1;"a{sign}b"\n'.encode())
    assert units.rows == []
