"""Figures for Prometheus, off unless `METRICS_TOKEN` is set: counts, times and address patterns only.

Each worker process keeps its figures in a file of its own below `METRICS_DIR`, and whichever worker is asked
adds them all up. The folder must be empty when the portal starts.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

_METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that was answered. `route` is a pattern, never an address."""
    figures = _figures()
    figures["requests"].labels(method if method in _METHODS else "other", route, status).inc()
    figures["seconds"].labels(route).observe(seconds)


def note_outage(ending: str) -> None:
    """Count a request that met a database it could not use: "answered" after a wait, or "refused"."""
    if settings.METRICS_TOKEN:
        _figures()["outages"].labels(ending).inc()


def as_text() -> bytes:
    """Return all figures, those of every worker added up, in Prometheus' text format."""
    figures = _figures()
    registry: CollectorRegistry = figures["registry"]
    if settings.METRICS_DIR:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=str(settings.METRICS_DIR))
    return generate_latest(registry)


@cache
def _figures() -> dict[str, Any]:
    registry = CollectorRegistry()
    return {
        "registry": registry,
        "requests": Counter(
            "hubs_requests", "Requests answered", ["method", "route", "status"], registry=registry
        ),
        "seconds": Histogram(
            "hubs_request_seconds", "Seconds to answer", ["route"], buckets=_SECONDS, registry=registry
        ),
        "outages": Counter(
            "hubs_outages", "Requests that met an unusable database", ["ending"], registry=registry
        ),
    }
