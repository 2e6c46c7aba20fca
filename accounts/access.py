"""Who may open a staff page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def staff_view(*permissions: str) -> Callable[[View], View]:
    """Open a view to staff with one of `permissions`, such as "accounts.use_desk".

    Other staff get 403; the signed-out are sent to sign in before they come here.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.user.has_perm(each) for each in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
