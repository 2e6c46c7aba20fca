"""What `script/prove` runs: set the clone up as for its tests, then become the harness."""

import os
import sys

from script.setup import PYTHON, set_up_for_tests
from script.steps import ROOT, StepFailed, clean_environment, explain, one_set_up_at_a_time


def main(words: list[str]) -> int:
    """Set up and hand over to the clone's own Python; returns 2 if the set-up fails."""
    try:
        with one_set_up_at_a_time():
            set_up_for_tests()
    except StepFailed as failure:
        explain(failure)
        return 2
    except KeyboardInterrupt:
        return 130
    os.chdir(ROOT)
    return os.execve(PYTHON, [str(PYTHON), "-m", "prove", *words], clean_environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
