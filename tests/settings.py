"""Settings for the tests: the demo's, with a quick password hash and a place for files of its own."""

import os

# Empty, not missing: an .env of somebody who works on this copy must not fill it in.
os.environ["DEBUG"] = ""

from hubportal.settings import *  # noqa: F403

SECRET_KEY = "only-for-tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
AXES_ENABLED = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Static files are looked up where they are kept: tests need no build of the site first.
WHITENOISE_AUTOREFRESH = True
# Nothing comes back in a test that takes the database away.
OUTAGE_WAIT_SECONDS = 0.2
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # Said, because pytest-django knows Django's own engine alone and would give each process a file.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
