"""One's own account: its password and its second step."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.forms.proof import CodeForm, NewPasswordForm, ProofForm, SetUpForm
from accounts.gates import SECOND_STEP_AT, go_on, must_have_second_step
from accounts.open_sessions import open_sessions
from accounts.qr import in_groups, picture_of
from accounts.security_log import note
from accounts.views.drawing import form_page, sent

SHOWN_AND_SENT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    context = {
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
        "demanded": must_have_second_step(user),
        "events": user.events.select_related("by").order_by("-at", "-pk")[:10],
        "roles": user.groups.values_list("name", flat=True),
    }
    return render(request, "accounts/account.html", context)


@sensitive_post_parameters()
@SHOWN_AND_SENT
def change_password(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = NewPasswordForm(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["new"]
        actions.change_password(user=user, password=new, by=user, at=timezone.now())
        update_session_auth_hash(request, user)
        messages.success(request, "Your password is changed. You are signed out everywhere else.")
        return go_on(request) if request.GET.get("next") else redirect("staff-account")
    return form_page(request, "accounts/password.html", form)


@sensitive_post_parameters()
@SHOWN_AND_SENT
def sessions(request: HttpRequest) -> HttpResponse:
    user, at, this = request.user, timezone.now(), request.session.session_key or ""
    form = ProofForm(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        actions.end_other_sessions(user=user, keep=this, at=at)  # type: ignore[arg-type]
        note(request, "signed out everywhere else")
        messages.success(request, "You are signed out everywhere else.")
        return redirect("staff-account")
    found = sorted(open_sessions(user, at), key=lambda each: each.key != this)  # type: ignore[arg-type]
    return form_page(request, "accounts/sessions.html", form, {"sessions": found, "this": this})


@sensitive_post_parameters()
@SHOWN_AND_SENT
def set_up_second_step(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = SetUpForm(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        codes = actions.finish_second_step(user=user, code=form.cleaned_data["code"], at=at)
        if codes:
            request.session[SECOND_STEP_AT] = int(at.timestamp())
            return _codes_page(request, codes)
        form.add_error("code", "That code is not right. Wait for the next one, and check the phone’s clock.")
    phone = actions.begin_second_step(user=user)
    context = {
        "picture": picture_of(phone.config_url),
        "secret": in_groups(phone.bin_key),
        "demanded": must_have_second_step(user),
    }
    return form_page(request, "accounts/set_up_second_step.html", form, context)


@sensitive_post_parameters()
@SHOWN_AND_SENT
def second_step(request: HttpRequest) -> HttpResponse:
    if SECOND_STEP_AT in request.session or not getattr(request.user, "has_second_step", False):
        return go_on(request)
    form = CodeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        if actions.take_code(user=request.user, code=form.cleaned_data["code"], at=at):  # type: ignore[arg-type]
            request.session.cycle_key()
            request.session[SECOND_STEP_AT] = int(at.timestamp())
            note(request, "second step taken")
            return go_on(request)
        note(request, "second step refused")
        form.add_error("code", "That code is not right. Each works once: wait for the next one.")
    return form_page(request, "accounts/second_step.html", form)


@sensitive_post_parameters()
@SHOWN_AND_SENT
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    form = ProofForm(sent(request), request=request)
    if not getattr(request.user, "has_second_step", False):
        return redirect("staff-set-up-second-step")
    if request.method == "POST" and form.is_valid():
        codes = actions.make_recovery_codes(user=request.user, at=timezone.now())  # type: ignore[arg-type]
        return _codes_page(request, codes)
    return form_page(request, "accounts/new_recovery_codes.html", form)


@sensitive_post_parameters()
@SHOWN_AND_SENT
def remove_second_step(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form: Form = ProofForm(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        actions.remove_second_step(user=user, by=user, at=timezone.now())
        messages.success(request, "Signing in takes your password alone again.")
        return redirect("staff-account")
    return form_page(request, "accounts/remove_second_step.html", form)


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes}, status=HTTPStatus.OK)
