"""The portal as it is, for visitors who all come from this machine and need no built style sheets."""

from hubportal.settings import *  # noqa: F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ONLINE_PER_ADDRESS_AN_HOUR = ONLINE_OVERALL_AN_HOUR = 10_000_000
LOGGING["root"]["level"] = LOGGING["loggers"]["django"]["level"] = "CRITICAL"  # noqa: F405
LOGGING["loggers"]["hubportal.requests"]["level"] = "CRITICAL"  # noqa: F405
