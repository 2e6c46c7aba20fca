"""The lock screen of a shared desk: the session stays, every page asks for the password until it is given."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.forms.proof import ProofForm
from accounts.gates import LOCKED_AT, go_on, locked_address
from accounts.security_log import note
from accounts.views.account import SHOWN_AND_SENT
from accounts.views.drawing import form_page, sent


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    request.session[LOCKED_AT] = int(timezone.now().timestamp())
    note(request, "locked")
    return redirect(locked_address(request.POST.get("next", "")))


@sensitive_post_parameters()
@SHOWN_AND_SENT
def locked(request: HttpRequest) -> HttpResponse:
    if LOCKED_AT not in request.session:
        return go_on(request)
    form = ProofForm(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        del request.session[LOCKED_AT]
        request.session.cycle_key()
        note(request, "unlocked")
        return go_on(request)
    return form_page(request, "accounts/locked.html", form)
