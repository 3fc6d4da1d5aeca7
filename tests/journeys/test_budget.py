"""The budget of look.md, counted in bytes over the wire: first visit, then a page."""

import pytest
from playwright.sync_api import Page, Response

from tests.access.stages import STAGES
from tests.cast import make_cast
from tests.journeys.steps import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
FIRST_VISIT, REQUESTS, PAGE = 150_000, 9, 25_000


class Wire:
    """Counts what comes over the wire: bytes of headers and bodies, as they are sent."""

    def __init__(self, page: Page) -> None:
        self.sizes: dict[str, int] = {}
        page.on("response", self.note)

    def note(self, response: Response) -> None:
        """Adds one answer; what the browser had already is not asked for again."""
        sizes = response.request.sizes()
        self.sizes[response.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]

    def begin_anew(self) -> None:
        """Forgets what was counted."""
        self.sizes.clear()

    @property
    def total(self) -> int:
        """Bytes so far."""
        return sum(self.sizes.values())


def test_the_first_visit_and_the_pages_after_it_keep_to_the_budget(visit, transactional_db):
    cast = make_cast()
    talk = STAGES["open"](cast)
    page = visit()
    wire = Wire(page)
    page.goto("/account/log-in/")
    page.wait_for_load_state("networkidle")
    assert len(wire.sizes) <= REQUESTS, wire.sizes
    assert wire.total <= FIRST_VISIT, wire.sizes
    mette = Visitor(page, cast.employee, looks_closely=False)
    mette.logs_in()
    for path in (
        "/havneby/",
        f"/havneby/talks/{talk.public_id}/",
        f"/havneby/talks/{talk.public_id}/prepare/wellbeing/",
        f"/havneby/talks/{talk.public_id}/room/?phase=now",
        "/havneby/agreements/",
        "/havneby/access/",
    ):
        page.goto(path)  # once for what this kind of page needs and keeps (a script)
        page.wait_for_load_state("networkidle")
        wire.begin_anew()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        fresh = {url: size for url, size in wire.sizes.items() if "/static/" not in url}
        assert sum(fresh.values()) <= PAGE, (path, wire.sizes)
