"""What changes people and the organisation: one verb each; may they? – do it – note it."""

from musling.people.actions.employments import (
    EMPLOYMENT_FIELDS,
    add_employment,
    change_employment,
    end_employment,
)
from musling.people.actions.founding import Founded, found_organisation
from musling.people.actions.leaderships import end_leadership, give_leadership, refuse_unfit
from musling.people.actions.persons import (
    PERSON_FIELDS,
    add_person,
    change_person,
    close_access,
    close_for_who_left,
    end_person,
    open_access,
)
from musling.people.actions.roles import end_role, give_role
from musling.people.actions.units import (
    add_unit,
    check_new_unit,
    close_unit,
    move_all_below,
    move_people,
    move_unit,
    rename_unit,
)

__all__ = [
    "EMPLOYMENT_FIELDS",
    "PERSON_FIELDS",
    "Founded",
    "add_employment",
    "add_person",
    "add_unit",
    "change_employment",
    "change_person",
    "check_new_unit",
    "close_access",
    "close_for_who_left",
    "close_unit",
    "end_employment",
    "end_leadership",
    "end_person",
    "end_role",
    "found_organisation",
    "give_leadership",
    "give_role",
    "move_all_below",
    "move_people",
    "move_unit",
    "open_access",
    "refuse_unfit",
    "rename_unit",
]
