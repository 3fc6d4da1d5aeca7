"""Build .venv with the locked dependencies: ``python -m setup.environment runtime|dev``.

Runs with nothing but Python's own library, and does nothing when the locks have not changed.
"""

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# What a lock brings: the developers' lock holds everything in the runtime lock too.
BRINGS = {"runtime": ["runtime"], "dev": ["runtime", "dev"], "node": ["node"]}
OLDEST = (3, 11)


def main() -> None:
    """Install the lock that the command line names."""
    if sys.version_info < OLDEST:
        here = sys.version.split()[0]
        sys.exit(
            f"Musling needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {here}."
            " Say which one to use: make demo PYTHON=python3.12"
        )
    install(sys.argv[1])


def install(lock: str) -> None:
    """Bring .venv in step with requirements/<lock>.txt; quick when it is already."""
    if is_installed(lock):
        return
    make_venv()
    print(f"Installing the packages of requirements/{lock}.txt …", flush=True)
    pip("install", "--require-hashes", "--requirement", str(lock_file(lock)))
    if lock != "node":
        # The build needs no download: flit_core came with the lock, checked by its hash.
        pip("install", "--no-build-isolation", "--no-deps", "--editable", str(ROOT))
    for name in BRINGS[lock]:
        stamp_file(name).write_text(fingerprint(name))


def make_venv() -> None:
    """Make .venv, anew where the Python that it was made from is gone or another one."""
    if works():
        return
    print("Making .venv …", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    except subprocess.CalledProcessError:
        sys.exit(
            "Python could not make a virtual environment. On Debian and Ubuntu its module for that"
            " is a package of its own: apt-get install python3-venv"
        )


def works() -> bool:
    """Whether .venv has a Python that starts, of the version that runs this."""
    if not PYTHON.exists():
        return False
    ask = "import sys; print(*sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", ask], check=False, capture_output=True, text=True)
    return answer.stdout.split() == [str(number) for number in sys.version_info[:2]]


def pip(*arguments: str) -> None:
    """Run .venv's pip; ends the program with pip's own message when it fails."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit("pip could not install the packages; what it said stands above.")


def is_installed(lock: str) -> bool:
    """Whether the lock was installed as it is now."""
    stamp = stamp_file(lock)
    return stamp.exists() and stamp.read_text() == fingerprint(lock)


def stamp_file(lock: str) -> Path:
    """Where the fingerprint of what was installed is kept."""
    return VENV / f"installed-{lock}"


def lock_file(lock: str) -> Path:
    """The lock's path."""
    return ROOT / "requirements" / f"{lock}.txt"


def fingerprint(lock: str) -> str:
    """Changes with the lock, with how Musling is installed, and with the Python that runs it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT} {project}".encode())
    digest.update(lock_file(lock).read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
