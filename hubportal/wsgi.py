"""The WSGI application that the web server loads."""

import gc
import os
from importlib import import_module

import django
from django.conf import settings

from hubportal.handler import PortalHandler
from hubportal.sqlite.base import never_make_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")

django.setup(set_prefix=False)
_portal = PortalHandler()

from hubportal.page_memo import AnswerFromMemory  # noqa: E402  (settings and apps must be there first)

never_make_files()
# Else Django loads every view at the first request of a worker: half a second that somebody waits for.
import_module(settings.ROOT_URLCONF)
application = AnswerFromMemory(_portal)

# What is loaded by now stays until the process ends, so the collector need not look at it each time; nor need
# it look after every 700 objects, which a request makes several times. About 3 % of a walk-in's time.
gc.collect()
gc.freeze()
gc.set_threshold(5_000, 20, 20)
