"""Settings of the site that the browser visits: those of the tests, with its static files served as built."""

from tests.settings import *  # noqa: F403

WHITENOISE_USE_FINDERS = True
