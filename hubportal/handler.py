"""Django's way to answer a request, shorter where every request goes through.

Three things that Django does anew each time, or several times: to find an address that has no parts to fill
in, to look whether we are the host that was asked, and to put each field of a form into its list with ten
calls. The last two were a fifteenth of the instructions that a booking takes.
"""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, QueryDict
from django.urls import ResolverMatch
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language

_A_FORM = "application/x-www-form-urlencoded"


class SentFields(QueryDict):
    """The fields of a form as they were sent: Django's, filled in a shorter way."""

    def appendlist(self, key: str, value: str) -> None:  # type: ignore[override]
        """Add a value to those of a field; both are text, as they come from a form."""
        self._assert_mutable()  # type: ignore[attr-defined]
        dict.setdefault(self, key, []).append(value)  # type: ignore[misc]


class PortalRequest(WSGIRequest):
    """A request whose host is looked at once, and whose fields are `SentFields`."""

    _host: str | None = None

    def get_host(self) -> str:
        """Return the host that was asked for; raises DisallowedHost for one that we are not."""
        if self._host is None:
            self._host = super().get_host()
        return self._host

    def _load_post_and_files(self) -> None:
        # Read before anything else looks at the form: see OutageMiddleware. Whatever is out of the ordinary
        # is for Django.
        is_whole = self.method == "POST" and self.content_type == _A_FORM and hasattr(self, "_body")
        if is_whole and not self.content_params and self._encoding is None:  # type: ignore[attr-defined]
            self._post = SentFields(self.body, encoding="utf-8")
            self._files: MultiValueDict[str, Any] = MultiValueDict()
        else:
            super()._load_post_and_files()  # type: ignore[misc]


class PortalHandler(WSGIHandler):
    """The WSGI application: `django.core.wsgi.get_wsgi_application` in all but these three."""

    request_class = PortalRequest

    def __init__(self) -> None:
        super().__init__()
        self._fixed: dict[tuple[str, str | None], ResolverMatch] = {}

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return the view of a request's address and note it in the request, as Django does.

        To try one pattern after another costs about a tenth of what a short page takes. Addresses with
        something to fill in, and those that there are not, are looked for each time: of the others there are
        as many as we wrote down.
        """
        # Which of two languages' addresses fits depends on the language that is on.
        address = request.path_info, get_language()
        known = self._fixed.get(address)
        if known is None:
            known = super().resolve_request(request)
            if not (known.args or known.kwargs):
                self._fixed[address] = known
        request.resolver_match = known
        return known
