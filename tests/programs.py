"""Programs beside the portal that some tests run for real; `script/test` installs them where it may."""

from __future__ import annotations

import os
import shutil

import pytest


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test where its program is not installed; where CI is true it runs all the same, and fails."""
    there = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    in_ci = os.environ.get("CI", "").lower() == "true"
    return pytest.mark.skipif(there is None and not in_ci, reason=f"{program} is not installed")
