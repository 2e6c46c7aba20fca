"""Staff accounts, roles and the log of changes in the console."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.forms import CheckboxSelectMultiple, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AccountEvent, User, What
from accounts.models.recovery_codes import new_code
from hubs.console import NothingOverwritten

admin.site.unregister([Group, TOTPDevice])


class NewAccountForm(AdminUserCreationForm):
    """A new account, whose password is to be changed at the first sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _with_a_made_up_one(self.fields["password1"].help_text)

    def save(self, commit: bool = True) -> User:
        self.instance.password_is_temporary = True
        return super().save(commit)


class GivenPasswordForm(AdminPasswordChangeForm):
    """A password that somebody gives to somebody else, to be changed at the next sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _with_a_made_up_one(self.fields["password1"].help_text)

    def save(self, commit: bool = True) -> User:
        self.user.password_is_temporary = True
        return super().save(commit)


def _with_a_made_up_one(rules: Any) -> str:
    """Return the rules for passwords with a password that nobody can guess: people make up poor ones."""
    words = "{}<p>Made up for this account: <code>{}</code>. They choose their own at the first sign-in.</p>"
    return format_html(words, rules, new_code())


@admin.register(User)
class StaffAdmin(NothingOverwritten, UserAdmin):
    """Staff: who works where, in which roles. Accounts are switched off, never deleted."""

    add_form = NewAccountForm
    change_password_form = GivenPasswordForm
    list_display = ["username", "display_name", "home_hub", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "home_hub"]
    list_select_related = ["home_hub"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Who", {"fields": ["first_name", "last_name", "email"]}),
        ("Works at", {"fields": ["home_hub", "groups", "services"]}),
        ("Account", {"fields": ["is_active", "directory_id", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2", "home_hub", "groups", "services"]})
    ]
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Show roles and services as boxes to tick: nobody has to know which key chooses a second one."""
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_form(self, request: HttpRequest, form: ModelForm[Any], change: bool) -> Any:
        """Keep an empty directory id as none: two accounts without one are not the same person."""
        user = super().save_form(request, form, change)
        user.directory_id = user.directory_id or None
        return user

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        """Save, and count an account that is switched on again as unused from now."""
        at = timezone.now()
        switched = change and "is_active" in form.changed_data
        if switched and obj.is_active:
            obj.switched_on_at = at
        super().save_model(request, obj, form, change)
        if switched:
            what = What.SWITCHED_ON if obj.is_active else What.SWITCHED_OFF
            by: Any = request.user
            AccountEvent.objects.create(account=obj, what=what, by=by, at=at)


class Unchangeable(admin.ModelAdmin):
    """A log: read by those who manage staff, changed by nobody, in the database neither (migration 0004)."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("accounts.manage_staff")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(LogEntry)
class LogEntryAdmin(Unchangeable):
    """Every change made in the console: who, when, what."""

    list_display = ["action_time", "user", "content_type", "object_repr", "in_words"]
    list_filter = ["action_flag", ("content_type", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__username"]
    date_hierarchy = "action_time"
    list_per_page = 50

    @admin.display(description="what was changed")
    def in_words(self, entry: LogEntry) -> str:
        """The change in a sentence."""
        return entry.get_change_message()


@admin.register(AccountEvent)
class AccountEventAdmin(Unchangeable):
    """What was done to accounts outside of the console's forms."""

    list_display = ["at", "account", "what", "details", "by_whom"]
    list_filter = ["what"]
    list_select_related = ["account", "by"]
    search_fields = ["account__username", "by__username"]
    date_hierarchy = "at"
    list_per_page = 50

    @admin.display(description="by", ordering="by", empty_value="The portal itself")
    def by_whom(self, event: AccountEvent) -> User | None:
        """Who did it."""
        return event.by
