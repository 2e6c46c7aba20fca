import os
import shutil
import subprocess

import pytest

from script.steps import ROOT


@pytest.fixture
def bare_clone(tmp_path):
    """The shell parts of the commands in a clone with nothing built."""
    folder = tmp_path / "a clone" / "script"
    folder.mkdir(parents=True)
    for name in ("find_python.sh", "server", "test"):
        shutil.copy(ROOT / "script" / name, folder / name)
    return folder


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with what a POSIX shell script needs and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dirname").symlink_to(shutil.which("dirname"))
    return folder


def call(program, path):
    return subprocess.run(
        ["/bin/sh", str(program)],
        env={"PATH": str(path)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["server", "test"])
def test_machine_without_python_is_told_what_to_install(command, bare_clone, bare_path):
    ended = call(bare_clone / command, bare_path)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0] == "Python 3.11 or newer is needed and was not found on the PATH."


def test_python_that_is_too_old_is_passed_over(bare_clone, bare_path):
    for name, body in {
        "python3": "exit 1",
        "python": 'test "$1" = -m && echo "chosen for $2"; exit 0',
    }.items():
        (bare_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (bare_path / name).chmod(0o755)
    assert call(bare_clone / "server", bare_path).stdout == "chosen for script.serve\n"


@pytest.mark.parametrize("command", ["script/server", "script/test", "script/lock", ".ci/run"])
def test_command_is_executable(command):
    assert os.access(ROOT / command, os.X_OK)
