"""T28: production refuses to start unsound."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from musling.gate.checks import demo_mark, holds_demo_people
from musling.people.models import Person

SOUND = {
    "MUSLING_MODE": "production",
    "MUSLING_SECRET_KEY": "k" * 20 + "5f3c9a7e1b2d4860" * 3,
    "MUSLING_HOSTS": "musling.kommune.invalid",
    "MUSLING_BASE_URL": "https://musling.kommune.invalid",
}
START = "import musling.config.wsgi"


def started(var: Path, code: str = START, **changes: str) -> subprocess.CompletedProcess[str]:
    """Starts the program's WSGI entry in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "MUSLING_VAR": str(var),
        "DATABASE_URL": f"sqlite:///{var}/empty.sqlite3",
        **SOUND,
        **changes,
    }
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


def test_a_sound_installation_starts(tmp_path):
    done = started(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"MUSLING_SECRET_KEY": ""}, "MUSLING_SECRET_KEY"),
        ({"MUSLING_SECRET_KEY": "short"}, "MUSLING_SECRET_KEY"),
        ({"MUSLING_SECRET_KEY": "abc" * 30}, "MUSLING_SECRET_KEY"),
        ({"MUSLING_SECRET_KEY": "not-secret-" * 5}, "MUSLING_SECRET_KEY"),
        ({"MUSLING_HOSTS": ""}, "MUSLING_HOSTS"),
        ({"MUSLING_HOSTS": "*"}, "MUSLING_HOSTS"),
        ({"MUSLING_BASE_URL": ""}, "MUSLING_BASE_URL"),
        ({"MUSLING_BASE_URL": "http://musling.kommune.invalid"}, "MUSLING_BASE_URL"),
        ({"MUSLING_MODE": "debug"}, "MUSLING_MODE"),
    ],
)
def test_an_unsound_one_does_not_and_says_why(tmp_path, changes, told):
    done = started(tmp_path, **changes)
    assert done.returncode != 0
    assert told in done.stderr


def test_it_says_all_that_is_wrong_at_once(tmp_path):
    wrong = dict.fromkeys(("MUSLING_SECRET_KEY", "MUSLING_HOSTS", "MUSLING_BASE_URL"), "")
    done = started(tmp_path, **wrong)
    assert done.returncode != 0
    assert [name for name in wrong if name not in done.stderr] == []


def test_debug_cannot_be_turned_on_from_outside(tmp_path):
    code = f"{START}\nfrom django.conf import settings\nprint(settings.DEBUG)"
    done = started(tmp_path, code=code, DEBUG="1", DJANGO_DEBUG="1", MUSLING_DEBUG="1")
    assert done.stdout.strip() == "False"


def test_the_demos_data_are_refused(tmp_path, settings):
    settings.MUSLING_VAR = tmp_path
    demo_mark().write_text("demo")
    done = started(tmp_path)
    assert done.returncode != 0
    assert "demo" in done.stderr


@pytest.mark.django_db
def test_the_demos_log_ins_are_refused_wherever_they_lie(settings):
    assert not holds_demo_people()
    Person.objects.create_user("leder@havneby.example", "musling")
    assert holds_demo_people()
