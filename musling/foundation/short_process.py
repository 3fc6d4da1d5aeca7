"""Programs that do one thing to what a user gave, and end: docs/decisions/0005.

Such a program is a file of ours, run by itself. It gets its order on standard input, answers on
standard output, sets its own limits on time and memory (``limited``), and knows no secret.
"""

import subprocess
import sys
from pathlib import Path

# No secret and no way out: what would fetch anything does so through this proxy, at which nothing
# listens.
ENVIRONMENT = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
)


def run_alone(
    program: Path, order: bytes, *, seconds: float
) -> subprocess.CompletedProcess[bytes] | None:
    """What the program answered; None if it did not end within ``seconds``, and was ended."""
    try:
        return subprocess.run(  # noqa: S603 - our own file, and no word of a user in the command
            [sys.executable, "-I", str(program)],
            input=order,
            capture_output=True,
            env=ENVIRONMENT,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def limited(*, processor_seconds: int, memory_bytes: int) -> None:
    """Sets hard limits on this process, where the system knows them. Not to be taken back."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what was read is written nowhere
