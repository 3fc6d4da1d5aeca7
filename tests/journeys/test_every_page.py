"""Every page in both languages: axe, no sideways scrolling, the language that was chosen."""

import pytest
from django.core.cache import caches

from musling.conversations.models import Conversation
from musling.gate.checks import every_address
from musling.people.models import Person
from tests.access.addresses import ADDRESSES, ANYBODY, GROUPS, LOGGED_IN, MEMBERS
from tests.access.stages import STAGES
from tests.access.test_addresses import filled_in, methods
from tests.browser import DESKTOP, PHONE
from tests.cast import Cast, Member, make_cast
from tests.journeys.steps import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X11")]
# Not pages: files, parts of a page, and those that need a step before (see tests/identity).
NOT_PAGES = {
    "coverage-csv",
    "coverage-xlsx",
    "coverage-report",
    "draft-paper",
    "example-frame-pdf",
    "example-frame-docx",
    "frame-pdf",
    "frame-docx",
    "frame-file",
    "example-frame-file",
    "import-rejected",
    "import-run",
    "import-progress",
    "minutes-pdf",
    "my-data-file",
    "agreement-sheet",
    "empty-sheet",
    "preparation-paper",
    "organisation-style",
    "shared-pdf",
    "team-week",
    "feed",
    "round-progress",
    # A round there has to be first: tests/journeys/test_rounds.py looks at it.
    "round-form",
    # These need a request first: tests/journeys/test_privacy.py looks at them.
    "release-end",
    "access-answer",
    "asked-one",
    # Somebody has to have been asked: tests/journeys/test_evaluation.py looks at it.
    "evaluation",
    # Several employments there have to be: tests/journeys/test_one_for_all.py looks at it.
    "one-for-all",
    "help-picture",
    "room-news",
    "home",
    "create-organisation",
    "account_confirm_login_code",
    "mfa_authenticate",
    "account_email_verification_sent",
    "account_reset_password_from_key",
    "activate-whose",
    "activate-confirm",
    "activate-code",
    "kept",
    "account_set_password",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_login_webauthn",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}
# Where a page stands only in a certain state of a talk.
STATE_OF = {
    "offer": "planned",
    "talk-fit": "planned",
    "talk-fit-seen": "planned",
    "talk-fit-pick": "planned",
    "move": "booked",
    "postpone": "booked",
    "call-off": "booked",
    "deputy": "booked",
    "prepare": "booked",
    "prepare-topics": "booked",
    "hand-in": "booked",
    "prepare-theme": "booked",
    "type-in": "booked",
    "paper": "booked",
    "answer": "offered",
    "room": "open",
    "end-talk": "open",
    "we-agree": "open",
    "change-agreed": "open",
    "send-minutes": "held",
    "sign-together": "minutes out",
    "sign-on-paper": "minutes out",
}
STATES = sorted({*STATE_OF.values(), "agreed"})


def pages(state: str) -> list[str]:
    """The names of the pages that are looked at in this state of the talk."""
    return sorted(
        name
        for name in {pattern.name for _address, pattern in every_address()} - NOT_PAGES
        if "GET" in methods(name) and STATE_OF.get(name, "agreed") == state
    )


def who_looks(cast: Cast, name: str) -> Member | None:
    """Somebody who may come to the page; nobody for a page that is open to all."""
    who = ADDRESSES[name]
    if name == "send-minutes" or who in {MEMBERS, LOGGED_IN}:
        return cast.employee
    if name == "stand-in":
        return cast.leader
    if who == ANYBODY:
        return None
    return cast.everybody[min(GROUPS[who])]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_page_passes_axe(visit, transactional_db, state: str, language: str):
    caches["rendered"].clear()
    cast = make_cast()
    Person.objects.update(language=language)
    talk: Conversation = STAGES[state](cast)
    visitors: dict[str, Visitor] = {}
    for name in pages(state):
        member = who_looks(cast, name)
        key = member.profile.first_name if member else "nobody"
        if key not in visitors:
            size = DESKTOP if language == "da" else PHONE
            visitors[key] = Visitor(visit(size=size), member or cast.employee, looks_closely=True)
            if member:
                visitors[key].logs_in()
        visitors[key].goes_to(filled_in(cast, talk, name))
        shown = visitors[key].page.get_attribute("html", "lang")
        assert shown == (language if member else "da"), (name, shown)
