"""Words that administrators keep in two languages, in paired columns such as `name_en` and `name_bn`."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language


class LocalText(str):
    """Text that knows which language it is in.

    In a template it renders itself with a `lang` attribute when that language is not the page's, so that a
    screen reader changes voice (WCAG 3.1.2). Use `.plain` inside an attribute or a feed.
    """

    lang: str

    def __new__(cls, text: str, lang: str) -> LocalText:
        made = super().__new__(cls, text)
        made.lang = lang
        return made

    @property
    def plain(self) -> str:
        """The bare words, without markup."""
        return str.__str__(self)

    @property
    def is_foreign(self) -> bool:
        """Whether these are words, and in another language than the page's."""
        return bool(self) and self.lang != _page_language()

    def __html__(self) -> SafeString | str:
        if not self.is_foreign:
            return format_html("{}", self.plain)
        return format_html('<span lang="{}">{}</span>', self.lang, self.plain)


class Bilingual:
    """Descriptor that reads a pair of columns in the page's language, and English where Bengali is blank.

    `name = Bilingual()` on a model with `name_en` and `name_bn` makes `hub.name` a `LocalText`.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.english, self.bengali = f"{name}_en", f"{name}_bn"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        if _page_language() == "bn" and (bengali := getattr(row, self.bengali)):
            return LocalText(bengali, "bn")
        return LocalText(getattr(row, self.english), "en")


def _page_language() -> str:
    return (get_language() or "en").split("-")[0]
