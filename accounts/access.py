"""Who may open a staff page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def staff_view(permission: str) -> Callable[[View], View]:
    """Open a view to staff with `permission`, such as "accounts.use_desk".

    Other staff get 403, the signed-out are sent to sign in.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @permission_required(permission, raise_exception=True)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        guarded.staff_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
