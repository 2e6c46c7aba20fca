"""A site with django-helpdesk alone.

No message is sent, which its own would do for each ticket: so much is in its favour.
"""

import os

from bench.peer_settings import *  # noqa: F403 - as settings are shared
from bench.peer_settings import APPS_OF_DJANGO, in_file

INSTALLED_APPS = [
    *APPS_OF_DJANGO,
    "django.contrib.sites",
    "django.contrib.humanize",
    "rest_framework",
    "helpdesk",
]
SITE_ID = 1
HELPDESK_TEAMS_MODE_ENABLED = False
ROOT_URLCONF = "bench.helpdesk.urls"
DATABASES = in_file(os.environ["HELPDESK_DATABASE"])
