"""Who may be named as leader, before anything is known of what becomes of the lists.

A leader is known who is employed, or who stands in the list of people that comes along: also where
that row is itself rejected, for it says so, and the unit is not to blame.
"""

from collections import defaultdict

from django.utils.translation import gettext as _

from musling.people.import_files import ReadPeople
from musling.people.imports.standing import LeadershipNow, Standing
from musling.people.models import Leadership

LEADER = Leadership.Kind.LEADER.value


class Candidates:
    """What speaks against a leader. ``held`` are the posts that last, by the unit's number.

    ``oneself`` is the profile that only others may make a leader (T30); 0 where there is none.
    """

    def __init__(self, standing: Standing, people: ReadPeople | None, oneself: int = 0) -> None:
        self.standing = standing
        self.oneself = oneself
        self.listed = people is not None
        self.rows = {row.employment_id: row for row in people.rows} if people else {}
        self.mentioned = people.mentioned if people else {}
        self.held: dict[str, list[LeadershipNow]] = defaultdict(list)
        for one in standing.leaderships:
            if one.kind == LEADER:
                self.held[standing.unit_numbers[one.unit_id]].append(one)

    def problem(self, unit: str, number: str) -> str:
        """Why the employment cannot lead the unit, in words; empty where it can."""
        unknown = _(
            "Nobody is employed under this number. Correct it, add the person to the list of"
            " people, or leave it empty."
        )
        return self.own_post(unit, number) or ("" if self._is_known(number) else unknown)

    def own_post(self, unit: str, number: str) -> str:
        """Says so where whoever imports would become the unit's leader by it; else empty."""
        if not self.oneself or self._profile(number) != self.oneself:
            return ""
        if number in (
            self.standing.employment_numbers[one.employment_id] for one in self.held[unit]
        ):
            return ""  # what one is already, one's own file may go on saying
        return _("Nobody makes oneself a leader. Ask somebody else in HR.")

    def _is_known(self, number: str) -> bool:
        row, before = self.rows.get(number), self.standing.employments.get(number)
        if row:
            return row.ends is None or row.ends >= self.standing.day
        if number in self.mentioned:
            return True
        if before is None or before.has_ended(self.standing.day):
            return False
        return not (self.listed and before.imported)  # else it ends today: the list is complete

    def _profile(self, number: str) -> int:
        """The profile behind the number; 0 where there is none yet."""
        row, before = self.rows.get(number), self.standing.employments.get(number)
        if before:
            return before.profile_id
        profile = self.standing.profiles.get(row.person_id) if row else None
        return profile.id if profile else 0
