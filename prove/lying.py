"""A web application that says "thank you" first and writes afterwards: what every kill must catch out."""

from __future__ import annotations

import io
import threading
import time
from typing import Any

from hubportal.wsgi import application as portal

_WRITTEN_LATER_SECONDS = 0.05


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer a question with the redirect of success at once, and hand it to the portal a little later."""
    if environ["REQUEST_METHOD"] != "POST":
        return portal(environ, start_response)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    later = dict(environ, **{"wsgi.input": io.BytesIO(body)})
    threading.Thread(target=_write, args=(later,), daemon=True).start()
    start_response("302 Found", [("Location", "/ask/sent/soon/"), ("Content-Length", "0")])
    return [b""]


def _write(environ: dict[str, Any]) -> None:
    time.sleep(_WRITTEN_LATER_SECONDS)
    for _ in portal(environ, lambda *_: None):
        pass
