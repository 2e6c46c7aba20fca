"""Installing a missing system package, where we may: as root on Debian or Ubuntu."""

import os
import shutil
from pathlib import Path

from script.steps import clean_environment, run

APT_SECONDS = 600


def may_install() -> bool:
    """Whether this is root on Debian or one of its children, so that apt-get can simply be used."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and bool(shutil.which("apt-get"))


def install(*packages: str) -> None:
    """Install packages without asking anything; raises StepFailed with what apt-get said."""
    # Run level 1: a server that comes with a package is not to be started.
    env = clean_environment(DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    run("apt-get", "update", env=env, timeout=APT_SECONDS)
    run("apt-get", "install", "--yes", "--no-install-recommends", *packages, env=env, timeout=APT_SECONDS)
