"""What the shared page frame needs to know about the page it frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

BENGALI_PREFIX = "/bn"


@dataclass(frozen=True)
class Alternate:
    """The same page in one language."""

    code: str
    name: str
    path: str
    url: str
    current: bool


class Page:
    """The page being shown: its place in both languages, for the switch, `canonical` and `hreflang`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def is_public(self) -> bool:
        """Whether the page exists in both languages."""
        return getattr(self._request, "public_page", False)

    @property
    def error_frame(self) -> str:
        """The frame that an error page at this address extends: which of the two languages comes first."""
        return f"errors/{'_bengali_first' if self._is_bengali else '_frame'}.html"

    @property
    def _is_bengali(self) -> bool:
        return self._request.path.startswith(f"{BENGALI_PREFIX}/")

    @cached_property
    def alternates(self) -> list[Alternate]:
        """This page in English and in Bengali, without its query."""
        request = self._request
        bare = request.path.removeprefix(BENGALI_PREFIX) if self._is_bengali else None
        english = bare or request.path
        return [
            Alternate(
                code,
                name,
                path=prefix + english,
                url=settings.SITE_URL + prefix + english,
                current=(code == "bn") == (bare is not None),
            )
            for (code, name), prefix in zip(settings.LANGUAGES, ("", BENGALI_PREFIX), strict=True)
        ]

    @property
    def canonical(self) -> str:
        """The full address of the page without its query."""
        return settings.SITE_URL + self._request.path


def page(request: HttpRequest) -> dict[str, Any]:
    """Give every template `page`, the `query` it was asked with, and whether this is the demo."""
    query = request.META.get("QUERY_STRING", "")
    return {"page": Page(request), "query": f"?{query}" if query else "", "demo": settings.DEMO}
