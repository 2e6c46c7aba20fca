"""What somebody who reads a page finds on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

import html5lib
from django.http import HttpResponse

_UNREAD = ("script", "style", "title", "desc")


class Reading:
    """One answer of the portal as an HTML document."""

    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status_code
        self.root: Element = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)

    @property
    def words(self) -> str:
        """What stands in <main>, with white space folded."""
        return text_of(self.one("main"))

    @property
    def headline(self) -> str:
        """The finder's answer in one sentence."""
        return text_of(self.one("hub-answer__headline"))

    def all(self, name: str) -> list[Element]:
        """Every element with this tag name, class or #id, in the order of the page."""
        return [each for each in self.root.iter() if _is(each, name)]

    def one(self, name: str) -> Element:
        """The only element with this tag name, class or #id."""
        (found,) = self.all(name)
        return found

    def texts(self, name: str) -> list[str]:
        """The words of every element with this tag name, class or #id."""
        return [text_of(each) for each in self.all(name)]

    def links(self) -> list[str]:
        """Where the page's links lead."""
        return [each.attrib["href"] for each in self.all("a")]


def text_of(element: Element) -> str:
    """The words inside an element, with white space folded; what only machines read is left out."""
    return re.sub(r"\s+", " ", "".join(_pieces(element))).strip()


def _pieces(element: Element) -> Iterable[str]:
    if element.tag not in _UNREAD:
        yield element.text or ""
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""


def _is(element: Element, name: str) -> bool:
    if not isinstance(element.tag, str):
        return False
    if name.startswith("#"):
        return element.get("id") == name[1:]
    return element.tag == name or name in element.get("class", "").split()
