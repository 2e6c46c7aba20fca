"""`python -m bench weight`: what a browser has to fetch for each public page, as it comes over the wire."""

from __future__ import annotations

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
MOST_PAGES = 120
FIRST_WINDOW = 14_336
"""Bytes of HTML and CSS: ten TCP segments, what a server may send before it hears back (RFC 6928)."""
FIRST_VIEW = 61_440
MOST_REQUESTS = 8


@dataclass
class Load:
    """One cold view of a page: bytes over the wire by kind of resource, response headers included."""

    path: str
    status: int = 0
    requests: int = 0
    encodings: set[str] = field(default_factory=set)
    bytes_by_kind: dict[str, int] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)

    @property
    def html_and_css(self) -> int:
        """What must be there before anything can be drawn."""
        return self.bytes_by_kind.get("Document", 0) + self.bytes_by_kind.get("Stylesheet", 0)

    @property
    def whole(self) -> int:
        """Everything."""
        return sum(self.bytes_by_kind.values())


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
    first = max(loads[0], at_a_desk, key=lambda load: load.whole)
    return [
        Aim(
            f"HTML + CSS, heaviest page ({heaviest.path})", heaviest.html_and_css, FIRST_WINDOW, unit=" bytes"
        ),
        Aim("everything on the first view of /", first.whole, FIRST_VIEW, unit=" bytes"),
        Aim("requests on the first view of /", max(loads[0].requests, at_a_desk.requests), MOST_REQUESTS),
    ]


def _every_page(browser: Any, address: str) -> list[Load]:
    """The start pages and every public page that links lead to from there, each loaded once."""
    found, loads = list(START_AT), []
    for path in found:
        loads.append(_load(browser, address, path, PHONE))
        for link in loads[-1].links:
            parts = urlsplit(urldefrag(urljoin(address + path, link)).url)
            if f"{parts.scheme}://{parts.netloc}" != address or parts.query or parts.path in found:
                continue
            if not parts.path.startswith(NOT_PUBLIC) and parts.path.endswith("/"):
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
        kinds[event["requestId"]] = event["type"]
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        if event["type"] in ("Document", "Stylesheet"):
            load.encodings.add(headers.get("content-encoding", "none"))

    def finished(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        load.bytes_by_kind[kind] = load.bytes_by_kind.get(kind, 0) + int(event["encodedDataLength"])
        load.requests += 1

    network.on("Network.responseReceived", responded)
    network.on("Network.loadingFinished", finished)
    response = page.goto(address + path, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    load.status = response.status
    load.links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    _add_icon(page, load)
    context.close()
    if load.encodings != {"br"}:
        raise BenchBroken(f"{path}: HTML and CSS came as {sorted(load.encodings)}, not with brotli")
    return load


def _add_icon(page: Any, load: Load) -> None:
    """Count the tab's icon too: a headless browser has no tab and does not fetch it."""
    icon = page.evaluate("(document.querySelector('link[rel~=icon]') || {href: '/favicon.ico'}).href")
    response = page.request.get(urljoin(page.url, icon), headers={"Accept-Encoding": "br"})
    sizes = response.headers
    head = sum(len(name) + len(value) + 4 for name, value in sizes.items())
    load.bytes_by_kind["Icon"] = head + int(sizes.get("content-length", 0))
    load.requests += 1


def _row(load: Load, kinds: tuple[str, ...]) -> list[str]:
    counted = [load.bytes_by_kind.get(kind, 0) for kind in kinds]
    numbers = [load.html_and_css, *counted, load.whole - sum(counted), load.whole, load.requests]
    return [load.path, str(load.status), *(f"{number:,}" for number in numbers)]
