"""`python -m bench weight`: what a browser has to fetch for each public page, as it comes over the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from bench.ratios import Aim
from bench.site import PORTAL, Planned, prepared_site, running
from bench.tables import BenchBroken, print_table
from script.browser import find_chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
START_AT = ("/", "/bn/", "/find/?postcode=E14+3HG", "/bn/find/?postcode=E14+3HG", "/find/?postcode=no+such")
NOT_PUBLIC = ("/staff/", "/console/", "/static/")
MOST_PAGES = 240
_NUMBER = re.compile(r"\d+")
FIRST_WINDOW = 14_336
"""Bytes of HTML and CSS: ten TCP segments, what a server may send before it hears back (RFC 6928)."""
FIRST_VIEW = 61_440
MOST_REQUESTS = 8


@dataclass
class Load:
    """One cold view of a page: bytes over the wire by kind of resource, response headers included."""

    path: str
    status: int = 0
    fetched: list[tuple[str, str, int]] = field(default_factory=list)
    """Kind, address without its query, and bytes of each request."""
    encodings: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)

    @property
    def html_and_css(self) -> int:
        """What must be there before anything can be drawn."""
        return self.bytes_of("Document") + self.bytes_of("Stylesheet")

    @property
    def whole(self) -> int:
        """Everything."""
        return sum(size for _, _, size in self.fetched)

    @property
    def requests(self) -> int:
        """How many files were fetched."""
        return len(self.fetched)

    def bytes_of(self, kind: str) -> int:
        """Bytes of one kind of resource, as Chromium calls it: Document, Stylesheet, Font …"""
        return sum(size for found, _, size in self.fetched if found == kind)


def measure_weight() -> list[Aim]:
    """Load every public page cold, print a line for each; returns the aims. Raises BenchBroken."""
    from playwright.sync_api import sync_playwright

    with (
        prepared_site() as site,
        running(site, [Planned("portal", PORTAL)]) as [portal],
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=list(FLAGS))
        loads = _every_page(browser, portal.address)
        at_a_desk = _load(browser, portal.address, "/", DESK)
        browser.close()
    kinds = ("Document", "Stylesheet", "Script", "Font", "Image")
    print()
    print_table(
        ["Page, cold, on a phone", "status", "HTML+CSS", *kinds, "other", "all", "requests"],
        [_row(load, kinds) for load in [*loads, at_a_desk]],
    )
    heaviest = max(loads, key=lambda load: load.html_and_css)
    print("\nThe first view of / fetches:")
    for kind, path, size in loads[0].fetched:
        print(f"  {size:>7,}  {kind:<10}  {path}")
    for load in loads:
        if "none" in load.encodings:
            print(f"not compressed: HTML or CSS of {load.path}")
    first = max(loads[0], at_a_desk, key=lambda load: load.whole)
    return [
        Aim(
            f"HTML + CSS, heaviest page ({heaviest.path})", heaviest.html_and_css, FIRST_WINDOW, unit=" bytes"
        ),
        Aim("pages not compressed", sum("none" in load.encodings for load in loads), 0),
        Aim("everything on the first view of /", first.whole, FIRST_VIEW, unit=" bytes"),
        Aim("requests on the first view of /", max(loads[0].requests, at_a_desk.requests), MOST_REQUESTS),
    ]


def _every_page(browser: Any, address: str) -> list[Load]:
    """The start pages and every public page that links lead to from there, each loaded once.

    Of pages that differ in a date or a time only, such as the days with free appointments, the first.
    """
    found, loads = list(START_AT), []
    kinds = {_NUMBER.sub("0", path) for path in found}
    for path in found:
        loads.append(_load(browser, address, path, PHONE))
        for link in loads[-1].links:
            parts = urlsplit(urldefrag(urljoin(address + path, link)).url)
            if f"{parts.scheme}://{parts.netloc}" != address or parts.query or parts.path in found:
                continue
            kind = _NUMBER.sub("0", parts.path)
            if kind not in kinds and not parts.path.startswith(NOT_PUBLIC) and parts.path.endswith("/"):
                kinds.add(kind)
                found.append(parts.path)
        if len(found) > MOST_PAGES:
            raise BenchBroken(f"more than {MOST_PAGES} public pages: something links without end")
    return loads


def _load(browser: Any, address: str, path: str, screen: dict[str, int]) -> Load:
    """Fetch one page with an empty cache, counting what the browser's network layer received."""
    context = browser.new_context(viewport=screen, device_scale_factor=2)
    page = context.new_page()
    load, kinds = Load(path if screen == PHONE else f"{path} (1280 px)"), {}
    network = context.new_cdp_session(page)
    network.send("Network.enable")

    def responded(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = (event["type"], urlsplit(event["response"]["url"]).path)
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        if event["type"] in ("Document", "Stylesheet"):
            load.encodings.add(headers.get("content-encoding", "none"))

    def finished(event: dict[str, Any]) -> None:
        load.fetched.append((*kinds[event["requestId"]], int(event["encodedDataLength"])))

    network.on("Network.responseReceived", responded)
    network.on("Network.loadingFinished", finished)
    response = page.goto(address + path, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    load.status = response.status
    load.links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    _add_icon(page, load)
    context.close()
    return load


def _add_icon(page: Any, load: Load) -> None:
    """Count the tab's icon too: a headless browser may have no tab and not fetch it."""
    icon = page.evaluate("(document.querySelector('link[rel~=icon]') || {href: '/favicon.ico'}).href")
    address = urljoin(page.url, icon)
    path = urlsplit(address).path
    if path in (fetched for _, fetched, _ in load.fetched):
        return
    headers = page.request.get(address, headers={"Accept-Encoding": "br"}).headers
    head = sum(len(name) + len(value) + 4 for name, value in headers.items())
    load.fetched.append(("Icon", path, head + int(headers.get("content-length", 0))))


def _row(load: Load, kinds: tuple[str, ...]) -> list[str]:
    counted = [load.bytes_of(kind) for kind in kinds]
    numbers = [load.html_and_css, *counted, load.whole - sum(counted), load.whole, load.requests]
    return [load.path, str(load.status), *(f"{number:,}" for number in numbers)]
