"""The rows a desk starts with: outcomes, causes, services' terms and the questions they ask."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from enquiries.models import Cause, Outcome, ServiceQuestion, ServiceTerms
from hubs.actions import publish
from hubs.errors import ImportRefused
from hubs.models import Service, Topic

SHIPPED = Path(__file__).parent.parent / "data" / "desk.toml"


@transaction.atomic
def load_desk(path: Path = SHIPPED) -> Counter[str]:
    """Make the outcomes, causes, terms and questions of a file that are missing; return how many of each.

    What is there already is never changed: it is kept in the console. A service's questions are made together
    with its terms, so that one taken off the list does not come back.

    Effects, in order: rows made; the content version counted up if there were any. Raises `ImportRefused`,
    with the place in the file, for what cannot be read or breaks a rule of the models; nothing is made then.
    """
    made: Counter[str] = Counter()
    problems: list[str] = []
    for place, row in _missing(_read(path), problems):
        try:
            row.full_clean()
        except ValidationError as error:
            problems += [f"{place}: {words}" for words in error.messages]
            continue
        row.save(force_insert=True)
        made[str(row._meta.verbose_name)] += 1
    if problems:
        raise ImportRefused(problems)
    if made:
        publish()
    return made


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImportRefused([f"{path} cannot be read: {error}."]) from error


def _missing(whole: dict[str, Any], problems: list[str]) -> Iterator[tuple[str, Model]]:
    readers: dict[str, Callable[..., Iterator[Model]]] = {
        "outcomes": _outcome,
        "causes": _cause,
        "services": _service,
    }
    problems += [f"[{name}] is not a table that this file knows" for name in whole if name not in readers]
    for name, read in readers.items():
        for slug, values in whole.get(name, {}).items():
            place = f"[{name}.{slug}]"
            try:
                yield from ((place, row) for row in read(slug, **values))
            except (TypeError, ValueError, Service.DoesNotExist, Topic.DoesNotExist) as error:
                problems.append(f"{place}: {error}")


def _outcome(slug: str, *, name: list[str], **values: Any) -> Iterator[Model]:
    if not Outcome.objects.filter(slug=slug).exists():
        yield Outcome(slug=slug, **_pair("name", name), **values)


def _cause(slug: str, *, name: list[str], owner: str | None = None, **values: Any) -> Iterator[Model]:
    if not Cause.objects.filter(slug=slug).exists():
        service = Service.objects.get(slug=owner) if owner else None
        yield Cause(slug=slug, owner=service, **_pair("name", name), **values)


def _service(slug: str, *, working_days: int, questions: list[dict[str, Any]]) -> Iterator[Model]:
    service = Service.objects.get(slug=slug)
    if ServiceTerms.objects.filter(service=service).exists():
        return
    yield ServiceTerms(service=service, working_days=working_days)
    for position, question in enumerate(questions, start=1):
        yield _question(service, position, **question)


def _question(
    service: Service, position: int, *, ask: list[str], required: bool = True, topic: str | None = None
) -> ServiceQuestion:
    about = Topic.objects.get(slug=topic) if topic else None
    return ServiceQuestion(
        service=service, position=position, required=required, topic=about, **_pair("text", ask)
    )


def _pair(column: str, texts: list[str]) -> dict[str, str]:
    english, bengali = (unicodedata.normalize("NFC", text) for text in texts)
    return {f"{column}_en": english, f"{column}_bn": bengali}
