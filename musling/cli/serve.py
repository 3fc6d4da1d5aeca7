"""``musling serve``: serves the site, and works beside it unless told not to."""

import argparse
import socket
import subprocess
import sys
import threading
from typing import Any

from django.conf import settings

from musling.cli.output import note
from musling.cli.starting import begin_to_start_others, refuse_unready_start
from musling.foundation.problems import Refused

NAME = "serve"
APPLICATION = "musling.cli.buffering:application"
HELP = "serve the site until stopped, with a worker beside it"
PROCESSES = 2
# Connections that a process takes at once; one costs a socket, not a thread (see buffering).
MOST_CONNECTIONS = 1024
MILLISECONDS_FOR_HEADERS = 15_000
SECONDS_TO_FINISH = 20
SECONDS_BEFORE_RESTART = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, with how many processes, and whether to work too."""
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen at; default: this machine only"
    )
    parser.add_argument(
        "--workers", type=_count, default=PROCESSES, help=f"processes; default: {PROCESSES}"
    )
    parser.add_argument(
        "--no-worker",
        action="store_true",
        help="serve only: mail, long work and the schedule run in 'musling worker' elsewhere",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Serves until SIGTERM or SIGINT; ends what it started."""
    refuse_unready_start()
    _refuse_taken_port(arguments.host, arguments.port)
    server = server_of(APPLICATION, arguments)
    beside = None if arguments.no_worker else Beside()
    if beside:
        server.on_startup(beside.start)
    note(f"Musling serves on {settings.MUSLING_BASE_URL} ({arguments.host}:{arguments.port}).")
    try:
        server.serve()
    except SystemExit as ended:
        return 1 if ended.code else 0
    finally:
        if beside:
            beside.stop()
    return 0


def server_of(application: str, arguments: argparse.Namespace) -> Any:
    """Granian, which goes on serving while slow clients hang on.

    ``application`` is ``module:function``; the function is called in each process. Of the arguments
    ``host``, ``port`` and ``workers`` count. What we are measured against is served by this, too.
    """
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    begin_to_start_others()
    return Granian(
        application,
        factory=True,
        interface=Interfaces.RSGI,
        address=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        backpressure=MOST_CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=MILLISECONDS_FOR_HEADERS),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
    )


def _logging() -> dict[str, Any]:
    """The server's own messages go where ours go. It logs no request: addresses hold ids."""
    handler = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    return {
        "formatters": {},
        "handlers": {"stderr": handler},
        "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
    }


def _refuse_taken_port(host: str, port: int) -> None:
    """Says so where something else listens: Granian would share the port with it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            raise Refused(
                f"Port {port} at {host} cannot be used ({problem}). Choose another with --port."
            ) from problem


class Beside:
    """A worker in a process of its own, begun again should it ever end by itself."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the worker and somebody who watches over it."""
        self._begin()
        threading.Thread(target=self._watch, name="worker", daemon=True).start()

    def stop(self) -> None:
        """Ends the worker: asks, waits, and only then insists."""
        self.stopping.set()
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_FINISH)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _begin(self) -> None:
        command = [sys.executable, "-m", "musling", "worker"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 (our own)

    def _watch(self) -> None:
        while self.process and not self.stopping.is_set():
            self.process.wait()
            if not self.stopping.wait(SECONDS_BEFORE_RESTART):
                note("The worker ended by itself and is begun again.")
                self._begin()
