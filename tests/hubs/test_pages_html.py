"""Every public page, in both languages, is sound HTML that a browser need not guess at."""

import re
from collections import Counter
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest

from hubs.models import Facility, HubFacility, Notice

PATHS = [
    "/",
    "/find/",
    "/find/?postcode=E14+3HG",
    "/find/?postcode=E14+3HG&topic=housing",
    "/find/?postcode=E14+3HG&topic=benefits",
    "/find/?postcode=E1+6AN",
    "/find/?postcode=E14+3AA",
    "/find/?postcode=E14+9ZZ",
    "/find/?postcode=hello",
    "/find/?postcode=%3Cscript%3E%22'&topic=%3Cb%3E",
    "/find/too-far/",
    "/hubs/",
    "/hubs/town-hall/",
    "/hubs/bow/",
    "/topics/",
    "/topics/housing/",
    "/topics/benefits/",
    "/topics/domestic-abuse/",
    "/ask/",
    "/ask/?topic=domestic-abuse",
    "/track/",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
]
EVERY_PAGE = [prefix + path for path in PATHS for prefix in ("", "/bn")]
CONTROLS = {"input", "select", "textarea"}
LOADING = {"stylesheet", "preload", "icon"}
NAMES_AND_CODES = {"E14", "HG", "English", "AbilityNet", "axe", "AA", "EHRC", "EASS"}


@pytest.fixture
def site(topics, postcodes, hubs):
    """The cast with something in every corner of a page, some of it awkward, and Bengali names throughout."""
    for slug, name in {"town-hall": "টাউন হল", "bow": "বো", "cubitt-town": "কিউবিট টাউন"}.items():
        hubs[slug].name_bn = name
        hubs[slug].save()
    for topic in topics.values():
        topic.name_bn = "বিষয়"
        topic.save()
    facility = Facility.objects.create(slug="loop", name_en="Hearing loop & more")
    HubFacility.objects.create(
        hub=hubs["bow"], facility=facility, available="yes", note_en="Ask at the <desk>"
    )
    Notice.objects.create(
        text_en="Closed & sorry", shows_from="2020-01-01T00:00Z", shows_until="2100-01-01T00:00Z"
    )
    topics["housing"].urgent_en = "Nowhere to sleep?\nCall 999 & ask."
    topics["housing"].help_en = "Help with forms.\nCall 020 7364 5000 & ask."
    topics["housing"].bring_en = "The letter"
    topics["housing"].online_url = "https://www.towerhamlets.gov.uk/"
    topics["housing"].phone = "020 7364 5000"
    topics["housing"].save()
    hubs["bow"].about_en = "Inside the library.\nGround floor."
    hubs["bow"].getting_there_en = "By the station."
    hubs["bow"].save()


def _parse(client, path):
    response = client.get(path)
    assert response.status_code in (200, 422)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.content.decode())


def _visible(element):
    return element.get("type") != "hidden" and element.get("hidden") is None


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_page_is_sound(client, site, path):
    page = _parse(client, path)
    assert page.get("lang") == ("bn" if path.startswith("/bn") else "en")
    _check_head(page.find("head"))
    _check_headings(page)
    _check_ids_and_labels(page)
    _check_nothing_is_inline_or_from_elsewhere(page)


def _check_head(head):
    assert "".join(head.find("title").itertext()).strip()[:1] not in ("", "-")
    assert head.find("meta[@name='description']").get("content").strip() != ""


def _check_headings(page):
    assert len(list(page.iter("h1"))) == 1
    main = page.find("body").find("main")
    levels = [int(each.tag[1]) for each in main.iter() if each.tag in ("h1", "h2", "h3", "h4")]
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def _check_ids_and_labels(page):
    ids = Counter(each.get("id") for each in page.iter() if each.get("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    controls = {each.get("id") for tag in CONTROLS for each in page.iter(tag) if _visible(each)}
    assert {each.get("for") for each in page.iter("label")} == controls
    wanted = {
        name
        for each in page.iter()
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "data-hub-location")
        for name in (each.get(attribute) or "").split()
    }
    assert wanted - set(ids) == set()


def _check_nothing_is_inline_or_from_elsewhere(page):
    attributes = {name for each in page.iter() for name in each.attrib}
    assert [name for name in attributes if name == "style" or name.startswith("on")] == []
    scripts = [each for each in page.iter("script") if each.get("type") != "application/ld+json"]
    assert [each for each in scripts if "".join(each.itertext()).strip()] == []
    loaded = [each.get("src") or "" for tag in ("script", "img") for each in page.iter(tag)]
    loaded += [each.get("href") for each in page.iter("link") if each.get("rel") in LOADING]
    assert [address for address in loaded if urlsplit(address).netloc] == []


def test_every_link_inside_the_site_answers(client, site):
    links = set()
    for path in EVERY_PAGE:
        for link in _parse(client, path).iter("a"):
            address = urlsplit(urljoin(path, link.get("href")))
            if not address.scheme and not address.netloc and address.path:
                links.add(address.path + (f"?{address.query}" if address.query else ""))
    broken = {link: client.get(link).status_code for link in links - set(EVERY_PAGE)}
    assert {link: code for link, code in broken.items() if code not in (200, 422)} == {}


@pytest.mark.parametrize("path", ["/bn/", "/bn/find/?postcode=E14+3HG", "/bn/accessibility/", "/bn/privacy/"])
def test_english_on_a_bengali_page_is_marked_as_english(client, site, path):
    """Only codes and proper names stand in Latin letters outside lang="en"."""
    body = _parse(client, path).find("body")
    latin = {word for text in _texts(body, "bn") for word in re.findall(r"[A-Za-z][A-Za-z0-9.]+", text)}
    assert latin - NAMES_AND_CODES == set()


def _texts(element, lang):
    here = element.get("lang") or lang
    if here == "bn" and element.text and element.tag not in ("script", "style", "code"):
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child, here)
        if here == "bn" and child.tail:
            yield child.tail
