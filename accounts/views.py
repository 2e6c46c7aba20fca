"""Signing in and out, and the page staff start from."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import staff_view
from accounts.forms import SignInForm
from hubs.directory import listed_hubs
from hubs.models import Notice


class SignIn(LoginView):
    """Sign in; a wrong password keeps the name that was typed and answers 422."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override]
        """Return where to go on; an address leading back here counts as none, else it would never end."""
        url = super().get_redirect_url()
        return "" if url == self.request.path else url

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
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
