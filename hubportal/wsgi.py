"""The WSGI application that the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")

_portal = get_wsgi_application()

from hubportal.page_memo import AnswerFromMemory  # noqa: E402  (settings and apps must be there first)

application = AnswerFromMemory(_portal)
