"""Forms of the console that change hours: whom that hits is listed first, then it is saved and published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from hubs import actions
from hubs.after_change import Hits

SHOWN = "hits"
"""The hidden field with the ids of what was shown as hit."""


class NotShown(Exception):
    """A change hits something else than was shown before it."""

    def __init__(self, hits: list[Hits]) -> None:
        super().__init__("hits that were not shown")
        self.hits = hits


class HitsShownFirst(admin.ModelAdmin):
    """Saves a change of hours once those whom it hits were shown; until then it is undone."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show or save a form, or show first whom it hits."""
        return self._shown_first(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask and delete, or show first whom it hits."""
        return self._shown_first(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list or do what was chosen for some of it, or show first whom that hits."""
        return self._shown_first(request, super().changelist_view, *args, **kwargs)

    def publish(self, request: HttpRequest) -> None:
        """Publish the change; say whom it hit. Raises `NotShown` where others are hit than were shown."""
        hits = actions.publish_hours()
        shown = {pk for sent in request.POST.getlist(SHOWN) for pk in sent.split()}
        if shown != {pk for each in hits for pk in each.each}:
            raise NotShown(hits)
        for each in hits:
            self.message_user(request, each.told, messages.WARNING)

    def _shown_first(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        try:
            # Around what Django writes into its log before it deletes rows of a list.
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except NotShown as refused:
            return self._ask(request, refused.hits)

    def _ask(self, request: HttpRequest, hits: list[Hits]) -> HttpResponse:
        left_out = {SHOWN, "csrfmiddlewaretoken"}
        sent = [
            (name, value) for name, values in request.POST.lists() for value in values if name not in left_out
        ]
        context = self.admin_site.each_context(request) | {
            "title": "Nothing is saved yet",
            "opts": self.opts,
            "hits": hits,
            "fields": [*sent, (SHOWN, " ".join(pk for each in hits for pk in each.each))],
        }
        return TemplateResponse(request, "admin/hits.html", context)
