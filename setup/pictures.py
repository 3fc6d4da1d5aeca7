"""The guide's pictures, taken from a running demo: ``make pictures``.

Logs in as the demo's people, opens the pages that the guide shows, and writes
docs/guide/da/billeder/*-1280.png and *-360.png.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from setup.system import chromium

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "guide" / "da" / "billeder"
SIZES = ((1280, 860), (360, 740))
# A form as offices have it, for the picture of how one is brought in.
PAPER = """Udviklingssamtale i Vej og Park

Læs skemaet igennem et par dage før, og skriv stikord. Du bestemmer, hvad du tager med.

Arbejdet
1. Hvilke opgaver vil du helst have flere af? *
   - Hvad er det gode ved dem?
2. Hvordan fungerer det, når I er flere hold på samme sted?

Du selv
3. Jeg har den viden, jeg skal bruge (0 = slet ikke, 5 = helt)   0  1  2  3  4  5
4. Hvilket kursus vil gøre den største forskel for dig?

* skal besvares

Dato: ______________   Underskrift: ______________________
"""
PASSWORD = "musling"  # noqa: S105 (the demo's)


def main() -> None:
    """Take every picture; the demo's address is the only argument."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for size in SIZES:
            take_all(browser, address, size)
        browser.close()


def take_all(browser: Browser, address: str, size: tuple[int, int]) -> None:
    """The employee's pages, then the leader's, HR's and the committee's."""
    page = logged_in(browser, address, size, "medarbejder")
    take(page, "start")
    talk = follow(page, "main a.button-primary").rpartition("prepare/")[0]
    page.goto(talk + "prepare/wellbeing/")
    take(page, "forberedelse")
    page.goto(talk + "prepare/hand-in/")
    take(page, "aflevere")
    page.goto(f"{address}/havneby/agreements/")
    take(page, "aftaler")
    page.goto(f"{address}/havneby/access/")
    take(page, "hvem-kan-se")
    page.goto(f"{address}/havneby/me/mail/")
    take(page, "min-mail")
    page.context.close()
    page = logged_in(browser, address, size, "leder")
    page.goto(f"{address}/havneby/team/")
    take(page, "mit-team")
    page.click("text=Ali Demir")
    page.goto(page.url + "room/?phase=now")
    take(page, "samtalerum")
    page.goto(f"{address}/havneby/talks/")
    page.locator("main a:has-text('Mette Dam')").nth(1).click()  # last year's
    page.goto(page.url + "releases/")
    take(page, "laese-med")
    page.goto(f"{address}/havneby/team/asked/")
    take(page, "spoerger-vi")
    page.goto(f"{address}/havneby/core-task/")
    take(page, "kerneopgave")
    page.goto(f"{address}/havneby/team/invite/")
    take(page, "inviter")
    page.goto(f"{address}/havneby/me/calendar/")
    take(page, "min-kalender")
    page.context.close()
    page = logged_in(browser, address, size, "hr")
    page.goto(f"{address}/havneby/coverage/")
    take(page, "daekning")
    page.goto(f"{address}/havneby/rounds/")
    here = follow(page, "main .rows a, main ul a")
    take(page, "runde")
    page.goto(here + "people/")
    take(page, "runde-hvem")
    page.goto(f"{address}/havneby/frames/")
    page.click("main .rows a")
    follow(page, "main form[action$='/edit/'] button")
    take(page, "kladde")
    page.goto(f"{address}/havneby/frames/read/")
    page.fill("[name=text]", PAPER)
    follow(page, "main form .button-primary")
    take(page, "hent-skema")
    page.goto(f"{address}/havneby/people/units/")
    follow(page, "main .tree a:text-is('Hjemmeplejen Øst')")
    page.goto(page.url + "merge/")
    page.fill("[name=into]", "Plejecenter Fjordblik")
    follow(page, "main form .button-primary")
    take(page, "omorganiser")
    page.context.close()
    page = logged_in(browser, address, size, "med")
    page.goto(f"{address}/havneby/theme/")
    take(page, "faelles-tema")
    page.goto(f"{address}/havneby/topics/")
    take(page, "udvalgets-emner")
    page.context.close()


def logged_in(browser: Browser, address: str, size: tuple[int, int], who: str) -> Page:
    """A new visitor, logged in as one of Havneby's people."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
    )
    page = context.new_page()
    page.goto(f"{address}/account/log-in/")
    page.fill("input[name=login]", f"{who}@havneby.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{address}/havneby/")
    return page


def follow(page: Page, link: str) -> str:
    """Click the link; the address it led to."""
    page.click(link)
    page.wait_for_load_state()
    return page.url


def take(page: Page, name: str) -> None:
    """One picture of what one sees without scrolling."""
    width = (page.viewport_size or {"width": 0})["width"]
    page.screenshot(path=FOLDER / f"{name}-{width}.png")


if __name__ == "__main__":
    main()
