"""The portal's settings with three postcode tables: a small one, its twin, and one for the whole country."""

import os

from hubportal.settings import *  # noqa: F403
from hubportal.settings import DATABASES, env

for _alias in ("small", "twin", "large"):
    DATABASES[_alias] = DATABASES["default"] | env.db_url_config(os.environ[f"BENCH_{_alias.upper()}_URL"])
