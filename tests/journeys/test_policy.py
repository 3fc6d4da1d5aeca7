"""A page that breaks the content security policy, or asks somebody else, fails its journey.

Every journey looks through ``visit``; here it is proved that this look sees each kind of breach.
"""

import pytest
from playwright.sync_api import Browser

from tests.browser import Server, watch

pytestmark = pytest.mark.django_db(transaction=True)
BREACHES = {
    "script in the page": """() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
    }""",
    "handler in the page": """() => {
        document.body.insertAdjacentHTML("beforeend", "<b id=x onclick='window.ran = true'></b>");
        document.getElementById("x").click();
    }""",
    "style in the page": """() => {
        document.body.insertAdjacentHTML("beforeend", "<p id=x style='color: red'></p>");
        window.ran = getComputedStyle(document.getElementById("x")).color === "rgb(255, 0, 0)";
    }""",
    "text run as a script": """() => {
        const script = document.createElement("script");
        script.src = URL.createObjectURL(new Blob(["window.ran = true"]));
        document.body.append(script);
    }""",
    "picture from elsewhere": """() => {
        document.body.append(Object.assign(new Image(), {src: "https://elsewhere.invalid/x.png"}));
    }""",
    "question to somebody else": """() => {
        fetch("https://elsewhere.invalid/").catch(() => {});
    }""",
    "page within the page": """() => {
        document.body.append(Object.assign(document.createElement("iframe"), {src: "/help/"}));
    }""",
    "form to somebody else": """() => {
        const form = document.createElement("form");
        form.action = "https://elsewhere.invalid/";
        document.body.append(form);
        form.submit();
    }""",
    "other base": """() => {
        document.head.append(Object.assign(document.createElement("base"), {href: "https://e.invalid"}));
    }""",
}


@pytest.mark.parametrize("kind", BREACHES)
def test_a_breach_of_the_policy_is_stopped_and_noted(
    browser: Browser, live_server: Server, kind: str
) -> None:
    context = browser.new_context(base_url=live_server.url)
    troubles: list[str] = []
    watch(context, live_server.url, troubles)
    page = context.new_page()
    page.goto("/help/")
    assert troubles == []
    page.evaluate(BREACHES[kind])
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") in {None, False}
    context.close()
    assert "Content Security Policy" in " ".join(troubles) or "somebody else" in " ".join(troubles)


def test_the_browser_knows_every_word_of_the_permissions_policy(
    browser: Browser, live_server: Server
) -> None:
    context = browser.new_context(base_url=live_server.url)
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    page = context.new_page()
    page.goto("/account/log-in/")
    allowed = set(page.evaluate("document.featurePolicy.allowedFeatures()"))
    context.close()
    assert said == []
    assert {"publickey-credentials-get", "clipboard-write"} <= allowed
    assert not {"camera", "microphone", "geolocation", "usb", "payment", "clipboard-read"} & allowed


@pytest.mark.parametrize("place", ["/help/", "/account/log-in/"])
def test_another_site_cannot_put_a_page_of_ours_in_a_frame(
    browser: Browser, live_server: Server, place: str
) -> None:
    page = browser.new_context().new_page()
    page.set_content(f"<iframe src='{live_server.url}{place}'></iframe>")
    page.wait_for_timeout(500)
    frame = page.frames[-1]
    assert frame.url.startswith(("chrome-error:", "about:")), frame.url
    page.context.close()
