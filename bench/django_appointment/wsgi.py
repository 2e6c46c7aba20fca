"""The WSGI application of django-appointment."""

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.django_appointment.settings"

application = get_wsgi_application()

# It tells its standard output of every step, and sets its own levels: so much is in its favour.
logging.disable(logging.WARNING)
