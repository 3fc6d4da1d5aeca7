"""The guide under Hjælp."""

import pytest
from django.test import Client

from musling.web.help import guide

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", guide.LANGUAGES)
def test_every_page_of_a_language_opens_in_it(language):
    browser = Client(headers={"Accept-Language": language})
    browser.post("/language/", {"language": language})
    assert len(guide.pages(language)) == 9
    for page, title in guide.pages(language).items():
        answer = browser.get(f"/help/{page}/")
        assert answer.status_code == 200, page
        assert title in answer.content.decode()


def test_who_changes_language_on_a_page_comes_to_the_contents():
    browser = Client()
    browser.post("/language/", {"language": "da"})
    there = browser.post("/language/", {"language": "en", "next": "/help/leder/"})
    answer = browser.get(there["Location"])
    assert (answer.status_code, answer["Location"]) == (302, "/help/")


@pytest.mark.parametrize("page", ["nothing", "..", "readme", "hr.md"])
def test_what_no_language_has_is_not_there(page):
    assert Client().get(f"/help/{page}/").status_code == 404
