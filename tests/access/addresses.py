"""The table of addresses: who may come where. Every address of the program stands here.

``who`` names a group of the cast (see GROUPS); everybody else inside gets 404, whoever is logged
out is led to log-in. A new address without a row fails ``test_every_address_has_a_row``.
"""

ANYBODY = "anybody"  # also logged out
LOGGED_IN = "logged in"  # a log-in, in no organisation
MEMBERS = "members"  # a profile in the organisation of the address
HR = "hr"
TEAM = "leaders"  # whoever leads somebody
PARTIES = "parties"  # employee and leader of the talk
EMPLOYEE = "employee"
LEADER = "leader"
COMMITTEE = "committee"
COMMITTEE_OR_HR = "committee or hr"
TOPICS = "committee, hr and leaders"  # each as far as it is theirs: tests/web/test_topics.py
UNIT_LEADER = "the unit's leader"

# Nobody in these talks; tried in tests of their own.
NOBODY_YET = "nobody yet"

GROUPS: dict[str, set[str]] = {
    NOBODY_YET: set(),
    HR: {"hr"},
    TEAM: {"leader", "leaders_leader"},
    PARTIES: {"employee", "leader"},
    EMPLOYEE: {"employee"},
    LEADER: {"leader"},
    COMMITTEE: {"committee"},
    COMMITTEE_OR_HR: {"committee", "hr"},
    TOPICS: {"committee", "hr", "leader", "leaders_leader"},
    UNIT_LEADER: {"leader"},
}


ADDRESSES: dict[str, str] = {
    # log-in: django-allauth's own, with tests of their own under tests/identity
    **dict.fromkeys(
        (
            "account_login",
            "account_request_login_code",
            "account_confirm_login_code",
            "mfa_login_webauthn",
            "mfa_authenticate",
            "account_inactive",
            "logged-out",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
            "account_reset_password_from_key",
            "account_email_verification_sent",
            "account_signup",
            "activate-whose",
            "activate-confirm",
            "activate-code",
            "create-organisation",
            "help",
            "help-picture",
            "help-page",
            "example-frames",
            "example-frame-pdf",
            "example-frame-file",
            "home",
            "hide",
            "accessibility",
        ),
        ANYBODY,
    ),
    "log-out": ANYBODY,
    "language": ANYBODY,
    **dict.fromkeys(
        (
            "kept",
            "account_change_password",
            "account_set_password",
            "account",
            "account_email",
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "mfa_index",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_remove_webauthn",
            "mfa_edit_webauthn",
        ),
        LOGGED_IN,
    ),
    "log-out-elsewhere": LOGGED_IN,
    "activate-link": LOGGED_IN,
    # HR
    **dict.fromkeys(
        (
            "staff",
            "undelivered-mails",
            "person-add",
            "people-import",
            "import-run",
            "import-progress",
            "import-rejected",
            "person",
            "person-change",
            "person-end",
            "employment-add",
            "role-add",
            "employment-change",
            "employment-end",
            "role-end",
            "post-end",
            "units",
            "unit-add",
            "unit",
            "unit-change",
            "unit-move",
            "unit-close",
            "post-add",
            "coverage",
            "coverage-csv",
            "frames",
            "frame",
            "frame-standard",
            "frame-use",
            "retention-change",
        ),
        HR,
    ),
    **dict.fromkeys(("person-access", "mail-again", "activation-mail", "activation-slip"), HR),
    # committees, and the core task
    **dict.fromkeys(("core-task-word", "core-task-validate", "core-task-tell"), HR),
    **dict.fromkeys(("organisation-theme", "theme-period"), COMMITTEE_OR_HR),
    **dict.fromkeys(("theme-choose", "topic-pick", "topic-word", "topic-end"), COMMITTEE),
    "committee-topics": TOPICS,
    "core-task-unit": UNIT_LEADER,
    "core-task": MEMBERS,
    # everybody in the organisation, each seeing the own
    **dict.fromkeys(
        (
            "start",
            "talks",
            "agreements",
            "access-page",
            "access-of-kind",
            "shared",
            "asked",
            "my-data",
            "my-data-file",
            "retention",
            "settings",
            "organisation-style",
        ),
        MEMBERS,
    ),
    # leaders
    "team": TEAM,
    "invite": TEAM,
    "team-slips": TEAM,
    "plan": LEADER,
    # A request there has to be: tests/web/test_access_requests.py. To ask is for everybody.
    **dict.fromkeys(("access-answer", "access-back", "asked-one"), NOBODY_YET),
    "access-ask": MEMBERS,
    "stand-in": TEAM,
    "stand-in-end": NOBODY_YET,
    # a talk: its two parties, nobody else
    **dict.fromkeys(
        (
            "talk",
            "handed-in",
            "postpone",
            "prepare",
            "prepare-topics",
            "hand-in",
            "prepare-theme",
            "room",
            "room-news",
            "end-talk",
            "we-agree",
            "change-agreed",
            "minutes",
            "send-minutes",
            "sign-together",
            "sign-on-paper",
            "agreement",
            "agreements-of",
            "type-in",
            "paper",
            "minutes-pdf",
            "agreement-sheet",
            "empty-sheet",
            "preparation-paper",
            "releases",
            "release-end",
        ),
        PARTIES,
    ),
    **dict.fromkeys(
        (
            "save-answers",
            "agree-on-frame",
            "write-minutes",
            "put-back",
            "tick-alike",
            "answer-minutes",
            "sign",
            "typed-in",
            "goes-along",
            "release-agree",
        ),
        PARTIES,
    ),
    "shared-pdf": NOBODY_YET,  # whom both let read a copy: tests/web/test_releases.py
    "answer": EMPLOYEE,  # the leader answers by POST to the same address
    "offer": LEADER,
    "move": LEADER,
    "call-off": LEADER,
    "deputy": LEADER,
}
