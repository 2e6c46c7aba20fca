"""Who has a staff account, when it was last used, and switching it off and on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.access import staff_view
from accounts.forms.people import FORGET_SECOND_STEP, OFF, ON, ChangeAccountForm
from accounts.models import User
from accounts.staff_list import staff_list


@staff_view("accounts.see_staff", "accounts.manage_staff")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    context = {"rows": staff_list(timezone.now()), "dormant_days": settings.STAFF_DORMANT_DAYS}
    return render(request, "accounts/people.html", context)


@staff_view("accounts.manage_staff")
@require_POST
def change_account(request: HttpRequest, pk: int) -> HttpResponse:
    form, user, by = ChangeAccountForm(request.POST), get_object_or_404(User, pk=pk), request.user
    if not form.is_valid():
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    what: str = form.cleaned_data["what"]
    if user.pk == by.pk:
        messages.error(request, "Ask another administrator to change your own account.")
        return redirect("staff-people")
    facts: dict[str, Any] = {"user": user, "by": by, "at": timezone.now()}
    done = _DOORS[what](**facts)
    messages.success(
        request, _WORDS[what].format(user.display_name) if done else "Nothing had to be changed."
    )
    return redirect("staff-people")


_DOORS = {
    ON: actions.switch_on,
    OFF: actions.switch_off,
    FORGET_SECOND_STEP: actions.remove_second_step,
}
_WORDS = {
    ON: "{} can sign in again.",
    OFF: "{} cannot sign in any more. Open pages end with the next click.",
    FORGET_SECOND_STEP: "{} signs in with the password alone until a new phone is set up.",
}
