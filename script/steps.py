"""A set-up step: done once for the same inputs, quiet when it works, helpful when it does not."""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
LAST_LINES = 25

# Set by a caller's shell, each of these would lead pip, npm or Django somewhere else than this clone,
# the last apart: container images set it, and some hundred processes would each compile all that they import.
FOREIGN_SETTINGS = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSAFEPATH",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
    "PYTHONOPTIMIZE",
    "PYTHONINSPECT",
    "VIRTUAL_ENV",
    "DJANGO_SETTINGS_MODULE",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_USER",
    "PIP_REQUIRE_HASHES",
    "PIP_DRY_RUN",
    "NODE_ENV",
    "NODE_PATH",
    "PYTHONDONTWRITEBYTECODE",
)


class StepFailed(Exception):
    """A step could not be done. `output` is what it printed, `advice` one sentence on what to do."""

    def __init__(self, message: str, *, output: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.output = output
        self.advice = advice


@dataclass(frozen=True)
class Step:
    """One part of the set-up.

    `inputs` are the files and folders it depends on, `outputs` what must exist afterwards; `mark` is the file
    that remembers the inputs it was last done for, and is written only after `action` has succeeded.
    """

    name: str
    mark: Path
    inputs: tuple[Path, ...]
    action: Callable[[], object]
    advice: str
    outputs: tuple[Path, ...] = ()
    made_for: str = ""

    def fingerprint(self) -> str:
        """Hash of the inputs' names and contents and of `made_for`; a missing input counts as empty."""
        digest = hashlib.sha256(self.made_for.encode())
        for path in self.inputs:
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(f"\0{file.relative_to(path.parent).as_posix()}\0".encode())
                    digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()

    def is_done(self) -> bool:
        """Whether the step was finished for the inputs as they are now and its outputs are still there."""
        if not all(path.exists() for path in (self.mark, *self.outputs)):
            return False
        return self.mark.read_text() == self.fingerprint()

    def do(self) -> None:
        """Do the step unless it is done; raises StepFailed."""
        if self.is_done():
            return
        self.mark.unlink(missing_ok=True)
        fingerprint = self.fingerprint()
        with timed(self.name):
            try:
                self.action()
            except StepFailed as failure:
                failure.advice = failure.advice or self.advice
                raise
            except OSError as error:
                raise StepFailed(str(error), advice=self.advice) from error
        self.mark.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.mark.with_name(self.mark.name + ".unfinished")
        unfinished.write_text(fingerprint)
        unfinished.replace(self.mark)


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print one line: the name at once, the seconds when the block has ended."""
    started = time.monotonic()
    print(f"{name} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print(f"stopped after {time.monotonic() - started:.1f} s", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


@contextmanager
def one_set_up_at_a_time() -> Iterator[None]:
    """Hold the clone's set-up lock, waiting (and saying so) while another command holds it.

    The system lets go of it when this process ends, however it ends; child processes do not inherit it.
    """
    try:
        VAR.mkdir(exist_ok=True)
        lock = (VAR / "set-up.lock").open("w")
    except OSError as error:
        raise StepFailed(
            f"cannot write in {ROOT}: {error.strerror}", advice="Make the clone as the user who runs this."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is setting this clone up: waiting until it has finished …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def clean_environment(**changes: str) -> dict[str, str]:
    """The caller's environment without what would mislead our tools, with `changes` on top."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_SETTINGS}
    return kept | {"PYTHONUTF8": "1"} | changes


def run(*command: str | Path, env: dict[str, str] | None = None, timeout: float | None = None) -> str:
    """Run a command in the root of the clone and return what it printed; raises StepFailed with its output.

    `timeout` is in seconds.
    """
    words = [str(word) for word in command]
    named = Path(words[0]).name + " " + " ".join(words[1:])
    try:
        ended = subprocess.run(
            words,
            cwd=ROOT,
            env=env or clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except OSError as error:
        raise StepFailed(f"{named}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise StepFailed(f"{named}: no end after {timeout:g} s") from error
    if ended.returncode != 0:
        raise StepFailed(f"{named}: exit {ended.returncode}", output=ended.stdout)
    return ended.stdout


def explain(failure: StepFailed) -> None:
    """Print on standard error what failed, the last lines of its output and what to do."""
    sys.stdout.flush()
    lines = [f"\nFAILED: {failure}"]
    lines += [f"  | {line}" for line in failure.output.rstrip().splitlines()[-LAST_LINES:]]
    if failure.advice:
        lines.append(f"What to do: {failure.advice}")
    print("\n".join(lines), file=sys.stderr, flush=True)
