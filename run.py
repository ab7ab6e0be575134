#!/usr/bin/env python3
"""Installs Coltiva beside this file and starts it; needs Python 3.11 or newer and nothing else.

    python3 run.py                    a made-up group to look around in (`coltiva demo`)
    python3 run.py serve              your own group, kept in instance/
    python3 run.py test [ARGUMENTS]   the tests, with what they need
    python3 run.py VERB --help        any other command

On Windows write `py run.py`. The first start takes about a minute, the next ones a second: a stamp in .venv
says that nothing which decides about the installation has changed. There are no annotations here, so that an
old Python reads far enough to refuse.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

NEEDED = (3, 11)
# A change in one of these installs anew.
DECIDING = (
    "pyproject.toml",
    "requirements.txt",
    "requirements-test.txt",
    "web/hatch_build.py",
    "web/package-lock.json",
    "web/vendor.json",
)
PLAIN, WITH_TESTS = "coltiva-installed", "coltiva-installed-with-tests"


def main(arguments):
    """Install what is missing, then become the program; returns an exit code where that is impossible."""
    reason = refusal(sys.version_info)
    if reason:
        return _refuse(reason)
    testing = arguments[:1] == ["test"]
    reason = install(testing)
    if reason:
        return _refuse(reason)
    if testing:
        os.chdir(ROOT)
        return _become(["-m", "pytest", *_side_by_side(arguments[1:]), *arguments[1:]])
    # -P: a folder called server where somebody happens to stand is not ours.
    return _become(["-P", "-m", "server", *(arguments or ["demo"])])


def _side_by_side(wanted):
    """Two test processes for the whole suite; whoever names files or tests gets one, which is easier to read."""
    whole = not wanted or wanted[0] == "-m"
    return ["-n", "2", "--dist", "loadfile"] if whole else []


def refusal(version):
    """The sentence for a Python that is too old, or None."""
    if tuple(version[:2]) >= NEEDED:
        return None
    return f"Coltiva needs Python {NEEDED[0]}.{NEEDED[1]} or newer; this is Python {version[0]}.{version[1]}."


def install(testing):
    """Bring .venv up to date; returns a sentence when that fails, else None."""
    wanted = _digest()
    plain, with_tests = VENV / PLAIN, VENV / WITH_TESTS
    if PYTHON.exists() and (_says(with_tests, wanted) or (not testing and _says(plain, wanted))):
        return None
    print(f"Installing Coltiva into {VENV}; the first time this takes about a minute.", flush=True)
    program_is_there = PYTHON.exists() and _says(plain, wanted)
    for stamp in (plain, with_tests):
        stamp.unlink(missing_ok=True)
    if not program_is_there:
        reason = _make_venv()
        if reason:
            return reason
    requirements = "requirements-test.txt" if testing else "requirements.txt"
    if _pip("install", "--require-hashes", "-r", requirements) != 0:
        return "The packages could not be installed; is this computer on the internet? Then start again."
    if not program_is_there:
        print("Fetching the browser files; a minute on a slow line.", flush=True)
        if _pip("install", "--no-deps", "-e", ".") != 0:
            return "Coltiva itself could not be installed; the lines above say why. Then start again."
    (with_tests if testing else plain).write_text(wanted, encoding="ascii")
    return None


def _digest():
    digest = hashlib.sha256()
    for name in DECIDING:
        digest.update((ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


def _says(stamp, wanted):
    return stamp.is_file() and stamp.read_text(encoding="ascii", errors="replace") == wanted


def _make_venv():
    """Keep a .venv that works; make a new one in place of none or of half a one."""
    if PYTHON.exists():
        # One that was interrupted has a python without pip; another tool's has none either.
        check = f"import sys, pip; sys.exit(sys.version_info < {NEEDED})"
        if subprocess.run([str(PYTHON), "-c", check], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            return None
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError) as error:
        return (
            f"Python could not make the folder .venv ({error});"
            " on Debian and Ubuntu the package python3-venv may be missing."
        )
    return None


def _pip(*arguments):
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    return subprocess.call([*command, *arguments], cwd=str(ROOT))


def _become(arguments):
    command = [str(PYTHON), *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        # The program takes this process over, so that Ctrl-C and SIGTERM reach it and nobody else.
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the console told the program as well; it ends by itself


def _refuse(reason):
    print(reason, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
