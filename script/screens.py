"""`script/screens`: a gallery of every page for somebody to look through, and how hard each is to read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from script import setup
from script.reading_age import reading_age
from script.steps import ROOT, VENV, StepFailed, explain, one_set_up_at_a_time

GALLERY = ROOT / "var" / "screens"
WIDTHS = {1280: 900, 320: 640}
"""Heights of the window by its width; a picture shows the whole page, however long."""

AIM = 9
"""Years: who reads as a nine-year-old does shall understand every public page."""

_BLOCKS = """() => {
  const kinds = "p, li, h1, h2, h3, legend, label, dt, dd, caption, .govuk-hint"
  return [...document.querySelectorAll("main")].flatMap((main) => [...main.querySelectorAll(kinds)])
    .filter((each) => !each.querySelector(kinds) && each.checkVisibility())
    .filter((each) => !each.closest("[lang]:not(html):not([lang^=en])"))
    .map((each) => each.innerText)
}"""


@dataclass(frozen=True)
class Picture:
    """One page as it was seen at one width."""

    path: str
    width: int
    file: str


def main(arguments: list[str]) -> int:
    """Take the pictures, write the index, print the reading ages; returns the exit code."""
    if Path(sys.prefix).resolve() != VENV.resolve():
        return _again_inside(arguments)
    try:
        pictures, ages = _look_around()
    except StepFailed as failure:
        explain(failure)
        return 1
    (GALLERY / "index.html").write_text(index_of(pictures), encoding="utf-8")
    print(table_of(ages))
    print(f"{len(pictures)} pictures: {GALLERY.relative_to(ROOT) / 'index.html'}")
    return 0


def index_of(pictures: list[Picture]) -> str:
    """Return the gallery's page: each address once, with its pictures side by side."""
    by_path: dict[str, list[Picture]] = {}
    for each in pictures:
        by_path.setdefault(each.path, []).append(each)
    sections = [
        f"<h2>{escape(path)}</h2>\n<p>"
        + "\n".join(
            f'<a href="{each.file}"><img src="{each.file}" width="{360 if each.width > 320 else 120}"'
            f' loading="lazy" alt="{escape(path)} at {each.width} pixels"></a>'
            for each in shown
        )
        + "</p>"
        for path, shown in by_path.items()
    ]
    head = (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head><meta charset="utf-8"><title>Every page</title></head>\n'
    )
    return head + "<body>\n<h1>Every page</h1>\n" + "\n".join(sections) + "\n</body>\n</html>\n"


def table_of(ages: dict[str, float | None]) -> str:
    """Return the reading ages as lines of text, the hardest page first."""
    lines = [f"Reading age in years, aim {AIM}:"]
    for path, age in sorted(ages.items(), key=lambda pair: -(pair[1] or 0)):
        lines.append(f"  {age or 0:5.1f}{' *' if (age or 0) > AIM else '  '} {path}")
    over = sum((age or 0) > AIM for age in ages.values())
    return "\n".join([*lines, f"{len(ages)} pages, {over} of them over the aim (*)."])


def _again_inside(arguments: list[str]) -> int:
    with one_set_up_at_a_time():
        setup.set_up_for_tests()
    return subprocess.run(
        [str(setup.PYTHON), "-m", "script.screens", *arguments], cwd=ROOT, check=False
    ).returncode


def _look_around() -> tuple[list[Picture], dict[str, float | None]]:
    # What stands below needs the packages for tests, which this module must not need to start.
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.browser.settings")
    django.setup()
    from playwright.sync_api import sync_playwright

    from script.browser import find_chromium

    pages, staff_pages, running = (
        import_module(f"tests.browser.{name}") for name in ("pages", "staff_pages", "running")
    )
    shutil.rmtree(GALLERY, ignore_errors=True)
    pictures: list[Picture] = []
    ages: dict[str, float | None] = {}
    with (
        tempfile.TemporaryDirectory(prefix="hubs-screens-") as folder,
        running.running_site(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=running.FLAGS)
        for width, height in WIDTHS.items():
            (GALLERY / str(width)).mkdir(parents=True)
            context = browser.new_context(
                locale="en-GB", reduced_motion="reduce", viewport={"width": width, "height": height}
            )
            page = context.new_page()
            pictures += _pictures(page, site.address, pages.EVERY_PAGE, width)
            if not ages:
                ages = dict(_ages(page, site.address, pages.IN_ENGLISH))
            running.sign_in(page, site.address)
            pictures += _pictures(page, site.address, staff_pages.PATHS, width)
            context.close()
        browser.close()
    return pictures, ages


def _pictures(page: Any, address: str, paths: list[str], width: int) -> Iterator[Picture]:
    for number, path in enumerate(paths):
        page.goto(address + path)
        kind = "staff" if path.startswith("/staff/") and "sign-in" not in path else "public"
        file = f"{width}/{kind}-{number:03}.jpg"
        page.screenshot(path=str(GALLERY / file), full_page=True, type="jpeg", quality=70)
        print(f"{width:5} {path}", flush=True)
        yield Picture(path, width, file)


def _ages(page: Any, address: str, paths: list[str]) -> Iterator[tuple[str, float | None]]:
    for path in paths:
        page.goto(address + path)
        yield path, reading_age(page.evaluate(_BLOCKS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
