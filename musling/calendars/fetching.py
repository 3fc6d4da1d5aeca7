"""Fetching a calendar from an address that somebody typed, without being led anywhere else.

The address is a stranger's: it may point into the own network, to the machine itself or to a
cloud's metadata, at once, after a redirect, or by a name that answers one number when it is asked
and another when it is used (T17, server-side request forgery). So: https on its usual port only;
the name is looked up once, every number that it has must be a public one, and the connection goes
to that very number while the certificate is checked for the name; each redirect begins anew; and
time, size and redirects have limits. The library's own client does neither the pinning nor the
whole time.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from musling.calendars.models import OwnCalendar

PORT = 443
SECONDS = 5.0  # for all of it, redirects too
LARGEST = 2 * 1024 * 1024  # bytes
REDIRECTS = 3
CHUNK = 64 * 1024
HEADERS = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Musling"}
# A public number that stands for another one, which may be anything.
STANDS_FOR_ANOTHER = [
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
Problem = OwnCalendar.Problem


class NotFetched(Exception):
    """Nothing came. ``problem`` says why, in one of our own words; never what the server said."""

    def __init__(self, problem: str) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask: a host's name and what to ask it for."""

    host: str
    path: str


def fetch(address: str) -> bytes:
    """What stands at the address. Raises NotFetched."""
    deadline = time.monotonic() + SECONDS
    for _hop in range(REDIRECTS + 1):
        place = checked(address)
        answer = _Conversation(place, resolve(place.host, deadline), deadline).ask()
        if isinstance(answer, bytes):
            return answer
        address = urljoin(address, answer)
    raise NotFetched(Problem.ADDRESS)


def checked(address: str) -> Place:
    """The host and the path of an address that may be asked. Raises NotFetched.

    webcal:// is what calendars call https:// in their own links.
    """
    try:
        parts = urlsplit(address)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:  # UnicodeError, too
        raise NotFetched(Problem.ADDRESS) from None
    allowed = (
        parts.scheme in {"https", "webcal"}
        and host
        and port in {None, 443}
        and "@" not in parts.netloc
        and not any(sign.isspace() or not sign.isprintable() for sign in address)
    )
    if not allowed:
        raise NotFetched(Problem.ADDRESS)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return Place(host, path + query)


def resolve(host: str, deadline: float) -> str:
    """The number to connect to. Raises NotFetched where any that the name has is not public."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        asked = pool.submit(socket.getaddrinfo, host, PORT, type=socket.SOCK_STREAM)
        found = asked.result(timeout=max(0.0, deadline - time.monotonic()))
    except TookTooLong:
        raise NotFetched(Problem.SLOW) from None
    except (OSError, UnicodeError):
        raise NotFetched(Problem.AWAY) from None
    finally:
        pool.shutdown(wait=False)
    numbers = [str(info[4][0]) for info in found]
    if not numbers or not all(map(is_public, numbers)):
        raise NotFetched(Problem.ADDRESS)
    return numbers[0]


def is_public(number: str) -> bool:
    """Whether an IP number is one of the open net: not private, own, link-local or reserved."""
    address = ipaddress.ip_address(number)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if address.is_site_local or any(address in net for net in STANDS_FOR_ANOTHER):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Conversation(http.client.HTTPSConnection):
    """One question to one number, cut off at the deadline whatever the other side does."""

    def __init__(self, place: Place, number: str, deadline: float) -> None:
        self.left = max(0.1, deadline - time.monotonic())
        self.trust = ssl.create_default_context()
        super().__init__(place.host, PORT, timeout=self.left, context=self.trust)
        self.place, self.number, self.deadline = place, number, deadline
        self.line: socket.socket | None = None

    def connect(self) -> None:
        """Connects to the number that was looked at; the name is only for the certificate."""
        plain = socket.create_connection((self.number, PORT), self.left)
        self.sock = self.trust.wrap_socket(
            plain, server_hostname=self.place.host, do_handshake_on_connect=False
        )
        self.line = self.sock  # the library lets go of it once the answer has begun
        self.sock.do_handshake()

    def ask(self) -> bytes | str:
        """The body, or where a redirect leads. Raises NotFetched."""
        cut = threading.Timer(self.left, self._cut)
        cut.daemon = True
        cut.start()
        try:
            self.request("GET", self.place.path, headers=HEADERS)
            with contextlib.closing(self.getresponse()) as response:
                return self._answer(response)
        except (OSError, http.client.HTTPException, ValueError):
            late = time.monotonic() >= self.deadline
            raise NotFetched(Problem.SLOW if late else Problem.AWAY) from None
        finally:
            cut.cancel()
            self.close()

    def _cut(self) -> None:
        """Ends the connection under the other thread's hands; reading then fails there."""
        if self.line is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.line, socket.SHUT_RDWR)

    def _answer(self, response: http.client.HTTPResponse) -> bytes | str:
        if response.status in {301, 302, 303, 307, 308}:
            return response.headers.get("Location", "")
        if response.status != http.client.OK:
            away = response.status >= http.client.INTERNAL_SERVER_ERROR
            raise NotFetched(Problem.AWAY if away else Problem.REFUSED)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise NotFetched(Problem.NO_CALENDAR)
        body = b""
        while chunk := response.read1(CHUNK):
            body += chunk
            if len(body) > LARGEST:
                raise NotFetched(Problem.LARGE)
        if time.monotonic() >= self.deadline:
            raise NotFetched(Problem.SLOW)
        return body
