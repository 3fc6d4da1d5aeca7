"""A browser without a script, as far as a fault test needs one: a session, pages and forms."""

import http.client
import urllib.parse
from dataclasses import dataclass

TOKEN = "k" * 32
SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """A page, or what became of a form."""

    status: int
    text: str
    retry_after: str | None


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in at the server of that port."""

    port: int
    session: str

    def get(self, path: str) -> Answer:
        """The page."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        """Sends the form. Raises OSError or HTTPException where no answer came."""
        form = {"csrfmiddlewaretoken": TOKEN, **fields}
        return self._ask("POST", path, urllib.parse.urlencode(form))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {"Cookie": f"session={self.session}; csrf={TOKEN}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, text, answer.getheader("Retry-After"))
        finally:
            connection.close()
