"""Other projects that do what the portal does, each installed for the bench alone."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.site import Planned, Site
from bench.tables import BenchBroken
from script.setup import NETWORK_ADVICE
from script.steps import ROOT, VAR, Step, StepFailed, run


@dataclass(frozen=True)
class Peer:
    """Another project. `package` below `bench/` has its `requirements.txt`, settings and `wsgi.py`."""

    name: str
    package: str

    @property
    def python(self) -> Path:
        """Of its virtual environment."""
        return self._venv / "bin" / "python"

    def planned(self) -> Planned:
        """Install it, the first time by pip, and say how it is served. Raises BenchBroken."""
        lock = ROOT / "bench" / self.package / "requirements.txt"

        def install() -> None:
            run(sys.executable, "-m", "venv", "--clear", self._venv)
            run(self.python, "-m", "pip", "install", "--no-input", "-r", lock)

        step = Step(
            self.name, self._venv / "installed", (lock,), install, NETWORK_ADVICE, outputs=(self.python,)
        )
        try:
            step.do()
        except StepFailed as failure:
            raise BenchBroken(f"{failure}\n{failure.output[-2000:]}\n{failure.advice}") from failure
        return Planned(self.name, f"bench.{self.package}.wsgi:application", python=self.python)

    def told_by(self, module: str, *words: str, site: Site) -> dict[str, Any]:
        """Run a module of its package in its own Python and return what that prints. Raises BenchBroken."""
        try:
            return json.loads(run(self.python, "-m", f"bench.{self.package}.{module}", *words, env=site.env))
        except StepFailed as failure:
            raise BenchBroken(f"{failure}\n{failure.output[-2000:]}") from failure

    @property
    def _venv(self) -> Path:
        return VAR / f"bench-{self.package}"
