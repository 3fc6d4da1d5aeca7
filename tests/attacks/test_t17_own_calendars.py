"""T17: a calendar's address that leads into the own network, to the machine itself, or for ever."""

import socket
import time
from http.server import BaseHTTPRequestHandler

import pytest

from musling.calendars import fetching
from musling.calendars.fetching import NotFetched
from tests.calendars.servers import HOST, sends, serving

PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::1", "::", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
    # Numbers that stand for others.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1"),
]


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """What the name server answers, one list after the other; yields whom it was asked for."""
    asked: list[str] = []
    waiting = list(answers)

    def getaddrinfo(host: str, port: int, **_more: object) -> list[tuple]:
        asked.append(host)
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """To which numbers a connection was tried; none is made."""
    tried: list[str] = []

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        tried.append(address[0])
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


@pytest.mark.parametrize("number", PRIVATE)
def test_no_connection_is_made_to_a_number_that_is_not_public(monkeypatch, number):
    named(monkeypatch, [number])
    tried = connected(monkeypatch)
    with pytest.raises(NotFetched) as refused:
        fetching.fetch("https://kalender.example/a.ics")
    assert refused.value.problem == "address"
    assert tried == []


@pytest.mark.parametrize("number", ["185.60.216.35", "2a03:2880:f10e::1"])
def test_a_public_number_is_one(number):
    assert fetching.is_public(number)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "017700000001", "localhost", "127.1"]
)
def test_numbers_written_in_odd_ways_are_looked_at_as_what_they_are(monkeypatch, host):
    """The real look-up, of this machine alone."""
    tried = connected(monkeypatch)
    with pytest.raises(NotFetched):
        fetching.fetch(f"https://{host}/a.ics")
    assert tried == []


def test_one_private_number_among_public_ones_is_enough_to_refuse(monkeypatch):
    named(monkeypatch, ["185.60.216.35", "10.0.0.1"])
    tried = connected(monkeypatch)
    with pytest.raises(NotFetched):
        fetching.fetch("https://kalender.example/a.ics")
    assert tried == []


def test_a_name_that_changes_its_number_is_asked_once_and_connected_to_what_was_looked_at(
    monkeypatch,
):
    asked = named(monkeypatch, ["185.60.216.35"], ["127.0.0.1"])
    tried = connected(monkeypatch)
    with pytest.raises(NotFetched):
        fetching.fetch("https://kalender.example/a.ics")
    assert asked == ["kalender.example"]
    assert tried == ["185.60.216.35"]


@pytest.mark.parametrize(
    "leads_to",
    [
        "http://kalender.example/a.ics",
        "file:///etc/passwd",
        "//127.0.0.1/a.ics",
        "https://10.0.0.1/latest/meta-data/",
        "https://kalender.example:22/",
        "",
    ],
)
def test_a_redirect_is_looked_at_like_the_first_address(monkeypatch, tmp_path, leads_to):
    real = fetching.resolve
    with serving(monkeypatch, tmp_path, sends(b"", status=302, Location=leads_to)) as asked:
        monkeypatch.setattr(
            fetching, "resolve", lambda host, by: "127.0.0.1" if host == HOST else real(host, by)
        )
        # What the real look-up finds is judged by the real rule.
        monkeypatch.setattr(fetching, "is_public", lambda _number: False)
        with pytest.raises(NotFetched) as refused:
            fetching.fetch(f"https://{HOST}/a.ics")
    assert refused.value.problem == "address"
    # An empty address leads to the same page again, until there were enough.
    assert len(asked) == (1 if leads_to else fetching.REDIRECTS + 1)


def test_a_circle_of_redirects_ends(monkeypatch, tmp_path):
    circle = sends(b"", status=302, Location="/again.ics")
    with serving(monkeypatch, tmp_path, circle) as asked, pytest.raises(NotFetched) as refused:
        fetching.fetch(f"https://{HOST}/a.ics")
    assert refused.value.problem == "address"
    assert len(asked) == fetching.REDIRECTS + 1


def test_a_certificate_for_another_name_is_refused(monkeypatch, tmp_path):
    answer = sends(b"x")
    with serving(monkeypatch, tmp_path, answer) as asked, pytest.raises(NotFetched) as refused:
        fetching.fetch("https://bank.example/a.ics")
    assert refused.value.problem == "away"
    assert asked == []


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever: each one comes in time, the whole never does."""
    handler.send_response(200)
    handler.end_headers()
    for _n in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def drips_heads(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for number in range(90):
        handler.wfile.write(f"X-{number}: x\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drips, drips_heads])
def test_a_server_that_drips_is_cut_off_in_time(monkeypatch, tmp_path, answer):
    monkeypatch.setattr(fetching, "SECONDS", 0.6)
    with serving(monkeypatch, tmp_path, answer):
        begun = time.monotonic()
        with pytest.raises(NotFetched) as slow:
            fetching.fetch(f"https://{HOST}/a.ics")
        took = time.monotonic() - begun
    assert slow.value.problem == "slow"
    assert took < 3
