"""What becomes of profiles and employments."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from musling.people.import_files import PersonRow, ReadPeople, Rejected
from musling.people.imports.candidates import Candidates
from musling.people.imports.standing import EmploymentNow, ProfileNow, Standing
from musling.people.imports.units import Tree
from musling.people.models import Employment

DEFAULT_LANGUAGE = "da"


@dataclass(slots=True)
class ProfileDraft:
    """A profile as it will stand: one per person number, however many employments."""

    number: str
    first_name: str
    last_name: str
    email: str
    mobile: str
    language: str
    before: ProfileNow | None = None
    id: int = 0
    returns: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """What an import may change."""
        return (self.first_name, self.last_name, self.email, self.mobile, self.language)

    @property
    def changed(self) -> bool:
        """Whether it differs from what stands; being in an import for the first time counts."""
        before = self.before
        return before is not None and (
            self.returns
            or not before.imported
            or self.values
            != (before.first_name, before.last_name, before.email, before.mobile, before.language)
        )

    @property
    def email_redirected(self) -> bool:
        """Whether mails about somebody's talks will go elsewhere than before."""
        return self.before is not None and self.before.email != self.email


@dataclass(slots=True)
class EmploymentDraft:
    """An employment as it will stand, and the row that says so."""

    row: PersonRow
    profile: ProfileDraft
    unit: str
    title: str
    starts_on: dt.date
    ends_on: dt.date | None
    pay: str
    leave_from: dt.date | None
    leave_until: dt.date | None
    agreement: str
    before: EmploymentNow | None = None
    id: int = 0
    leader_changed: bool = False

    @property
    def number(self) -> str:
        """The organisation's own number of the employment."""
        return self.row.employment_id


@dataclass
class People:
    """The employments of an organisation as they will stand after an import."""

    standing: Standing
    tree: Tree
    read: ReadPeople | None
    candidates: Candidates
    rejected: list[Rejected] = field(default_factory=list)
    profiles: dict[str, ProfileDraft] = field(default_factory=dict)
    drafts: dict[str, EmploymentDraft] = field(default_factory=dict)
    # The employments that are in the list no more, and the numbers in rows that are rejected here.
    missing: list[EmploymentNow] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.read is None:
            return
        self.columns = self.read.columns
        for row in self.read.rows:
            self._take(row)
        self.missing = [one for one in self.in_force() if not self._is_listed(one)]
        self._see_who_returns()

    def in_force(self) -> list[EmploymentNow]:
        """The employments from imports that have not ended, as they stand."""
        day = self.standing.day
        standing = self.standing.employments.values()
        return [one for one in standing if one.imported and not one.has_ended(day)]

    def _is_listed(self, employment: EmploymentNow) -> bool:
        """Whether the file mentions it, be it in a row that was rejected: nobody ends by a typo."""
        number, read = employment.number, self.read
        return (
            number in self.drafts
            or number in self.mentioned
            or (read is not None and number in read.mentioned)
        )

    def _take(self, row: PersonRow) -> None:
        problem = self._problem(row)
        if problem:
            self.mentioned.add(row.employment_id)
            self.rejected.append(Rejected(self.read.file if self.read else "", row.row, *problem))
            return
        self.drafts[row.employment_id] = self._draft(row, self._profile(row))

    def _problem(self, row: PersonRow) -> tuple[str, str] | None:
        """What the rest of the file and the database say against the row: column and problem."""
        unit = self.tree.drafts.get(row.unit_id)
        if unit is None:
            unknown = _("No unit has this number. Add it to the list of units.")
            return "unit_id", self.tree.rejected_row(row.unit_id) or unknown
        if unit.closed_on and not unit.closing and not (row.ends and row.ends <= unit.closed_on):
            closed = _("This unit is closed. Choose one that is open.")
            return "unit_id", self.tree.rejected_row(row.unit_id) or closed
        before = self.standing.employments.get(row.employment_id)
        if before and self.standing.profile_numbers[before.profile_id] != row.person_id:
            return "person_id", _(
                "This employment belongs to another person. Give the new one its own number."
            )
        same = self.profiles.get(row.person_id)
        if same and _name(row) != _name(same):
            return "person_id", _(
                "Another row has this number with another name. Give each person one number."
            )
        if row.is_leader and "leader_employment_id" not in self.tree.columns:
            own_post = self.candidates.own_post(row.unit_id, row.employment_id)
            return ("is_leader", own_post) if own_post else None
        return None

    def _profile(self, row: PersonRow) -> ProfileDraft:
        """The draft of the row's person. The first row that has an address or a number counts."""
        draft = self.profiles.get(row.person_id)
        if draft is None:
            draft = self.profiles[row.person_id] = self._new_profile(row)
        draft.email = draft.email or row.email
        draft.mobile = draft.mobile or row.mobile
        return draft

    def _new_profile(self, row: PersonRow) -> ProfileDraft:
        before = self.standing.profiles.get(row.person_id)
        draft = ProfileDraft(
            row.person_id,
            row.first_name,
            row.last_name,
            row.email,
            row.mobile,
            row.language or DEFAULT_LANGUAGE,
            before,
        )
        if before:
            draft.id = before.id
            self._keep_what_is_not_said(draft, before, row)
        return draft

    def _keep_what_is_not_said(
        self, draft: ProfileDraft, before: ProfileNow, row: PersonRow
    ) -> None:
        """A column that is not there says nothing; whoever has a log-in chose a language there."""
        for name in ("last_name", "email", "mobile"):
            if name not in self.columns:
                setattr(draft, name, getattr(before, name))
        if before.person_id or not row.language:
            draft.language = before.language

    def _draft(self, row: PersonRow, profile: ProfileDraft) -> EmploymentDraft:
        before = self.standing.employments.get(row.employment_id)
        draft = EmploymentDraft(
            row,
            profile,
            row.unit_id,
            row.title,
            row.starts or (before.starts_on if before else self.standing.day),
            row.ends,
            row.pay or Employment.Pay.MONTHLY.value,
            row.leave_from,
            row.leave_until,
            row.agreement,
            before,
            before.id if before else 0,
        )
        if before:
            self._keep(draft, before)
        return draft

    def _keep(self, draft: EmploymentDraft, before: EmploymentNow) -> None:
        for name in ("title", "pay", "leave_from", "leave_until", "agreement"):
            if name not in self.columns:
                setattr(draft, name, getattr(before, name))
        # Whoever is listed is here again; an end that is still to come may stand.
        if "to" not in self.columns and not before.has_ended(self.standing.day):
            draft.ends_on = before.ends_on

    def _see_who_returns(self) -> None:
        """Access that closed because somebody left opens when that person is employed again.

        Where it was closed while an employment went on, HR closed it, and HR opens it.
        """
        day = self.standing.day
        stays = {
            one.profile_id for one in self.standing.employments.values() if not one.has_ended(day)
        }
        for draft in self.drafts.values():
            before = draft.profile.before
            if before and before.disabled_at and before.id not in stays:
                draft.profile.returns |= draft.ends_on is None or draft.ends_on > day

    def left_in_closing(self) -> dict[str, int]:
        """How many would still be employed in units that the import closes, by unit number."""
        closing = {one.number: one.closed_on for one in self.tree.drafts.values() if one.closing}
        left: dict[str, int] = {}
        if not closing:
            return left
        for unit, ends_on in self._places():
            last = closing.get(unit)
            if last and (ends_on is None or ends_on > last):
                left[unit] = left.get(unit, 0) + 1
        return left

    def _places(self) -> Iterator[tuple[str, dt.date | None]]:
        """Unit and last day of every employment after the import."""
        gone = {one.number for one in self.missing}
        for draft in self.drafts.values():
            yield draft.unit, draft.ends_on
        for number, one in self.standing.employments.items():
            if number not in self.drafts:
                unit = self.standing.unit_numbers[one.unit_id]
                yield unit, self.standing.day if number in gone else one.ends_on

    # --- what it comes to --------------------------------------------------------------------

    def outcome(self, draft: EmploymentDraft) -> str:
        """``created``, ``updated``, ``unchanged`` or ``ended`` (its last day is here)."""
        before, day = draft.before, self.standing.day
        if before is None:
            return "created"
        if not before.has_ended(day) and draft.ends_on and draft.ends_on <= day:
            return "ended"
        return "updated" if self.changed(draft) or draft.leader_changed else "unchanged"

    def changed(self, draft: EmploymentDraft) -> bool:
        """Whether the employment's own row differs from what stands."""
        before = draft.before
        return before is not None and (
            not before.imported
            or draft.unit != self.standing.unit_numbers[before.unit_id]
            or draft.starts_on != before.starts_on
            or draft.ends_on != before.ends_on
            or draft.title != before.title
            or draft.pay != before.pay
            or draft.leave_from != before.leave_from
            or draft.leave_until != before.leave_until
            or draft.agreement != before.agreement
        )


def _name(one: PersonRow | ProfileDraft) -> tuple[str, str]:
    return one.first_name.casefold(), one.last_name.casefold()
