"""Finished parts of pages, kept in this process: `{% kept "hub row" each.stamp %}…{% endkept %}`."""

from __future__ import annotations

from django import template
from django.template import Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.utils.translation import get_language

from hubs.kept import kept_part

register = template.Library()


class KeptPart(Node):
    """A part of a page that is written once for each language and each value of what it depends on."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, name: str, depends_on: list[FilterExpression]) -> None:
        self.nodelist, self.name, self.depends_on = nodelist, name, depends_on

    def render(self, context: Context) -> str:
        """Return the part as it was written the first time."""
        values = [each.resolve(context, ignore_failures=True) for each in self.depends_on]
        key = (self.name, get_language(), *values)
        return kept_part(key, lambda: self.nodelist.render(context))


@register.tag
def kept(parser: Parser, token: Token) -> KeptPart:
    """Keep what stands up to `endkept`.

    The name comes first, then everything that the part depends on: hashable values, among them a stamp of
    `hubs.kept.stamp` where it shows content or the time. The language is always among them. Raises
    TemplateSyntaxError without a quoted name.
    """
    _, *words = token.split_contents()
    if not words or words[0][0] not in "\"'":
        raise template.TemplateSyntaxError("kept takes a name in quotes and what the part depends on.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptPart(nodelist, words[0][1:-1], [parser.compile_filter(word) for word in words[1:]])
