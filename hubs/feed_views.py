"""Addresses that answer machines: no key, no sign-in, from any web page, and refusals in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from hubs import feeds, open_referral
from hubs.directory import listed_hubs
from hubs.models import Hub, Topic
from hubs.offerings import current_offerings, facilities_by_hub
from hubs.open_referral import Record
from hubs.open_referral_query import (
    NoSuchPage,
    PageQuery,
    ServiceAtLocationQuery,
    ServiceQuery,
    topics_of,
)
from hubs.public_pages import View, only_read, public_page

AnyQuery = TypeVar("AnyQuery", bound=PageQuery)

ALLOWED = "GET, HEAD, OPTIONS"
_OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Allow": ALLOWED,
    "Access-Control-Allow-Methods": ALLOWED,
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Refused(Exception):
    """A request that cannot be answered, with what to tell whoever sent it."""

    def __init__(self, status: HTTPStatus, detail: str, errors: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


def feed(view: View) -> View:
    """Make a view a public page that web pages of other sites may read, and that refuses in JSON.

    Anything but GET, HEAD and OPTIONS is answered 405.
    """
    shown = public_page(_refusing_in_json(view))

    @wraps(shown)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _open_to_all(shown(request, *args, **kwargs))

    return login_not_required(only_read(answered, _only_read))


def _only_read(request: HttpRequest) -> HttpResponse:
    if request.method == "OPTIONS":
        return _open_to_all(HttpResponse(status=HTTPStatus.NO_CONTENT, headers=_PREFLIGHT))
    response = _problem(Refused(HTTPStatus.METHOD_NOT_ALLOWED, "This address can only be read."))
    response.headers["Allow"] = ALLOWED
    return _open_to_all(response)


def _open_to_all(response: HttpResponse) -> HttpResponse:
    for name, value in _OPEN_TO_ALL.items():
        response.headers[name] = value
    return response


def _refusing_in_json(view: View) -> View:
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return _problem(refused)
        except NoSuchPage as beyond:
            return _problem(Refused(HTTPStatus.NOT_FOUND, str(beyond)))
        except Http404:
            return _problem(Refused(HTTPStatus.NOT_FOUND, "There is nothing at this address."))

    return shown


def _problem(refused: Refused) -> HttpResponse:
    """Return a refusal in the form of RFC 9457. It never repeats what was sent."""
    body: Record = {"title": refused.status.phrase, "status": refused.status, "detail": refused.detail}
    if refused.errors:
        body["errors"] = list(refused.errors)
    response = _json(body, status=refused.status)
    response.headers["Content-Type"] = "application/problem+json"
    return response


def _json(body: Record, **how: Any) -> JsonResponse:
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False}, **how)


@feed
def hubs_geojson(request: HttpRequest) -> HttpResponse:
    listed = listed_hubs(timezone.now())
    response = _json(feeds.geojson(listed, facilities_by_hub(listed)))
    response.headers["Content-Type"] = "application/geo+json"
    response.headers["Content-Language"] = "en, bn"
    return response


@feed
def hub_hours(request: HttpRequest, slug: str) -> HttpResponse:
    # Its library takes 3 MB in each worker: only where somebody asks for a calendar.
    from hubs.hours_calendar import hours_calendar

    at = timezone.now()
    for listed in listed_hubs(at, slug=slug):
        page_url = feeds.address_of("hub", slug)
        body = hours_calendar(listed, page_url=page_url, today=timezone.localdate(at))
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = f'inline; filename="{slug}-hours.ics"'
        return response
    raise Http404


@feed
def api_info(request: HttpRequest) -> HttpResponse:
    return _json(open_referral.API_INFO)


@feed
def services(request: HttpRequest) -> HttpResponse:
    query = _checked(ServiceQuery(request.GET))
    found = topics_of(query.narrow(current_offerings(timezone.now())))
    return _json(query.page_of(found, open_referral.service))


@feed
def service(request: HttpRequest, record_id: str) -> HttpResponse:
    at = timezone.now()
    offerings = [
        each for each in current_offerings(at) if open_referral.service_id(each.topic) == record_id.lower()
    ]
    if not offerings:
        raise Http404
    today = timezone.localdate(at)
    return _json(open_referral.full_service(offerings[0].topic, offerings, today=today))


@feed
def services_at_locations(request: HttpRequest) -> HttpResponse:
    query = _checked(ServiceAtLocationQuery(request.GET))
    found = query.narrow(current_offerings(timezone.now()))
    return _json(query.page_of(found, open_referral.service_at_location))


@feed
def service_at_location(request: HttpRequest, record_id: str) -> HttpResponse:
    at = timezone.now()
    for each in current_offerings(at):
        if open_referral.service_at_location_id(each) == record_id.lower():
            return _json(open_referral.full_service_at_location(each, today=timezone.localdate(at)))
    raise Http404


@feed
def taxonomies(request: HttpRequest) -> HttpResponse:
    return _page(request, open_referral.taxonomies())


@feed
def taxonomy(request: HttpRequest, record_id: str) -> HttpResponse:
    return _one_of(open_referral.taxonomies(), record_id)


@feed
def taxonomy_terms(request: HttpRequest) -> HttpResponse:
    return _page(request, open_referral.taxonomy_terms(_offered_topics()))


@feed
def taxonomy_term(request: HttpRequest, record_id: str) -> HttpResponse:
    return _one_of(open_referral.taxonomy_terms(_offered_topics()), record_id)


@feed
def no_such_record(request: HttpRequest, rest: str) -> HttpResponse:
    raise Http404


@public_page
def sitemap(request: HttpRequest, portal_pages: Sequence[str] = ()) -> HttpResponse:
    """List every public page in both languages; `portal_pages` are the names of those outside this app."""
    today = timezone.localdate()
    pages: list[tuple[str, ...]] = [
        (name,) for name in ("home", "find", "hub-list", "topic-list", *portal_pages)
    ]
    pages += [("hub", slug) for slug in Hub.objects.current(today).values_list("slug", flat=True)]
    pages += [("topic", slug) for slug in Topic.objects.current(today).values_list("slug", flat=True)]
    languages = ("en", "bn")
    addresses = [{code: feeds.address_of(*page, language=code) for code in languages} for page in pages]
    return render(request, "hubs/sitemap.xml", {"addresses": addresses}, content_type="application/xml")


def _checked(query: AnyQuery) -> AnyQuery:
    """Return the query if every parameter can be used. Raises Refused, 400, naming those that cannot."""
    if query.is_valid():
        return query
    errors = [
        {"parameter": name, "detail": str(message)}
        for name, messages in query.errors.items()
        for message in messages
    ]
    raise Refused(HTTPStatus.BAD_REQUEST, "A parameter cannot be used.", errors)


def _page(request: HttpRequest, records: list[Record]) -> HttpResponse:
    query = _checked(PageQuery(request.GET))
    return _json(query.page_of(records, lambda record: record))


def _one_of(records: list[Record], record_id: str) -> HttpResponse:
    for record in records:
        if record["id"] == record_id.lower():
            return _json(record)
    raise Http404


def _offered_topics() -> list[Topic]:
    return topics_of(current_offerings(timezone.now()))
