"""The one list of what runs by itself. Each job is safe to run twice and to be cut off anywhere."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from musling.activity import chain, expiring, heads
from musling.calendars.actions import forget_who_left
from musling.calendars.reading import read_due
from musling.conversations.actions.releasing import blank_what_is_over
from musling.conversations.coverage.counting import count_all
from musling.foundation import clock
from musling.foundation.clock import COPENHAGEN
from musling.identity import counters, held
from musling.mail import outbox
from musling.people import import_folder
from musling.people.actions import close_for_who_left
from musling.privacy import destroying
from musling.rounds.actions.opening import look_at_all
from musling.rounds.actions.rolling_out import do_steps_of_today, send_forms_of_near_talks
from musling.rounds.evaluation import closing
from musling.schedule import cleaning, counting, handing_over, reminding
from musling.vault import keys, rotation
from musling.work import runs

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """A job, how often it runs, and for a daily one the hour in Denmark at which it does.

    ``lease``: for how long nobody else begins it. As long it waits, too, where whoever was at it
    died; a job that takes longer may be begun by a second worker.
    """

    name: str
    function: Callable[[], object]
    every: dt.timedelta
    hour: int | None = None
    lease: dt.timedelta = dt.timedelta(minutes=15)

    def next_after(self, moment: dt.datetime) -> dt.datetime:
        """When it runs next, having run at the moment."""
        if self.hour is None:
            return moment + self.every
        local = moment.astimezone(COPENHAGEN)
        next_day = local.date() if local.hour < self.hour else local.date() + A_DAY
        return dt.datetime.combine(next_day, dt.time(self.hour), COPENHAGEN).astimezone(dt.UTC)


def every(seconds: int) -> dt.timedelta:
    """So many seconds."""
    return dt.timedelta(seconds=seconds)


JOBS = (
    Job("deliver-mail", outbox.deliver, every(10), lease=every(60)),
    # Work whose worker died is taken up again; the queue itself never does that. With the lease of
    # a run, a tick, and a mail server that lets itself be waited for, it is within a minute.
    Job("take-up-work", runs.sweep, every(10), lease=every(10)),
    Job("read-calendars", read_due, every(60)),
    Job("destroy-held-posts", held.destroy_old, every(600)),
    Job("forget-counters", counters.forget_old, every(3600)),
    Job("remove-old-imports", import_folder.sweep, every(3600)),
    Job("close-evaluations", closing.close_due, every(600)),
    Job("hand-over", handing_over.hand_over, every(3600)),
    Job("close-who-left", lambda: close_for_who_left(clock.today()), A_DAY, hour=1),
    Job("forget-calendars", forget_who_left, every(3600)),
    Job("end-releases", lambda: blank_what_is_over(clock.today()), A_DAY, hour=1),
    Job("look-at-rounds", look_at_all, A_DAY, hour=5),
    Job("do-steps-of-rounds", do_steps_of_today, A_DAY, hour=7),
    Job("send-forms-of-near-talks", send_forms_of_near_talks, A_DAY, hour=7),
    Job("finish-destruction", keys.finish_destruction, A_DAY, hour=2),
    Job("retention", destroying.run, A_DAY, hour=2),
    # Begins a generation only when the youngest is a week old; ends one as soon as it may.
    Job("rotate-keys", rotation.rotate, A_DAY, hour=3),
    Job("link-the-log", chain.link, every(60), lease=every(60)),
    Job("count-coverage", counting.count, every(20), lease=every(60)),
    Job("write-down-the-head", heads.write_head, A_DAY, hour=3),
    # What no line of the log told: nothing that is known of, but the sums are what is looked at.
    Job("count-coverage-anew", count_all, A_DAY, hour=4),
    Job("let-the-log-expire", expiring.expire, A_DAY, hour=4),
    Job("clean-up", cleaning.clean_up, A_DAY, hour=4),
    # Before the hour at which the day's gathered mails leave (mail.hours).
    Job("remind-of-agreements", reminding.remind_of_agreements, A_DAY, hour=6),
    Job("remind-of-theme", reminding.remind_of_theme, A_DAY, hour=6),
    Job("remind-of-access", reminding.remind_of_requests, A_DAY, hour=6),
    Job("remind-of-what-waits", reminding.remind_of_what_waits, A_DAY, hour=6),
)
