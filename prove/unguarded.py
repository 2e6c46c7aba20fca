"""Settings of the controls: the same portal without what keeps it up in an outage or under odd requests."""

from prove.settings import *  # noqa: F403

MIDDLEWARE = [name for name in MIDDLEWARE if "Outage" not in name and "Malformed" not in name]  # noqa: F405
ROOT_URLCONF = "prove.unguarded_urls"
