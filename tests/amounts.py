"""How much is tried: what each run of the checks can bear, or all that is promised."""

import os

FULL = bool(os.environ.get("FULL_TESTS"))
"""Set before a release (`FULL_TESTS=1 script/test`): 10,000 made-up texts a field, more races."""
