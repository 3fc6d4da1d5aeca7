"""Who may see and change what of a talk: rows, nothing else.

Every row starts from the actor's own ``Participant`` rows (or from the own role). What has no row
is seen by nobody. Becoming somebody's leader opens nothing that was said before.
"""

from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from musling.conversations.contents import (
    AFTER_HANDING_IN,
    AGREED,
    AGREEMENT,
    ALIKE,
    AUTHOR,
    BEFORE,
    COMMENT,
    DATES,
    DOCUMENT,
    EMPLOYEE,
    EXPECTED,
    FEEDBACK,
    FITTED,
    FOLLOW_UP,
    FROM_TALK,
    FROM_THE_DAY,
    GOALS,
    GONE,
    HANDED_IN,
    HELD,
    IF_CHOSEN,
    LEADER,
    LIFE_PHASE,
    LIVING,
    MINUTES,
    NEW_LEADER,
    NEXT_LEADER,
    OFFER,
    OWN_IF_CHOSEN,
    PREPARATION,
    RELEASE,
    SCORES,
    SIGNATURE,
    SINCE,
    STAGES,
    TALKING,
    THIRD_PARTY,
    WHEN_OUT,
    WHILE_OPEN,
    WHILE_RELEASED,
    WRITING,
)
from musling.conversations.models import ALIKE as ALIKE_ITEM
from musling.conversations.models import (
    EXPECTATION,
    SAID,
    Agreement,
    Comment,
    Conversation,
    Fitting,
    FocusArea,
    FollowUp,
    GoesAlong,
    HandedIn,
    Initiative,
    Minutes,
    Offer,
    Part,
    Participant,
    Preparation,
    Release,
    Reveal,
    Signature,
    State,
)
from musling.foundation.actor import Actor
from musling.foundation.visibility import Content, Row, Stage, reach
from musling.people.access import HR, holds
from musling.people.models import Role

# What goes along to a new leader: the seats that each class of content is seen from.
ITSELF = ("",)
WITH_MINUTES = (GoesAlong.MINUTES, GoesAlong.EVERYTHING)
WITH_EVERYTHING = (GoesAlong.EVERYTHING,)
ANY = ("", *GoesAlong.values)
NEW = tuple(GoesAlong.values)


def _mine(actor: Actor, part: str, along: tuple[str, ...] = ITSELF) -> QuerySet[Any]:
    """The talks in which the actor plays the part now; ``along``: and what of them goes along."""
    seats = Participant.objects.filter(profile_id=actor.profile_id, part=part, ended_at=None)
    return seats.filter(goes_along__in=along).values("conversation")


def _talks(part: str, along: tuple[str, ...] = ITSELF) -> Any:
    return lambda actor: Conversation.objects.filter(pk__in=_mine(actor, part, along))


def _of_talk(model: Any, path: str, part: str, along: tuple[str, ...] = ITSELF) -> Any:
    """Rows of a model that hang on a talk in which the actor plays the part."""
    return lambda actor: model.objects.filter(**{f"{path}__in": _mine(actor, part, along)})


def _talks_for_hr(actor: Actor) -> QuerySet[Conversation]:
    return Conversation.objects.filter(
        organisation__in=holds(actor, Role.Name.HR).values("organisation")
    )


def _offers_for_hr(actor: Actor) -> QuerySet[Offer]:
    return Offer.objects.filter(organisation__in=holds(actor, Role.Name.HR).values("organisation"))


def _own_preparation(actor: Actor) -> QuerySet[Preparation]:
    return Preparation.objects.filter(participant__profile_id=actor.profile_id)


def _own_handed_in(actor: Actor) -> QuerySet[HandedIn]:
    own = HandedIn.objects.filter(participant__profile_id=actor.profile_id)
    return own.exclude(item__in=SAID)


def _expected(part: str) -> Any:
    """Both see both expectations, whatever the frame says of preparation."""
    return lambda actor: HandedIn.objects.filter(
        item=EXPECTATION, conversation__in=_mine(actor, part), at__gte=_seated_at(actor, part)
    )


def _ticked(part: str) -> Any:
    return lambda actor: HandedIn.objects.filter(
        item=ALIKE_ITEM, conversation__in=_mine(actor, part)
    )


def _seated_at(actor: Actor, part: str) -> Subquery:
    """When the actor got this seat: a deputy sees nothing that was handed in to somebody else."""
    own = Participant.objects.filter(
        profile_id=actor.profile_id, part=part, conversation=OuterRef("conversation")
    )
    return Subquery(own.values("seated_at")[:1])


def _handed_in_by_other(part: str) -> Any:
    def find(actor: Actor) -> QuerySet[HandedIn]:
        missing = Participant.objects.filter(
            conversation=OuterRef("conversation"),
            handed_in_at=None,
            ended_at=None,
            goes_along="",
            part__in=[Part.EMPLOYEE, Part.LEADER],
        )
        return HandedIn.objects.filter(
            Q(conversation__reveal=Reveal.HANDED_IN)
            | (Q(conversation__reveal=Reveal.AFTER_BOTH) & ~Exists(missing)),
            conversation__in=_mine(actor, part),
            at__gte=_seated_at(actor, part),
        ).exclude(item__in=SAID)

    return find


def _open_agreements_before(actor: Actor) -> QuerySet[Agreement]:
    """Open agreements go along to whoever leads the next talk (X7)."""
    next_talks = Conversation.objects.filter(pk__in=_mine(actor, Part.LEADER, ANY)).exclude(
        state=State.CANCELLED
    )
    return _still_open().filter(
        conversation__in=next_talks.values("previous"),
    )


def _still_open() -> QuerySet[Agreement]:
    """Not done, and not only claimed by one: what was typed in and never confirmed stays behind."""
    return Agreement.objects.filter(
        Q(done_by_employee_at=None) | Q(done_by_leader_at=None),
        Q(typed_in_by=None) | Q(confirmed_at__isnull=False),
    )


def _open_agreements_taken_over(actor: Actor) -> QuerySet[Agreement]:
    """Open agreements go along to whoever leads the employee now."""
    return _still_open().filter(conversation__in=_mine(actor, Part.LEADER, NEW))


def _follow_ups_taken_over(actor: Actor) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(agreement__in=_open_agreements_taken_over(actor).values("pk"))


def _answers_taken_over(actor: Actor) -> QuerySet[HandedIn]:
    """What the employee handed in; never what the leader before did."""
    return HandedIn.objects.filter(
        conversation__in=_mine(actor, Part.LEADER, WITH_EVERYTHING),
        participant__part=Part.EMPLOYEE,
    ).exclude(item__in=SAID)


def _follow_ups_before(actor: Actor) -> QuerySet[FollowUp]:
    """Notes on how an agreement goes belong to it, and go along with it while it is open."""
    return FollowUp.objects.filter(agreement__in=_open_agreements_before(actor).values("pk"))


def _released_to(actor: Actor) -> QuerySet[Release]:
    """Only the copy that both agreed on, and not the talk that it is of."""
    return Release.objects.filter(
        reader_id=actor.profile_id,
        agreed_at__isnull=False,
        ended_at=None,
        until__gte=actor.today,
    )


def _in_states(path: str) -> Any:
    """Keeps the rows whose talk is in one of the stages; asks nothing where that is all of them."""

    def narrow(found: QuerySet[Any], stages: tuple[Stage, ...]) -> QuerySet[Any]:
        if set(LIVING) <= set(stages):
            return found
        states = [state for stage in stages for state in stage.states]
        return found.filter(**{f"{path}state__in": states})

    return narrow


_OF_TALK = _in_states("conversation__")

_DATES: dict[str, Any] = {"narrow": _in_states("")}
DATE_ROWS = (
    Row(DATES, EMPLOYEE, "", _talks(Part.EMPLOYEE), stages=STAGES, changes=(BEFORE,), **_DATES),
    Row(DATES, LEADER, "", _talks(Part.LEADER), stages=STAGES, changes=(BEFORE,), **_DATES),
    Row(
        DATES,
        NEW_LEADER,
        SINCE,
        _talks(Part.LEADER, NEW),
        stages=(*HELD, GONE),
        source="X7",
        seats=NEW,
        **_DATES,
    ),
    Row(DATES, HR, "", _talks_for_hr, stages=STAGES, source="A1"),
)
# Whoever takes part or came after: the only ones for whom the talk itself opens.
TAKING_PART = DATE_ROWS[:3]
_OFFERED: dict[str, Any] = {"stages": STAGES, "narrow": _OF_TALK}
OFFER_ROWS = (
    Row(
        OFFER,
        EMPLOYEE,
        "",
        _of_talk(Offer, "conversation", Part.EMPLOYEE),
        changes=(BEFORE,),
        **_OFFERED,
    ),
    Row(
        OFFER,
        LEADER,
        "",
        _of_talk(Offer, "conversation", Part.LEADER),
        changes=(BEFORE,),
        **_OFFERED,
    ),
    Row(
        OFFER,
        NEW_LEADER,
        SINCE,
        _of_talk(Offer, "conversation", Part.LEADER, NEW),
        stages=(*HELD, GONE),
        source="X7",
        seats=NEW,
        narrow=_OF_TALK,
    ),
    Row(OFFER, HR, "", _offers_for_hr, stages=STAGES, source="A1"),
)
PREPARATION_ROWS = (
    Row(
        PREPARATION,
        AUTHOR,
        "",
        _own_preparation,
        stages=LIVING,
        changes=(BEFORE,),
        source="A4",
        narrow=_in_states("participant__conversation__"),
    ),
)
_HANDED: dict[str, Any] = {"stages": LIVING, "narrow": _OF_TALK}
HANDED_IN_ROWS = (
    Row(HANDED_IN, AUTHOR, "", _own_handed_in, changes=(BEFORE,), **_HANDED),
    Row(HANDED_IN, EMPLOYEE, AFTER_HANDING_IN, _handed_in_by_other(Part.EMPLOYEE), **_HANDED),
    Row(HANDED_IN, LEADER, AFTER_HANDING_IN, _handed_in_by_other(Part.LEADER), **_HANDED),
    Row(
        HANDED_IN,
        NEW_LEADER,
        OWN_IF_CHOSEN,
        _answers_taken_over,
        stages=HELD,
        source="X7",
        seats=WITH_EVERYTHING,
        narrow=_OF_TALK,
    ),
)
# Handed in with everything else, and named because people ask for each by its name.
ANSWER_ROWS = tuple(
    replace(row, content=content)
    for content in (SCORES, LIFE_PHASE, FEEDBACK)
    for row in HANDED_IN_ROWS
    if not (content is FEEDBACK and row.when is OWN_IF_CHOSEN)
)
_EXPECTED: dict[str, Any] = {"changes": (BEFORE,), "source": "C7", **_HANDED}
EXPECTED_ROWS = (
    Row(EXPECTED, EMPLOYEE, "", _expected(Part.EMPLOYEE), **_EXPECTED),
    Row(EXPECTED, LEADER, "", _expected(Part.LEADER), **_EXPECTED),
)
_ALIKE: dict[str, Any] = {"stages": FROM_TALK, "source": "C2", "narrow": _OF_TALK}
ALIKE_ROWS = (
    Row(ALIKE, EMPLOYEE, "", _ticked(Part.EMPLOYEE), changes=(TALKING,), **_ALIKE),
    Row(ALIKE, LEADER, "", _ticked(Part.LEADER), **_ALIKE),
)


def _both(
    content: Content,
    model: Any,
    path: str,
    stages: tuple[Stage, ...],
    changes: tuple[Stage, ...],
    when: Any = "",
) -> tuple[Row, ...]:
    """The two parties see and change it, nobody else."""
    return tuple(
        Row(
            content,
            part,
            when,
            _of_talk(model, path, role),
            stages=stages,
            changes=changes,
            narrow=_in_states(f"{path}__"),
        )
        for part, role in ((EMPLOYEE, Part.EMPLOYEE), (LEADER, Part.LEADER))
    )


def _along(content: Content, model: Any, path: str, **more: Any) -> Row:
    """Goes along with the minutes, if the employee says so."""
    return Row(
        content,
        NEW_LEADER,
        IF_CHOSEN,
        _of_talk(model, path, Part.LEADER, WITH_MINUTES),
        source="X7",
        seats=WITH_MINUTES,
        narrow=_in_states(f"{path}__"),
        **{"stages": HELD, **more},
    )


def _while_open(content: Content, before: Any, taken_over: Any, path: str) -> tuple[Row, Row]:
    """Open agreements, and the notes on them, go along to whoever leads the employee next."""
    narrow = _in_states(path)
    return (
        Row(content, NEXT_LEADER, WHILE_OPEN, before, source="X7", stages=HELD, narrow=narrow),
        Row(
            content,
            NEW_LEADER,
            FROM_THE_DAY,
            taken_over,
            source="X7",
            seats=NEW,
            stages=HELD,
            changes=HELD,
            narrow=narrow,
        ),
    )


_FITTED: dict[str, Any] = {
    "stages": LIVING,
    "source": "D5",
    "narrow": _in_states("conversation__"),
}
FITTED_ROWS = (
    Row(FITTED, EMPLOYEE, "", _of_talk(Fitting, "conversation", Part.EMPLOYEE), **_FITTED),
    Row(
        FITTED,
        LEADER,
        "",
        _of_talk(Fitting, "conversation", Part.LEADER),
        changes=(BEFORE,),
        **_FITTED,
    ),
    _along(FITTED, Fitting, "conversation"),
)
WRITTEN = (TALKING, WRITING)
MINUTES_ROWS = (
    *_both(MINUTES, Minutes, "conversation", FROM_TALK, WRITTEN),
    _along(MINUTES, Minutes, "conversation"),
)
COMMENT_ROWS = _both(COMMENT, Comment, "minutes__conversation", HELD, (WRITING,), WHEN_OUT)
FOCUS_AREA_ROWS = (
    *_both(GOALS, FocusArea, "conversation", FROM_TALK, WRITTEN),
    _along(GOALS, FocusArea, "conversation"),
)
INITIATIVE_ROWS = (
    *_both(GOALS, Initiative, "conversation", FROM_TALK, WRITTEN),
    _along(GOALS, Initiative, "conversation"),
)
AGREEMENT_ROWS = (
    *_both(AGREEMENT, Agreement, "conversation", LIVING, LIVING),
    *_while_open(AGREEMENT, _open_agreements_before, _open_agreements_taken_over, "conversation__"),
    # Those that are done stand in the minutes, and go along with them.
    _along(AGREEMENT, Agreement, "conversation"),
)
FOLLOW_UP_ROWS = (
    *_both(FOLLOW_UP, FollowUp, "agreement__conversation", LIVING, LIVING),
    *_while_open(
        FOLLOW_UP, _follow_ups_before, _follow_ups_taken_over, "agreement__conversation__"
    ),
)
SIGNED = (*HELD, GONE)
SIGNATURE_ROWS = (
    *_both(SIGNATURE, Signature, "minutes__conversation", SIGNED, HELD),
    _along(SIGNATURE, Signature, "minutes__conversation", stages=SIGNED),
)
DOCUMENT_ROWS = (
    *_both(DOCUMENT, Minutes, "conversation", FROM_TALK, FROM_TALK),
    _along(DOCUMENT, Minutes, "conversation"),
)
RELEASE_ROWS = (
    *_both(RELEASE, Release, "conversation", (AGREED,), (AGREED,)),
    Row(
        RELEASE,
        THIRD_PARTY,
        WHILE_RELEASED,
        _released_to,
        stages=(AGREED,),
        source="A5",
        narrow=_OF_TALK,
    ),
)
ROWS = (
    DATE_ROWS
    + OFFER_ROWS
    + FITTED_ROWS
    + PREPARATION_ROWS
    + HANDED_IN_ROWS
    + ANSWER_ROWS
    + EXPECTED_ROWS
    + ALIKE_ROWS
    + MINUTES_ROWS
    + COMMENT_ROWS
    + FOCUS_AREA_ROWS
    + INITIATIVE_ROWS
    + AGREEMENT_ROWS
    + FOLLOW_UP_ROWS
    + SIGNATURE_ROWS
    + DOCUMENT_ROWS
    + RELEASE_ROWS
)


def seen_from(content: Content, seat: Participant) -> bool:
    """Whether a party's seat sees this class of content, in the stages that the rows name."""
    if seat.goes_along:
        return any(seat.goes_along in row.seats for row in ROWS if row.content is content)
    party = EMPLOYEE if seat.part == Part.EMPLOYEE else LEADER
    return any(row.part is party for row in ROWS if row.content is content)


def readable_dates(actor: Actor) -> QuerySet[Conversation]:
    """Talks whose dates and state the actor may see."""
    return reach(Conversation.objects.all(), DATE_ROWS, actor)


def dates_for_hr(actor: Actor) -> QuerySet[Conversation]:
    """Talks whose dates and state the actor sees as HR."""
    return reach(Conversation.objects.all(), DATE_ROWS[3:], actor)


def own_talks(actor: Actor) -> QuerySet[Conversation]:
    """Talks that the actor takes part in."""
    return reach(Conversation.objects.all(), TAKING_PART, actor)


def led_talks(actor: Actor) -> QuerySet[Conversation]:
    """Talks that the actor leads."""
    return own_talks(actor).filter(pk__in=_mine(actor, Part.LEADER))


def readable_offers(actor: Actor) -> QuerySet[Offer]:
    """Offers that the actor may see."""
    return reach(Offer.objects.all(), OFFER_ROWS, actor)


def readable_fittings(actor: Actor) -> QuerySet[Fitting]:
    """What leaders fitted in single talks, where the actor may see it."""
    return reach(Fitting.objects.all(), FITTED_ROWS, actor)


def own_preparations(actor: Actor) -> QuerySet[Preparation]:
    """Preparations that the actor may see: the own."""
    return reach(Preparation.objects.all(), PREPARATION_ROWS, actor)


def readable_handed_in(actor: Actor) -> QuerySet[HandedIn]:
    """What was handed in that the actor may see."""
    return reach(HandedIn.objects.all(), HANDED_IN_ROWS, actor)


def readable_expectations(actor: Actor) -> QuerySet[HandedIn]:
    """What each expects of the talk, where the actor may see it."""
    return reach(HandedIn.objects.all(), EXPECTED_ROWS, actor)


def readable_alike(actor: Actor) -> QuerySet[HandedIn]:
    """What the employee ticked as understood alike, where the actor may see it."""
    return reach(HandedIn.objects.all(), ALIKE_ROWS, actor)


def readable_minutes(actor: Actor) -> QuerySet[Minutes]:
    """Minutes that the actor may see."""
    return reach(Minutes.objects.all(), MINUTES_ROWS, actor)


def changeable_minutes(actor: Actor) -> QuerySet[Minutes]:
    """Minutes that the actor may write in."""
    return reach(Minutes.objects.all(), MINUTES_ROWS, actor, change=True)


def readable_comments(actor: Actor) -> QuerySet[Comment]:
    """Comments on minutes that the actor may see."""
    return reach(Comment.objects.all(), COMMENT_ROWS, actor)


def readable_focus_areas(actor: Actor) -> QuerySet[FocusArea]:
    """Focus areas that the actor may see."""
    return reach(FocusArea.objects.filter(removed_at=None), FOCUS_AREA_ROWS, actor)


def readable_initiatives(actor: Actor) -> QuerySet[Initiative]:
    """Initiatives that the actor may see."""
    return reach(Initiative.objects.filter(removed_at=None), INITIATIVE_ROWS, actor)


def readable_agreements(actor: Actor) -> QuerySet[Agreement]:
    """Agreements that the actor may see."""
    return reach(Agreement.objects.filter(removed_at=None), AGREEMENT_ROWS, actor)


def changeable_agreements(actor: Actor) -> QuerySet[Agreement]:
    """Agreements that the actor may change or follow up."""
    return reach(Agreement.objects.filter(removed_at=None), AGREEMENT_ROWS, actor, change=True)


def readable_follow_ups(actor: Actor) -> QuerySet[FollowUp]:
    """Follow-up notes that the actor may see."""
    return reach(FollowUp.objects.all(), FOLLOW_UP_ROWS, actor)


def readable_signatures(actor: Actor) -> QuerySet[Signature]:
    """Signatures that the actor may see."""
    return reach(Signature.objects.all(), SIGNATURE_ROWS, actor)


def readable_releases(actor: Actor) -> QuerySet[Release]:
    """What of releases the actor may see: as one of the parties, or as whom it is for."""
    return reach(Release.objects.all(), RELEASE_ROWS, actor)


def own_releases(actor: Actor) -> QuerySet[Release]:
    """Releases of talks that the actor took part in."""
    return reach(Release.objects.all(), RELEASE_ROWS[:2], actor)


def released_to(actor: Actor) -> QuerySet[Release]:
    """Copies that two others let the actor read, today."""
    return reach(Release.objects.all(), RELEASE_ROWS[2:], actor)
