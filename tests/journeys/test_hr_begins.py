"""From an empty installation to people with leaders: by form, then by a list."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from musling.people import import_folder
from musling.people.leading import nearest_leader
from musling.people.models import Employment
from musling.schedule import counting
from musling.work.models import Run
from musling.work.runs import carry_out
from tests.browser import DESKTOP, PHONE, assert_accessible
from tests.people.workplace import day

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("X11")]
UNITS = "unit_id;name;parent_id;leader_employment_id\n1;Lindeby;;1\n2;Vej og park;1;e2\n"
PEOPLE = (
    "employment_id;person_id;first_name;last_name;unit_id\n"
    "e2;p2;Bo;Lund;2\n"
    "e3;p3;Åse;Bro;2\n"
    "e4;010180-1234;Cpr;Person;2\n"
)


class AtTheScreen:
    """HR at a screen that looks closely at every page."""

    def __init__(self, page: Page, *, scripts: bool) -> None:
        self.page, self.scripts = page, scripts

    def looks(self) -> None:
        self.page.wait_for_load_state()
        wide = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{self.page.url} scrolls sideways"
        if self.scripts:
            assert_accessible(self.page)

    def goes_to(self, path: str) -> None:
        self.page.goto(path)
        self.looks()

    def sends(self, **fields: str) -> None:
        """Fills the form of the page and presses its one primary button."""
        for name, value in fields.items():
            self.page.locator(f'main [name="{name}"]').fill(value)
        with self.page.expect_navigation():
            self.page.locator("main button.button-primary").click()
        self.looks()

    def reads(self) -> str:
        return self.page.inner_text("main")


@pytest.mark.parametrize(
    ("size", "scripts"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=str
)
def test_an_organisation_begins(visit, tmp_path: Path, monkeypatch, size, scripts):
    monkeypatch.setattr(import_folder, "_root", lambda: tmp_path / "imports")
    hr = AtTheScreen(visit(size=size, javascript=scripts), scripts=scripts)
    hr.goes_to("/")
    assert hr.page.url.endswith("/create/")
    facts = {"name": "Lindeby", "email": "helle@lindeby.example", "first_name": "Helle"}
    hr.sends(password="seks små ænder", last_name="Riis", **facts)
    assert hr.page.url.endswith("/lindeby/")

    hr.goes_to("/lindeby/people/add/")
    hr.sends(first_name="Mette", last_name="Dam", unit="linde", title="Vejmand")
    assert "Mette Dam" in hr.reads()
    hr.goes_to("/lindeby/people/?q=dam")
    assert "Vejmand" in hr.reads()

    unit = Employment.objects.get(number="1").unit
    hr.goes_to(f"/lindeby/people/units/{unit.public_id}/leader/")
    hr.sends(employment="helle")
    assert "Helle Riis" in hr.reads()
    mette = Employment.objects.get(title="Vejmand")
    assert nearest_leader(mette, day()).profile.first_name == "Helle"

    hr.goes_to("/lindeby/people/import/")
    for name, content in (("people", PEOPLE), ("units", UNITS)):
        (tmp_path / f"{name}.csv").write_text(content)
        hr.page.set_input_files(f"[name={name}]", tmp_path / f"{name}.csv")
    hr.sends()
    waits(hr)
    assert "Bo Lund" in hr.page.content()
    assert not Employment.objects.filter(number="e2").exists()
    hr.sends()
    waits(hr)
    aase = Employment.objects.get(number="e3")
    assert nearest_leader(aase, day()).profile.first_name == "Bo"
    counting.count()
    hr.goes_to("/lindeby/coverage/")
    assert "Vej og park" in hr.reads()


def waits(hr: AtTheScreen) -> None:
    """The worker works; a page with scripts notices, one without is asked again."""
    assert hr.page.locator("#progress").count() == 1
    carry_out.call(Run.objects.latest("pk").public_id)
    if not hr.scripts:
        hr.page.reload()
    hr.page.wait_for_selector(".sums")
    hr.looks()
