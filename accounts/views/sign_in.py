"""Signing in and out with a password, and the page staff start from."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import directory
from accounts.access import staff_view
from accounts.forms.sign_in import SignInForm
from accounts.security_log import note
from hubs.directory import listed_hubs
from hubs.models import Notice


class SignIn(LoginView):
    """Sign in; a wrong password keeps the name that was typed and answers 422."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "directory": directory.is_on(),
            "dormant_days": settings.STAFF_DORMANT_DAYS,
        }

    def get_redirect_url(self) -> str:  # type: ignore[override]
        """Return where to go on; an address leading back here counts as none, else it would never end."""
        url = super().get_redirect_url()
        return "" if url == self.request.path else url

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        note(self.request, "signed in by password")
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        note(self.request, "sign-in refused")
        response = super().form_invalid(form)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """429: too many wrong passwords for this name from this address; it opens again by itself."""
    return render(request, "accounts/locked_out.html", status=HTTPStatus.TOO_MANY_REQUESTS)


@staff_view("accounts.use_desk")
def staff_home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    listed = listed_hubs(at)
    home = next((each for each in listed if each.hub.pk == request.user.home_hub_id), None)  # type: ignore[union-attr]
    context = {
        "at": at,
        "home": home,
        "others": [each for each in listed if each is not home],
        "notices": Notice.objects.showing(at).select_related("hub"),
    }
    return render(request, "accounts/staff_home.html", context)
