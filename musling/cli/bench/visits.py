"""The four pages that are measured: what their clients send, to Musling and to the reference."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from musling.cli.bench.load import Answer, Client

PAGES = ("team", "start", "preparation", "saving")
CONTROLS = re.compile(rb"<(a|button|input|textarea|select|option|form|summary)\b")
TOKEN = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken" value="[^"]*">')
VERSION = re.compile(rb'"versions": \{"[^"]*": (\d+)\}')
# As settings call the cookies in production, where the bench measures.
SESSION, CSRF = "__Host-session", "__Host-csrf"
WORDS = "Jeg vil gerne have mere tid til det, jeg er bedst til. Det ville hjælpe, hvis "


@dataclass(frozen=True)
class Visit:
    """One client of one page: its log-in, and the page's address in Musling."""

    page: str
    session: str
    path: str
    item: str

    def client(self, *, bare: bool, least: int) -> Client:
        """Who asks for it; ``least`` is how long a right answer is, in bytes."""
        path = f"/{self.page}/" if bare else self.path
        if self.page == "saving":
            return _saving(path, self.session, self.item)
        request = get(path, self.session)
        return Client(lambda: request, _is_page(least))


def visits_of(page: str, filled: list[dict[str, Any]]) -> list[Visit]:
    """One visit per filled team."""
    who = "leader" if page == "team" else "employee"
    return [Visit(page, team[who], team[page], team["item"]) for team in filled]


def get(path: str, session: str) -> bytes:
    """A page's request as a browser sends it, in short."""
    return _request("GET", path, session, {"Accept": "text/html", "Accept-Language": "da"})


def _request(
    method: str, path: str, session: str, headers: dict[str, str], body: bytes = b"", csrf: str = ""
) -> bytes:
    cookie = f"{SESSION}={session}" + (f"; {CSRF}={csrf}" if csrf else "")
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "User-Agent: musling-bench",
        f"Cookie: {cookie}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join((*lines, "", "")).encode() + body


def _is_page(least: int) -> Callable[[Answer], bool]:
    def fits(answer: Answer) -> bool:
        status, body = answer
        return status == 200 and len(body) >= least and body.rstrip().endswith(b"</html>")

    return fits


def _saving(path: str, session: str, item: str) -> Client:
    """Writes on: each time some words more, with the version that the last answer told."""
    csrf = secrets.token_hex(16)
    state: dict[str, int | str] = {"n": secrets.randbelow(1_000_000), "version": ""}

    def ask() -> bytes:
        state["n"] = int(state["n"]) + 1
        fields = {f"t.{item}": f"{WORDS}{state['n']}", f"version.t.{item}": state["version"]}
        body = urlencode({name: value for name, value in fields.items() if value}).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            "X-CSRFToken": csrf,
            "X-Musling-Autosave": "1",
        }
        return _request("POST", path, session, headers, body, csrf)

    def take(answer: Answer) -> bool:
        status, body = answer
        found = VERSION.search(body)
        if status != 200 or not found:
            return False
        state["version"] = found[1].decode()
        return True

    return Client(ask, take)


def flat(html: str) -> str:
    """The page as a template with nothing but a token in each form. Raises ValueError."""
    if "{%" in html or "{{" in html:
        raise ValueError("The page holds what a template would read as its own.")
    return TOKEN.sub("{% csrf_token %}", html)


def controls(body: bytes) -> int:
    """How many links, buttons and fields a page holds."""
    return len(CONTROLS.findall(body))
