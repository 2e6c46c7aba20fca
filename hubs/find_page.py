"""The finder's page: which words of an answer are its own, and which it shares with other answers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from hubs.blanks import Words, filled
from hubs.borough_map import map_of
from hubs.directory import ListedHub, notices_now
from hubs.dotmap import Drawing
from hubs.finder import Findings, Found
from hubs.finding import Answer
from hubs.forms import FinderForm
from hubs.wording import metres_words, walk_words

TEMPLATE = "hubs/find.html"


@dataclass(frozen=True, slots=True)
class FoundInWords(Found[ListedHub]):
    """A hub and how far away it is, as the page says it."""

    walk: str
    distance: str


def find_page(
    request: HttpRequest,
    form: FinderForm,
    answer: Answer | None,
    listed: Sequence[ListedHub],
    *,
    at: datetime,
    seen: str,
) -> str:
    """Return the finder's page with its answer, or without one where there is none yet.

    Answers that name the same hubs in the same order share a page (`hubs.blanks`), filled with the words of
    `_words`. `listed` are the hubs already narrowed by `hubs.finding.offering`; `seen` is a `hubs.kept.stamp`
    taken before anything was read, so that a page made of what was edited meanwhile is nobody else's.
    """
    drawing = map_of(listed, answer.postcode if answer else None)
    frame = {
        "at": at,
        "stamp": seen,
        "notices": notices_now(at),
        "form": form,
        "topic": form.topic_chosen,
        "listed": listed,
        "map": drawing,
    }

    def write(words: Words) -> str:
        return render_to_string(TEMPLATE, frame | _said(answer, drawing, words), request)

    words = _words(request, answer, drawing)
    if answer is None or answer.findings is None:
        return write(words)
    return filled((seen, *_shared(form, answer, answer.findings, drawing)), at, words, write)


def _shared(
    form: FinderForm, answer: Answer, findings: Findings[ListedHub], drawing: Drawing
) -> tuple[Hashable, ...]:
    """Return what two answers have in common whose pages differ in their words only."""
    order = tuple(found.hub.hub.pk for found in findings.by_distance)
    where = str(drawing.resident.where) if drawing.resident else None
    return get_language(), form.topic_asked, answer.whereabouts, order, drawing.stamp, where


def _words(request: HttpRequest, answer: Answer | None, drawing: Drawing) -> dict[str, str]:
    """Return the words that are this request's own, by name."""
    query = request.META.get("QUERY_STRING", "")
    words = {"query": f"?{query}" if query else "", "typed": request.GET.get("postcode", "")}
    if answer:
        words["code"] = answer.code
    if answer and answer.findings:
        for place, found in enumerate(answer.findings.by_distance):
            words[f"walk {place}"] = walk_words(found.minutes)
            words[f"distance {place}"] = metres_words(found.metres)
    if drawing.resident:
        words |= {"x": str(drawing.resident.x), "y": str(drawing.resident.y)}
    return words


def _said(answer: Answer | None, drawing: Drawing, words: Words) -> dict[str, Any]:
    """Return the parts of the page's context in which `words` are set."""
    said: dict[str, Any] = {"query": words["query"], "typed": words["typed"]}
    if drawing.resident:
        said["you"] = {"x": words["x"], "y": words["y"], "where": drawing.resident.where}
    if answer and answer.findings:
        in_words = tuple(
            FoundInWords(found.hub, found.metres, words[f"walk {place}"], words[f"distance {place}"])
            for place, found in enumerate(answer.findings.by_distance)
        )
        answer = replace(answer, findings=Findings(in_words))
    if answer:
        said["answer"] = replace(answer, code=words["code"])
    return said
