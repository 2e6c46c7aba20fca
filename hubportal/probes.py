"""What watches the portal asks: is it alive, is it ready, how is it doing. Nothing here names anybody."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hubportal import metrics as figures


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers at all. It asks no database: an outage is no reason for a restart."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and has every migration of this version, else 503; it never waits."""
    parts = {"database": "ok", "migrations": "ok"}
    try:
        if _shipped_migrations() - set(MigrationRecorder(connection).applied_migrations()):
            parts["migrations"] = "missing"
    except (DatabaseError, InterfaceError):
        parts = {"database": "away", "migrations": "unknown"}
    ready = set(parts.values()) == {"ok"}
    return JsonResponse(parts, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to whoever brings `METRICS_TOKEN`; without it there is no such page."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not wanted or not constant_time_compare(given, wanted):
        raise Http404
    return HttpResponse(figures.as_text(), content_type=figures.CONTENT_TYPE)


@cache
def _shipped_migrations() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(loader.disk_migrations)
