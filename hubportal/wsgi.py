"""The WSGI application that the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from hubportal.sqlite.base import never_make_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")

_portal = get_wsgi_application()

from hubportal.page_memo import AnswerFromMemory  # noqa: E402  (settings and apps must be there first)

never_make_files()
application = AnswerFromMemory(_portal)
