"""The administrators' console: Django's admin, opened by role and signed in to like every staff page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class Console(admin.AdminSite):
    """Django's admin site for administrators alone."""

    site_header = "Residents’ Hubs console"
    site_title = "Residents’ Hubs console"
    index_title = "Facts, hours, notices and staff"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Administrators only; Django's own `is_staff` flag plays no part."""
        return request.user.is_active and request.user.has_perm("accounts.edit_public_facts")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send people to the one sign-in page; refuse those who are signed in and may not come here."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('staff-sign-in')}?{urlencode({'next': target})}")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """Send people to the one page where staff change their own password."""
        return redirect("staff-password")


class ConsoleConfig(AdminConfig):
    default_site = "hubportal.console.Console"
