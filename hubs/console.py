"""What forms of the console have in common, whatever they keep."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

SEEN = "seen"
"""The hidden field that says up to which change the form shows what is kept; empty before the first."""


class NothingOverwritten(admin.ModelAdmin):
    """A form that does not silently put what somebody saw an hour ago over what somebody else saved since."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Any]]:
        """Return the form; sent, it looks first whether it is still about what is kept."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None or request.method != "POST":
            return form
        seen = request.POST.get(SEEN, "")

        class Fresh(form):  # type: ignore[misc, valid-type]
            def clean(self) -> Any:
                cleaned = super().clean()
                # Two who save at once come one after the other, so that the second sees the first's change.
                # Those who only name its id, such as bookings at a hub, need not wait.
                rows = obj._meta.model._base_manager.select_for_update(of=("self",), no_key=True)
                rows.filter(pk=obj.pk).first()
                latest = _latest_change(obj)
                if _number(latest) != seen:
                    raise ValidationError(_overtaken(latest))
                return cleaned

        return Fresh

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Show the form with the change that it knows of: after a refusal, sending it again is meant."""
        if obj is not None:
            context["seen"] = _number(_latest_change(obj))
        return super().render_change_form(request, context, add, change, form_url, obj)


def _latest_change(obj: Model) -> LogEntry | None:
    kind = ContentType.objects.get_for_model(obj)
    changes = LogEntry.objects.filter(content_type=kind, object_id=str(obj.pk))
    return changes.select_related("user").order_by("-pk").first()


def _number(latest: LogEntry | None) -> str:
    return str(latest.pk) if latest else ""


def _overtaken(latest: LogEntry | None) -> str:
    if latest is None:
        return "This page is out of date. Nothing was saved. Check it and save again."
    when = date_format(timezone.localtime(latest.action_time), "j F Y, H:i")
    return (
        f"{latest.user} saved other changes after you opened it ({when}: {latest.get_change_message()})"
        ". Nothing of yours was saved, and what you typed is still here. Look at “History”; to save yours in"
        " place of theirs, press Save again."
    )
