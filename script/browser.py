"""The Chromium that the browser tests drive."""

import os
import shutil
from pathlib import Path

from script import debian
from script.steps import StepFailed, run

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_PROGRAMS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
ADVICE = (
    "install Chromium (Debian: apt-get install chromium; Ubuntu: Google's .deb package; macOS: "
    "brew install --cask chromium), or name a program: CHROMIUM=/path/to/chrome script/test"
)
ANSWER_SECONDS = 30


def find_chromium() -> Path:
    """The program named by CHROMIUM, else the system's, else a new one where we are root on Debian.

    Raises StepFailed with advice when there is none, or when it does not start.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        program = Path(named)
    elif found := _installed():
        program = found
    elif debian.may_install():
        debian.install("chromium")
        program = Path("/usr/bin/chromium")
    else:
        raise StepFailed("no Chromium was found", advice=ADVICE)
    try:
        # Ubuntu's chromium-browser is only a pointer to another packaging system, and says so here.
        run(program, "--version", timeout=ANSWER_SECONDS)
    except StepFailed as failure:
        failure.advice = ADVICE
        raise
    return program


def _installed() -> Path | None:
    for command in COMMANDS:
        if found := shutil.which(command):
            return Path(found)
    return next((program for program in MAC_PROGRAMS if program.exists()), None)
