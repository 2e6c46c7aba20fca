"""A site with django-appointment alone.

What it would send is written, as it does within the request, and thrown away unsent.
"""

import os

from bench.peer_settings import *  # noqa: F403 - as settings are shared
from bench.peer_settings import APPS_OF_DJANGO, in_file

INSTALLED_APPS = [*APPS_OF_DJANGO, "appointment"]
ROOT_URLCONF = "bench.django_appointment.urls"
DATABASES = in_file(os.environ["DJANGO_APPOINTMENT_DATABASE"])
