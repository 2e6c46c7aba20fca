import os
import subprocess

import pytest

from script.steps import ROOT


def call(command, path):
    return subprocess.run(
        ["/bin/sh", str(ROOT / "script" / command), "--version"],
        env={"PATH": str(path)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with what a POSIX shell script needs and no Python."""
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    return tmp_path


@pytest.mark.parametrize("command", ["server", "test"])
def test_machine_without_python_is_told_what_to_install(command, bare_path):
    ended = call(command, bare_path)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0] == "Python 3.11 or newer is needed and was not found on the PATH."


def test_too_old_python_is_passed_over(bare_path):
    old = bare_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert call("server", bare_path).returncode == 1


@pytest.mark.parametrize("command", ["script/server", "script/test", "script/lock", ".ci/run"])
def test_command_is_executable(command):
    assert os.access(ROOT / command, os.X_OK)
