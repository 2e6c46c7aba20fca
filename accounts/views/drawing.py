"""How the pages of accounts answer: 422 where something has to be corrected."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(
    request: HttpRequest, template: str, form: Form, context: dict[str, Any] | None = None
) -> HttpResponse:
    """Return a page with a form on it: 200, or 422 when an answer in it is wrong."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, template, {"form": form} | (context or {}), status=status)
