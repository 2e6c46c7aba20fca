"""The WSGI application that the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from hubportal.sqlite.base import never_make_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")

application = get_wsgi_application()
never_make_files()
