"""Staff accounts and roles in the console."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import User

admin.site.unregister(Group)


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Staff: who works where, in which roles. Accounts are switched off, never deleted."""

    list_display = ["username", "display_name", "home_hub", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "home_hub"]
    list_select_related = ["home_hub"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Who", {"fields": ["first_name", "last_name", "email"]}),
        ("Works at", {"fields": ["home_hub", "groups"]}),
        ("Account", {"fields": ["is_active", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [(None, {"fields": ["username", "password1", "password2", "home_hub", "groups"]})]
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
