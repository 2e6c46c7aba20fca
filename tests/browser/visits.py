"""A browser window that notes whatever a page does wrong while somebody reads it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

PROBES = (Path(__file__).parent / "probes.js").read_text()
BIG_BENGALI_FONT = "fonts/bengali."


class Window:
    """One tab of the browser, and what it had to complain of since the last page was opened."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def open(self, path: str) -> Page:
        """Open a page of the site, with nothing left over from the one before."""
        self.page.goto("about:blank")
        self.complaints.clear()
        self.requests.clear()
        self.page.goto(self.address + path)
        self.page.evaluate(PROBES)
        return self.page

    def probe(self, call: str):
        """Return what one of the probes of probes.js finds: `probe("sideways()")`."""
        return self.page.evaluate(f"probes.{call}")

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser reports the page's own 404 or 422 here, which is what was asked for.
        own_status = (
            message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        )
        if message.type in ("error", "warning") and not own_status:
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"another origin: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.complaints.append(f"{response.status}: {urlsplit(response.url).path}")

    @property
    def big_bengali_fonts(self) -> list[str]:
        """Which of the fonts that only Bengali pages need were fetched."""
        return [url for url in self.requests if BIG_BENGALI_FONT in url]


def loaded_fonts(page: Page) -> set[str]:
    """Return the families of fonts that a page has fetched, or found on the device, to show its words."""
    page.evaluate("document.fonts.ready.then(() => true)")
    return set(
        page.evaluate(
            "[...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family)"
        )
    )
