"""Living through talks as people would: every step is the action that the pages call.

The clock is moved to the moment of each deed, so that dates, notes and reminders are true.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from musling.conversations.actions import (
    approving,
    following_up,
    offering,
    planning,
    preparing,
    talking,
    understanding,
)
from musling.conversations.models import Agreement, Conversation
from musling.conversations.queries.talks import talk
from musling.conversations.queries.times import booked_spans
from musling.foundation import clock
from musling.foundation.actor import Actor
from musling.foundation.clock import COPENHAGEN
from musling.frames.queries import document_of
from musling.people.models import Employment, Profile

STORIES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "stories.toml").read_text("utf-8")
)["story"]

# The statements of the frame's own theme, which the organisation's takes the place of.
VALUES = tuple(f"values.{name}" for name in ("results", "ambition", "dialogue", "community"))


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """As if it were that moment."""
    before = clock.offset()
    clock.move(moment - clock.now())
    try:
        yield
    finally:
        clock.move(before - clock.offset())


def acting(profile: Profile) -> Actor:
    """The actor of a profile, now."""
    return Actor(profile.person_id, profile.pk, profile.organisation_id, clock.now(), "da")


@dataclass
class Pair:
    """An employee and the leader, with the story that they live."""

    employee: Employment
    leader: Employment
    story: dict[str, Any]

    @property
    def her(self) -> Actor:
        """The employee, now."""
        return acting(self.employee.profile)

    @property
    def him(self) -> Actor:
        """The leader, now."""
        return acting(self.leader.profile)


def morning(day: dt.date, hour: int = 9) -> dt.datetime:
    """A moment of that working day (a weekend day moves to Monday)."""
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour), COPENHAGEN)


def planned(pair: Pair, day: dt.date, kind: str = "mus", year: int | None = None) -> Conversation:
    """The leader plans this year's talk."""
    with at(morning(day)):
        return planning.plan_talks(pair.him, employments=[pair.employee], kind=kind, year=year)[0]


def offered(pair: Pair, row: Conversation, day: dt.date, time: dt.datetime) -> list[dt.datetime]:
    """The leader proposes two times, and returns them: an hour later where one is taken."""
    with at(morning(day)):
        times = [_free(pair, time), _free(pair, time + dt.timedelta(days=1))]
        offering.offer_talk(
            pair.him, public_id=row.public_id, times=times, minutes=45, place="Mødelokale 2"
        )
    return times


def _free(pair: Pair, time: dt.datetime) -> dt.datetime:
    """Days at a weekend all move to one Monday, and nobody leads two talks at once."""
    hour = dt.timedelta(hours=1)
    while booked_spans(pair.leader.profile_id, time, time + hour):
        time += hour
    return time


def booked(pair: Pair, row: Conversation, day: dt.date, time: dt.datetime) -> None:
    """The employee takes the first."""
    first, _second = offered(pair, row, day, time)
    with at(morning(day, 13)):
        offering.accept_offer(pair.her, public_id=row.public_id, time=first)


def prepared(
    pair: Pair, row: Conversation, day: dt.date, *, leader: bool = True, part: bool = False
) -> None:
    """Both write; what the story says is handed in. ``part``: only begun, not handed in."""
    story = pair.story
    with at(morning(day, 19)):
        answers = _answers(story["employee"], row)
        answers |= {
            "steps.now": {"text": story["now"]},
            "steps.develop": {"text": story["develop"]},
        }
        if not part:
            answers |= {
                "steps.examples": {"text": story["examples"]},
                "steps.wishes": {"text": story["wishes"]},
                "topics": {
                    "chosen": [_theme(theme, row) for theme in story["topics"]],
                    "text": story["own_topic"],
                },
            }
        else:
            answers = dict(list(answers.items())[:4])
        preparing.choose_length(pair.her, public_id=row.public_id, short=part)
        preparing.save_answers(pair.her, public_id=row.public_id, answers=answers, versions={})
        if not part:
            preparing.hand_in(pair.her, public_id=row.public_id, items=list(answers))
    if leader:
        with at(morning(day + dt.timedelta(days=1), 15)):
            answers = _answers(story["leader"], row)
            answers["feedback.contribution"] = {"text": story["feedback"]}
            preparing.save_answers(pair.him, public_id=row.public_id, answers=answers, versions={})
            preparing.hand_in(pair.him, public_id=row.public_id, items=list(answers))


def _answers(rows: dict[str, list[Any]], talk: Conversation) -> dict[str, dict[str, Any]]:
    """The story's answers; those to the organisation's theme to what is asked in that place now."""
    document = document_of(talk.content)
    slot = [theme.items for theme in document.themes if theme.kind == "organisation"]
    there = dict(zip(VALUES, (item.id for item in slot[0]) if slot else (), strict=False))
    return {
        there.get(item, item): {"score": score, "text": text}
        for item, (score, text) in rows.items()
    }


def _theme(name: str, talk: Conversation) -> str:
    """The theme's id in this talk: "organisation" is whatever stands in that place."""
    themes = document_of(talk.content).themes
    slot = [theme.id for theme in themes if theme.kind == "organisation"]
    return slot[0] if name == "organisation" and slot else name


def ticked(pair: Pair, row: Conversation, moment: dt.datetime, points: int) -> None:
    """The leader presents the points that both share first; she ticks so many of them."""
    with at(moment + dt.timedelta(minutes=5)):
        ids = [point.id for point in document_of(row.content).four_points]
        understanding.tick_alike(pair.her, public_id=row.public_id, points=ids[:points], before=())


def opened(pair: Pair, row: Conversation, moment: dt.datetime, *, she_writes: bool) -> None:
    """They agree on the frame; the room opens."""
    with at(moment):
        found = talk(pair.him, row.public_id)
        taker = found.employee if she_writes else found.leader
        talking.note_expectation(
            pair.her, public_id=row.public_id, text=pair.story["expect_employee"]
        )
        talking.note_expectation(
            pair.him, public_id=row.public_id, text=pair.story["expect_leader"]
        )
        talking.choose_minute_taker(pair.him, public_id=row.public_id, participant=taker.public_id)
        talking.agree_on_frame(pair.him, public_id=row.public_id)
        talking.agree_on_frame(pair.her, public_id=row.public_id)


def written(pair: Pair, row: Conversation, moment: dt.datetime, *, she_writes: bool) -> None:
    """What they write down in the talk."""
    story, day = pair.story, moment.date()
    with at(moment + dt.timedelta(minutes=15)):
        writer = pair.her if she_writes else pair.him
        for section, words in (
            (_theme(story["minutes_theme"], row), story["minutes"]),
            ("ground-rules", story["ground_rules"]),
            ("conclusion", story["conclusion"]),
        ):
            talking.write_section(
                writer, public_id=row.public_id, section=section, text=words, version=0
            )
        for agreement in story["agreements"]:
            talking.write_agreement(
                pair.him,
                public_id=row.public_id,
                content=named(pair, agreement),
                due_on=day + dt.timedelta(days=agreement["days"]),
                follow_up_on=day + dt.timedelta(days=agreement["days"] + 14),
            )
        for area in story.get("focus", []):
            talking.write_focus_area(pair.her, public_id=row.public_id, content=area)
        for initiative in story.get("initiatives", []):
            talking.write_initiative(pair.her, public_id=row.public_id, text=initiative["text"])


def named(pair: Pair, texts: dict[str, Any]) -> dict[str, str]:
    """The story's words with the name of whoever lives it."""
    name = pair.employee.profile.first_name
    return {key: str(words).replace("Mette", name) for key, words in texts.items()}


def held(pair: Pair, row: Conversation, moment: dt.datetime) -> None:
    """The talk ends."""
    with at(moment + dt.timedelta(minutes=45)):
        talking.end_talk(pair.him, public_id=row.public_id)


def sent(pair: Pair, row: Conversation, moment: dt.datetime, *, she_writes: bool) -> None:
    """The minutes go to the other party."""
    with at(moment + dt.timedelta(hours=3)):
        approving.send_minutes(pair.her if she_writes else pair.him, public_id=row.public_id)


def approved(pair: Pair, row: Conversation, moment: dt.datetime, *, she_writes: bool) -> None:
    """The other party approves and signs."""
    with at(moment + dt.timedelta(days=2)):
        other = pair.him if she_writes else pair.her
        version = row.minutes.__class__.objects.get(conversation=row).version
        approving.approve_minutes(other, public_id=row.public_id, version=version)


def whole_year(pair: Pair, moment: dt.datetime, *, she_writes: bool, year: int) -> Conversation:
    """A talk from the offer to both signatures."""
    before = moment.date() - dt.timedelta(days=30)
    row = planned(pair, before, year=year)
    booked(pair, row, before, moment)
    prepared(pair, row, moment.date() - dt.timedelta(days=5))
    opened(pair, row, moment, she_writes=she_writes)
    ticked(pair, row, moment, 4)
    written(pair, row, moment, she_writes=she_writes)
    held(pair, row, moment)
    sent(pair, row, moment, she_writes=she_writes)
    row.refresh_from_db()
    approved(pair, row, moment, she_writes=she_writes)
    return row


def followed_up(pair: Pair, row: Conversation, day: dt.date, *, leave_open: int) -> None:
    """A quarter later: a note on the first agreement, and both say that all but the last are done.

    ``leave_open``: how many of the last stay open.
    """
    agreements = list(Agreement.objects.filter(origin=row).order_by("pk"))
    with at(morning(day)):
        following_up.note_follow_up(
            pair.her,
            agreement=agreements[0].public_id,
            note="Vi er i gang. Det virker bedre nu.",
        )
        for agreement in agreements[: len(agreements) - leave_open]:
            for actor in (pair.her, pair.him):
                following_up.note_follow_up(actor, agreement=agreement.public_id, says_done=True)
