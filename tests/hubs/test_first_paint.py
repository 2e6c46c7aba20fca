"""What a public page asks for before its words show. Each file more, or a larger one, shows them later."""

from pathlib import Path

import html5lib
import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
PAGES = ["/", "/find/?postcode=E14+3HG", "/hubs/", "/hubs/bow/", "/topics/", "/topics/housing/"]
IN_ONE_GO = 5840
"""Bytes of a file that a slow phone has at once beside four others.

1.6 Mbit/s at 150 ms make 21 segments of 1,460 bytes for the style sheet, two fonts, icon and map: 4 each.
"""
SERVER_LINES = 100
"""At most what the web server itself writes before each file: status, date, its name, the longer caching."""


@pytest.fixture
def parsed(client, topics, postcodes, hubs):
    """Parse a page of the public site."""

    def parse(path):
        return html5lib.parse(client.get(path).content.decode(), namespaceHTMLElements=False)

    return parse


@pytest.mark.parametrize("path", [prefix + path for path in PAGES for prefix in ("", "/bn")])
def test_words_wait_for_one_style_sheet_and_two_fonts_alone(parsed, path):
    page = parsed(path)
    kinds = [each.get("rel") for each in page.iter("link") if each.get("rel") in ("stylesheet", "preload")]

    assert sorted(kinds) == ["preload", "preload", "stylesheet"]
    assert [each.get("src") for each in page.iter("script") if each.get("src")] == []
    assert [each.get("loading") for each in page.iter("img") if each.get("loading") != "lazy"] == []


def test_each_font_comes_in_one_go_beside_four_other_files(client, parsed):
    fonts = [each.get("href") for each in parsed("/").iter("link") if each.get("rel") == "preload"]
    sizes = {}
    for address in fonts:
        response = client.get(address)
        headers = sum(len(f"{name}: {value}\r\n") for name, value in response.headers.items())
        response.close()
        body = (STATIC / address.removeprefix("/static/")).stat().st_size
        sizes[address] = headers + body + SERVER_LINES

    assert len(sizes) == 2
    assert {address: size for address, size in sizes.items() if size > IN_ONE_GO} == {}
