"""A device that others use too: the session ends with the browser or after five idle minutes."""

import datetime as dt

from django.http import HttpRequest

from musling.foundation import clock

SESSION_KEY = "shared_device"
ASKED_FOR = "shared_device_asked_for"  # ticked, while the log-in is still under way
SEEN = "shared_device_seen"
IDLE = dt.timedelta(minutes=5)
NOTED_EVERY = 10  # seconds: not every request writes the session


def ask_for(request: HttpRequest) -> None:
    """Remembers the tick of a log-in page until the log-in is complete."""
    if request.POST.get(SESSION_KEY):
        request.session[ASKED_FOR] = True
    else:
        request.session.pop(ASKED_FOR, None)


def begin(request: HttpRequest, asked_for: bool) -> None:
    """Called when a log-in is complete."""
    request.session.pop(ASKED_FOR, None)
    if asked_for:
        request.session[SESSION_KEY] = True
        request.session[SEEN] = clock.now().timestamp()
        request.session.set_expiry(0)
    else:
        request.session.pop(SESSION_KEY, None)


def idle_too_long(request: HttpRequest) -> bool:
    """Whether this is a shared device at which nothing happened for five minutes."""
    if not request.session.get(SESSION_KEY):
        return False
    now = clock.now().timestamp()
    seen = request.session.get(SEEN, 0.0)
    if now - seen > IDLE.total_seconds():
        return True
    if now - seen > NOTED_EVERY:
        request.session[SEEN] = now
    return False
