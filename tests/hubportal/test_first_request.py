"""What a web server's worker has done before anybody asks it."""

import subprocess
import sys

from django.conf import settings

FIRST_REQUEST = """
import sys
from wsgiref.util import setup_testing_defaults
from hubportal.wsgi import application

there = set(sys.modules)
environ = {"PATH_INFO": "/healthz", "HTTP_HOST": "127.0.0.1"}
setup_testing_defaults(environ)
answer = b"".join(application(environ, lambda status, headers: print(status)))
print(sorted(name for name in set(sys.modules) - there if ".views" in name or ".forms" in name))
"""


def test_the_first_request_of_a_worker_waits_for_no_view_to_be_loaded():
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_REQUEST],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.split("\n")[:2] == ["200 OK", "[]"]
