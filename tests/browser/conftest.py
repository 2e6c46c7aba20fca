"""One server, one browser and a few windows for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from script.browser import find_chromium
from script.steps import StepFailed
from tests.browser.running import FLAGS, Site, running_site
from tests.browser.visits import Window
from tests.enquiries.racing import serving, shared_database

__all__ = ["shared_database"]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 256}
"""A small phone; also what is left of 1280 × 1024 at 400 % (WCAG 1.4.10)."""


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """The portal on the production web server, with a database file of its own."""
    try:
        with running_site(tmp_path_factory.mktemp("site")) as running:
            yield running
    except StepFailed as failure:
        pytest.fail(str(failure), pytrace=False)


@pytest.fixture
def address(topics, shared_database, settings) -> Iterator[str]:
    """Where the portal answers, each request with a connection of its own; a live server shares one."""
    settings.WHITENOISE_USE_FINDERS = True
    with serving() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=FLAGS)
        yield started
        started.close()


def _window(browser: Browser, site: Site, **options) -> Iterator[Window]:
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", **options)
    # Nothing here takes long; a page that hangs shall not hang the tests.
    context.set_default_timeout(20_000)
    yield Window(context, site.address)
    context.close()


@pytest.fixture(scope="session")
def desk(browser, site) -> Iterator[Window]:
    """A window 1280 pixels wide."""
    yield from _window(browser, site, viewport=DESK)


@pytest.fixture(scope="session")
def phone(browser, site) -> Iterator[Window]:
    """A window 320 × 256 pixels large."""
    yield from _window(browser, site, viewport=PHONE)


@pytest.fixture(scope="session")
def without_script(browser, site) -> Iterator[Window]:
    """A window whose browser runs no script of the page."""
    yield from _window(browser, site, viewport=DESK, java_script_enabled=False)
