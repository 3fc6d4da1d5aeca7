"""T31: who runs the machine meets no free text: not in tables, logs, task arguments or reports.

Whoever controls the running server can read what passes through it (SECURITY.md says so). Here it
is what an operator meets who looks at the screens, the commands, the database and the log.
"""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django_tasks_db.models import DBTaskResult

from musling.cli.main import main
from musling.conversations.actions import approving, following_up, preparing, releasing, talking
from musling.conversations.models import Agreement, Answer, Conversation, Minutes
from musling.gate.log_lines import LineFormatter
from musling.mail import outbox
from musling.people import import_folder
from musling.schedule.jobs import JOBS, Job
from musling.schedule.loop import tick
from musling.schedule.models import Turn
from musling.vault.keys import open_key
from musling.vault.models import SealedField
from musling.work import runs
from musling.work.models import Run
from tests.access.addresses import ADDRESSES
from tests.access.stages import STAGES
from tests.access.test_addresses import filled_in, methods
from tests.cast import Cast, booked, booked_talk, planned_talk
from tests.conversations import stages

pytestmark = pytest.mark.django_db
SECRET = "hemmelighed-uden-mage"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the log's own handler writes, at every level."""
    written = io.StringIO()
    ours = next(h for h in logging.getLogger().handlers if isinstance(h.formatter, LineFormatter))
    handler = logging.StreamHandler(written)
    handler.setFormatter(ours.formatter)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


def secret_in(*names: str) -> dict[str, str]:
    return {name: f"{SECRET} {name}" for name in names}


def prepare(cast: Cast, talk: Conversation) -> None:
    """Both write to everything; each hands in a part."""
    for member in (cast.employee, cast.leader):
        preparing.save_answers(
            member.actor,
            public_id=talk.public_id,
            answers={
                "wellbeing.general": {"score": 4, "text": SECRET},
                "tasks.time": {"score": 1, "text": f"{SECRET} for mig selv"},
            },
            versions={},
        )
        preparing.hand_in(member.actor, public_id=talk.public_id, items=["wellbeing.general"])
        talking.note_expectation(member.actor, public_id=talk.public_id, text=SECRET)


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    """A talk in which every text there can be is the secret, agreed on and let out."""
    talk = planned_talk(cast)
    stages.fit(cast, talk, SECRET)
    booked(cast, talk)
    prepare(cast, talk)
    stages.agreed_frame(cast, talk)
    given = {"public_id": talk.public_id}
    employee, leader = cast.employee.actor, cast.leader.actor
    for section in ("wellbeing", "conclusion", "ground-rules"):
        stages.write(cast, talk, SECRET, section)
    agreed = secret_in("what", "solution", "action", "who", "follow_up")
    talking.write_agreement(leader, content=agreed, **given)
    talking.write_focus_area(leader, content=secret_in("title", "mine", "support"), **given)
    talking.write_initiative(leader, text=SECRET, **given)
    talking.end_talk(leader, **given)
    approving.send_minutes(employee, **given)
    version = Minutes.objects.get(conversation=talk).version
    approving.return_minutes(leader, comment=SECRET, version=version, **given)
    stages.approve(cast, talk)
    row = Agreement.objects.get(conversation=talk)
    following_up.note_follow_up(leader, agreement=row.public_id, note=SECRET)
    release = stages.asked_to_release(cast, talk, why=SECRET)
    releasing.agree_to_release(leader, release=release.public_id, make_copy=lambda _row: b"%PDF-")
    return talk


def raw_rows() -> Iterator[tuple[str, str]]:
    """Every row of every table as the database shows it, bytes as what letters they hold."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                parts = [
                    bytes(part).decode("latin-1") if isinstance(part, bytes | memoryview) else part
                    for part in row
                ]
                yield table, repr(parts)


# --- the database --------------------------------------------------------------------------------


def test_every_sealed_column_of_talks_holds_something_so_the_look_below_is_whole(talk):
    empty = []
    for model in apps.get_app_config("conversations").get_models():
        for field in model._meta.fields:
            if isinstance(field, SealedField):
                held = [bytes(value) for value in model.objects.values_list(field.name, flat=True)]
                empty += [f"{model.__name__}.{field.name}"] if not any(held) else []
    assert empty == []
    row = Answer.objects.select_related("preparation").first()
    assert SECRET in str(row.unseal(open_key(row.preparation.key_id), "content"))


def test_no_row_of_any_table_shows_it(talk):
    assert [table for table, row in raw_rows() if SECRET in row] == []


def test_a_row_shown_in_a_shell_or_a_traceback_names_nobody_and_opens_nothing(talk):
    shown = {
        repr(row)
        for model in apps.get_models()
        if model.__module__.startswith("musling.")
        for row in model._base_manager.all()
    }
    assert len(shown) > 50
    assert [one for one in shown if SECRET in one or "Prøve" in one or "@" in one] == []
    row = Answer.objects.select_related("preparation").first()
    key = open_key(row.preparation.key_id)
    assert key.raw().hex() not in repr(key) + str(vars(type(key)))
    assert repr(key.raw()) not in repr(key)


# --- screens and commands ------------------------------------------------------------------------


def test_no_page_of_an_operator_shows_it(cast: Cast, talk):
    for name in sorted(ADDRESSES):
        if "GET" not in methods(name):
            continue
        answer = cast.operator.client.get(filled_in(cast, talk, name))
        assert SECRET.encode() not in answer.content, name


@pytest.mark.parametrize(
    "command",
    [
        *(["doctor"], ["retention", "run", "--dry-run"], ["retention", "receipts"]),
        *(["activity", "verify"], ["frames", "list"], ["clock"]),
    ],
)
def test_no_command_prints_it(talk, capsys: pytest.CaptureFixture[str], command: list[str]):
    for words in (command, [*command, "--json"]):
        main(words)
        streams = capsys.readouterr()
        assert streams.out
        assert SECRET not in streams.out + streams.err


# --- what works in the background ----------------------------------------------------------------


def test_task_arguments_are_ids(cast: Cast, talk, tmp_path, monkeypatch):
    monkeypatch.setattr(import_folder, "_root", lambda: tmp_path)
    people = f"employment_id;person_id;first_name;unit_id\ne1;p1;{SECRET};2\n".encode()
    file = SimpleUploadedFile(f"{SECRET}.csv", people)
    answer = cast.hr.client.post("/havneby/people/import/", {"people": file})
    runs.carry_out.call(Run.objects.latest("pk").public_id)
    assert SECRET in cast.hr.client.get(answer["Location"]).content.decode()
    assert Run.objects.exists()
    for run in Run.objects.all():
        for value in run.arguments.values():
            assert isinstance(value, int) or re.fullmatch(r"[a-z0-9]{12}|da|en", str(value)), value
        assert SECRET not in json.dumps([run.arguments, run.cursor, run.result, run.problem])
    for task in DBTaskResult.objects.all():
        (given,) = task.args_kwargs["args"]
        assert re.fullmatch(r"[a-z0-9]{12}", given)
        assert task.args_kwargs["kwargs"] == {}
    assert [table for table, row in raw_rows() if SECRET in row] == []


def raise_it(*_given: object, **_more: object) -> None:
    """An error that quotes what somebody wrote, as those of databases and parsers do."""
    raise ValueError(f"value too long: {SECRET}")


def test_a_step_that_fails_tells_its_kind_alone(log, monkeypatch):
    monkeypatch.setitem(runs.STEPS, "fails", raise_it)
    run = runs.start("fails")
    runs.carry_out.call(run.public_id)
    run.refresh_from_db()
    assert (run.state, run.problem) == (Run.State.FAILED, "ValueError")
    assert f"run {run.public_id} failed" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_a_job_that_fails_tells_its_kind_alone(log):
    job = Job(JOBS[0].name, raise_it, JOBS[0].every)
    assert tick([job]) == [job.name]
    assert Turn.objects.get(job=job.name).problem == "ValueError"
    assert f"{job.name} failed: ValueError" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_a_mail_that_fails_tells_its_kind_alone(cast: Cast, log, monkeypatch):
    booked_talk(cast)
    monkeypatch.setattr(outbox, "compose", raise_it)
    outbox.deliver()
    assert "ValueError" in log.getvalue()
    assert SECRET not in log.getvalue()
    assert [table for table, row in raw_rows() if SECRET in row] == []


# --- errors while somebody writes ----------------------------------------------------------------

BROKEN: dict[str, tuple[str, str, dict[str, str]]] = {
    "preparation": (
        "musling.conversations.actions.preparing.save_answers",
        "prepare/save/",
        {"t.wellbeing.general": SECRET},
    ),
    "minutes": (
        "musling.conversations.actions.talking.write_section",
        "room/write/",
        {"text.wellbeing": SECRET, "version.text.wellbeing": "0"},
    ),
    "agreement": (
        "musling.conversations.actions.talking.write_agreement",
        "we-agree/",
        {"kind": "agreement", "what": SECRET},
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_error_page_and_its_log_quote_nothing(cast: Cast, log, monkeypatch, kind: str):
    breaks, page, data = BROKEN[kind]
    talk = STAGES["booked" if kind == "preparation" else "open"](cast)
    client = cast.employee.client
    client.raise_request_exception = False
    monkeypatch.setattr(breaks, raise_it)
    answer = client.post(f"/havneby/talks/{talk.public_id}/{page}", data)
    assert answer.status_code == 500
    assert SECRET not in answer.content.decode()
    assert "Internal Server Error" in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert SECRET not in log.getvalue()
    assert mail.outbox == []


def test_what_a_database_refuses_is_not_quoted(cast: Cast, log):
    """PostgreSQL names the value; SQLite does not check lengths."""
    client = cast.employee.client
    client.raise_request_exception = False
    client.post("/account/log-in/", {"login": f"{SECRET}\0", "password": SECRET})
    client.get(f"/havneby/talks/{SECRET}/")
    client.get(f"/havneby/people/?q={SECRET}%00")
    client.get("/havneby/talks/", headers={"Cookie": f"session={SECRET}"})
    lines = [line for line in log.getvalue().splitlines() if SECRET in line]
    # The address alone: it holds ids, and whoever types words there types them into an address.
    assert {line.rpartition(" ")[2] for line in lines} <= {f"/havneby/talks/{SECRET}/"}


def test_no_report_of_an_error_is_mailed_to_anybody():
    assert settings.ADMINS == []
    assert settings.DEBUG is False
    every = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    kinds = {type(handler).__name__ for logger in every for handler in logger.handlers}
    assert "AdminEmailHandler" not in kinds


def test_the_whole_way_of_a_talk_leaves_no_word_in_the_log(
    cast: Cast, log, request: pytest.FixtureRequest
):
    request.getfixturevalue("talk")
    outbox.deliver()
    for member in (cast.employee, cast.leader):
        for page in ("", "talks/", "agreements/", "me/", "team/"):
            member.client.get(f"/havneby/{page}")
    assert SECRET not in log.getvalue()
    assert [message for message in mail.outbox if SECRET in message.body + message.subject] == []
