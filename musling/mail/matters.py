"""What deeds are about: dates, states and who takes part. Nothing sealed is ever loaded here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from musling.activity.models import Activity
from musling.conversations.models import (
    Agreement,
    Conversation,
    Minutes,
    Offer,
    PaperTalk,
    Part,
    Participant,
    Release,
    Signature,
    State,
)
from musling.foundation import clock
from musling.foundation.among import Among
from musling.frames.models import OrganisationTheme
from musling.mail.rows import Deed, OfferedTimes, Seat, Talk, read
from musling.people.leading import in_force
from musling.people.models import Profile, Role
from musling.rounds.evaluation.models import Evaluation
from musling.rounds.five_steps import EVALUATION
from musling.rounds.models import Round, Step


@dataclass
class Matter:
    """One deed with what it is about, as it stands now."""

    activity: Activity | Deed
    conversation: Talk | None = None
    agreement: Agreement | None = None
    offer: OfferedTimes | None = None
    minutes: Minutes | None = None
    paper: PaperTalk | None = None
    signature: Signature | None = None
    release: Release | None = None
    round: Round | None = None
    own_words: Mapping[int, Mapping[str, str]] = field(default_factory=dict)  # by step of the round
    profile: Profile | None = None
    evaluation: Evaluation | None = None
    main_committee: list[int] = field(default_factory=list)  # profiles, of what is theirs to do
    theme_is_missing: bool = False
    parties: list[Seat] = field(default_factory=list)

    def part(self, *parts: str) -> list[int]:
        """Profiles that play one of the parts now; all parts where none is named."""
        wanted = parts or tuple(Part)
        return [
            row.profile_id for row in self.parties if row.ended_at is None and row.part in wanted
        ]

    @property
    def booked(self) -> bool:
        """Whether the talk has a time that holds."""
        return self.conversation is not None and self.conversation.state == State.BOOKED

    @property
    def had_time(self) -> bool:
        """Whether calendars may hold the talk; its last time stays in the row."""
        return self.conversation is not None and self.conversation.starts_at is not None


def matters(activities: Iterable[Activity | Deed]) -> list[Matter]:
    """What each deed is about; a fixed number of queries."""
    found = [Matter(activity) for activity in activities]
    _add_agreements([matter for matter in found if _family(matter) == "agreement"])
    _add_profiles([matter for matter in found if _family(matter) in {"person", "activation"}])
    _add_committees([matter for matter in found if _family(matter) == "theme"])
    _add_evaluations([matter for matter in found if _family(matter) == "evaluation"])
    talks = [matter for matter in found if matter.profile is None and not _of_house(matter)]
    _add_conversations(talks)
    _add_rest(talks)
    _add_rounds([matter for matter in found if "round" in matter.activity.more])
    return found


def _add_rounds(found: list[Matter]) -> None:
    """The round that it belongs to, with the organisation's own words for its steps."""
    wanted = set(_named(found, "round"))
    rows = _by_id(Round.objects.filter(pk__in=wanted) if wanted else ())
    words: dict[int, dict[int, dict[str, str]]] = {pk: {} for pk in rows}
    for step in Step.objects.filter(round__in=rows) if rows else ():
        words[step.round_id][step.number] = step.texts
    for matter in found:
        matter.round = rows.get(matter.activity.more["round"])
        matter.own_words = words.get(matter.activity.more["round"], {})


# Deeds that are about no talk, in families whose others are.
WITHOUT_TALK = {
    "reminder.nobody_offered",
    "reminder.round",
    "reminder.joint",
    "reminder.coverage",
}


def _of_house(matter: Matter) -> bool:
    """Whether it is about the whole organisation, and no talk's."""
    house = _family(matter) in {"theme", "core_task", "round", "evaluation", "joint", "team"}
    return house or matter.activity.verb in WITHOUT_TALK


def _add_committees(found: list[Matter]) -> None:
    """The main committee of each organisation, and whether the theme is still to be chosen."""
    places = {matter.activity.organisation_id for matter in found} - {None}
    members: dict[int, list[int]] = {place: [] for place in places if place}
    roles = Role.objects.filter(
        in_force(clock.today()), organisation__in=places, name=Role.Name.COMMITTEE, unit=None
    ).order_by("pk")
    for place, profile in roles.values_list("organisation", "profile") if places else ():
        members[place].append(profile)
    chosen = OrganisationTheme.objects.filter(organisation__in=places)
    periods = set(chosen.values_list("organisation", "first_year")) if places else set()
    for matter in found:
        place = matter.activity.organisation_id or 0
        matter.main_committee = list(dict.fromkeys(members.get(place, ())))
        first_year = int(str(matter.activity.more.get("on", "0"))[:4])
        matter.theme_is_missing = (place, first_year) not in periods


def _family(matter: Matter) -> str:
    return matter.activity.verb.partition(".")[0]


def _by_id(rows: Iterable[Any]) -> dict[Any, Any]:
    return {row.pk: row for row in rows}


def _add_agreements(found: list[Matter]) -> None:
    rows = _by_id(Agreement.objects.filter(pk__in=_ids(found)).defer("content") if found else ())
    for matter in found:
        matter.agreement = rows.get(matter.activity.object_id)


def _add_profiles(found: list[Matter]) -> None:
    rows = _by_id(Profile.objects.filter(pk__in=_ids(found)) if found else ())
    for matter in found:
        matter.profile = rows.get(matter.activity.object_id)


def _add_evaluations(found: list[Matter]) -> None:
    """Of the rounds that the deeds name, with the organisation's own words for their last step."""
    rows = Evaluation.objects.filter(round__in=_ids(found)).select_related("round")
    by_round = {row.round_id: row for row in (rows if found else ())}
    steps = Step.objects.filter(round__in=by_round, number=EVALUATION)
    words = dict(steps.values_list("round", "texts")) if by_round else {}
    for matter in found:
        round_id = matter.activity.object_id or 0
        matter.evaluation = by_round.get(round_id)
        matter.own_words = {EVALUATION: words.get(round_id, {})}


def _ids(found: list[Matter]) -> Collection[int]:
    return {matter.activity.object_id for matter in found if matter.activity.object_id}


def _talk_id(matter: Matter) -> int | None:
    if _family(matter) == "agreement":
        return matter.agreement.conversation_id if matter.agreement else None
    return matter.activity.object_id


def _add_conversations(found: list[Matter]) -> None:
    wanted = {pk for matter in found if (pk := _talk_id(matter))}
    talks = read(Talk, Conversation.objects.filter(Among("pk", wanted))) if wanted else ()
    rows = {talk.pk: talk for talk in talks}
    parties: dict[int, list[Seat]] = {pk: [] for pk in rows}
    seats = Participant.objects.filter(Among("conversation_id", rows)).order_by("pk")
    for seat in read(Seat, seats) if rows else ():
        parties[seat.conversation_id].append(seat)
    for matter in found:
        matter.conversation = rows.get(_talk_id(matter) or 0)
        if matter.conversation:
            matter.parties = parties[matter.conversation.pk]


def _add_rest(found: list[Matter]) -> None:
    """Offers, minutes, paper and signatures, for the deeds that are about them."""
    named = _named(found, "offer")
    offers = _by_id(read(OfferedTimes, Offer.objects.filter(Among("pk", named))) if named else ())
    signers = _named(found, "participant")
    signed = Signature.objects.filter(participant__in=signers)
    signatures = {row.participant_id: row for row in (signed if signers else ())}
    named = _named(found, "release")
    releases = _by_id(Release.objects.filter(pk__in=named).defer("copy", "why") if named else ())
    minutes = _of_talk(found, "minutes", Minutes.objects.defer("salt", "hash"))
    papers = _of_talk(found, "paper", PaperTalk.objects.all())
    for matter in found:
        matter.offer = offers.get(matter.activity.more.get("offer", 0))
        matter.signature = signatures.get(matter.activity.more.get("participant", 0))
        matter.release = releases.get(matter.activity.more.get("release"))
        matter.minutes = minutes.get(_talk_id(matter))
        matter.paper = papers.get(_talk_id(matter))


def _named(found: list[Matter], name: str) -> list[int]:
    return [matter.activity.more[name] for matter in found if name in matter.activity.more]


def _of_talk(found: list[Matter], family: str, rows: Any) -> dict[int | None, Any]:
    wanted = {_talk_id(matter) for matter in found if _family(matter) == family} - {None}
    return {row.conversation_id: row for row in rows.filter(conversation__in=wanted)}
