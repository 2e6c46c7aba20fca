"""What administrators keep about the desk in the console. No visit, enquiry or resident is shown here."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from enquiries.models import Cause, Outcome, RetentionPeriod, ServiceQuestion, ServiceTerms
from hubs.admin import PublicFactsAdmin


class DeskRowsAdmin(PublicFactsAdmin):
    """Rows that history refers to: retired, never deleted. Each change is published to the desks."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Outcome)
class OutcomeAdmin(DeskRowsAdmin):
    list_display = ["name_en", "group", "key", "position", "retired_on"]
    list_filter = ["group"]
    search_fields = ["name_en", "name_bn"]


@admin.register(Cause)
class CauseAdmin(DeskRowsAdmin):
    list_display = ["name_en", "owner", "position", "retired_on"]
    list_select_related = ["owner"]
    search_fields = ["name_en", "name_bn"]


@admin.register(ServiceTerms)
class ServiceTermsAdmin(DeskRowsAdmin):
    list_display = ["service", "working_days", "lead"]
    list_select_related = ["service", "lead"]


@admin.register(ServiceQuestion)
class ServiceQuestionAdmin(DeskRowsAdmin):
    list_display = ["text_en", "service", "topic", "required", "position", "retired_on"]
    list_filter = ["service"]
    list_select_related = ["service", "topic"]
    search_fields = ["text_en", "text_bn"]


@admin.register(RetentionPeriod)
class RetentionPeriodAdmin(PublicFactsAdmin):
    """Periods that the council has decided; residents read them on the privacy page."""

    list_display = ["period", "months", "decided_on", "source"]
