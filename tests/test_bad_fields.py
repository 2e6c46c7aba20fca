"""Naughty and a thousand made-up texts through every field of every form: never a fault of ours.

`FULL_TESTS=1` makes up ten thousand, `NAUGHTY_STRINGS=<file>` adds a list of more. Fields are asked one by
one without a request, so that many can be tried; tests/test_bad_input.py sends whole forms.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseFormSet, CharField, Field, Form

from accounts.forms.people import ChangeAccountForm
from accounts.forms.proof import CodeForm
from enquiries.forms.enquiries import SearchForm, SlipForm
from enquiries.forms.residents import MergeForm, RecordViewsForm
from enquiries.models import Resident
from hubs.forms import FinderForm, LocationForm
from hubs.models import Hub, Topic
from hubs.open_referral_query import PageQuery, ServiceAtLocationQuery, ServiceQuery
from reports.forms import AskForm, ExportForm
from reports.months import Month
from tests.amounts import FULL
from tests.later_pages import (  # noqa: F401 - fixtures
    asked_online,
    book,
    clock,
    housing,
    later_pages,
    log,
    outcomes,
    plan,
    refer,
    slots,
)
from tests.made_up import MADE_UP, made_up_texts
from tests.naughty import NAUGHTY, as_sent, listed
from tests.test_access import story  # noqa: F401 - a fixture
from tests.test_bad_input import pages_of, send, signed_in, site  # noqa: F401 - a fixture

WHOLE = 1_000 if FULL else 100
"""How many texts go through a whole form, with its own rules and the model's: those ask the database."""
ALSO = {
    "nobody": ["/staff/sign-in/"],
    "administrator": ["/console/hubs/hub/add/", "/console/hubs/topic/add/"],
}
"""Pages whose forms are too large to be sent whole a hundred times, or that pages_of leaves to staff."""
FORMS = {"desk": 11, "manager": 17, "administrator": 13, "nobody": 5, "no page": 12}
"""Who meets how many forms, at least: a page that hides its form from the search would go untested."""
APPS = {"hubs", "accounts", "enquiries", "appointments", "reports"}


def forms_of(context) -> Iterator[BaseForm]:
    """Every form that a page was made with, those of the console's rows included."""
    for layer in context or []:
        for value in list(layer.dicts if hasattr(layer, "dicts") else [layer]):
            for each in value.values():
                yield from _forms_in(each)


def _forms_in(value) -> Iterator[BaseForm]:
    if isinstance(value, BaseForm):
        yield value
    elif isinstance(value, BaseFormSet):
        yield value.empty_form
    elif isinstance(value, dict):
        for each in value.values():
            yield from _forms_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _forms_in(getattr(each, "formset", each))
    elif hasattr(value, "form") and isinstance(value.form, BaseForm):
        yield value.form


def every_text() -> list[str]:
    """What is typed into each field: made up, our own collection, and what `NAUGHTY_STRINGS` lists."""
    return list(map(as_sent, [*made_up_texts(), *NAUGHTY, *listed()]))


def every_form(who: str, site, later_pages) -> dict[str, BaseForm]:  # noqa: F811
    """The forms that somebody meets, one of each class and set of fields, by class and page."""
    found: dict[tuple, tuple[str, BaseForm]] = {}
    people, story = site  # noqa: F811
    if who == "no page":
        return {type(form).__name__: form for form in forms_without_a_page()}
    client = signed_in(people, who)
    pages = [(path, {}) for path in pages_of(who, story) + ALSO.get(who, [])] + later_pages.get(who, [])
    for path, before in pages:
        # A form that a page keeps in memory is only there again when it was sent with mistakes.
        for answer in (client.get(path), send(client, path, list(before.items()))):
            for form in forms_of(answer.context):
                found.setdefault((type(form), *form.fields), (path, form))
    return {f"{type(form).__name__} at {path}": form for path, form in found.values()}


def forms_without_a_page() -> list[BaseForm]:
    """Forms that views keep to themselves: what they read from addresses, searches and single buttons."""
    topics, hubs = list(Topic.objects.all()), list(Hub.objects.all())
    alone = [
        *(ServiceQuery, ServiceAtLocationQuery, PageQuery, LocationForm, SearchForm, SlipForm),
        *(RecordViewsForm, ChangeAccountForm, CodeForm, ExportForm),
    ]
    return [
        *(each() for each in alone),
        FinderForm(topics=topics),
        MergeForm(residents=Resident.objects.all()),
        AskForm(months=[Month(2024, 5)], hubs=hubs, topics=topics),
    ]


def fault_of(form: BaseForm, name: str, field: Field, text: str) -> str:
    """What goes wrong when somebody types this into this field: nothing, if it is refused or can be kept."""
    typed = field.widget.value_from_datadict({form.add_prefix(name): text}, {}, form.add_prefix(name))
    try:
        cleaned = field.clean(typed)
    except ValidationError:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it would have been a 500
        return repr(error)
    if isinstance(cleaned, str):
        try:
            cleaned.encode()
        except UnicodeEncodeError:
            return "no database keeps half a character"
        if "\x00" in cleaned:
            return "PostgreSQL keeps no NUL"
    return ""


def is_own(field: Field) -> bool:
    """Whether a text can be typed there and needs no row of the database to be judged."""
    return not hasattr(field, "queryset") and not field.disabled


@pytest.mark.parametrize("who", FORMS)
def test_made_up_texts_in_every_field_are_refused_or_can_be_kept(who, site, later_pages):  # noqa: F811
    forms = every_form(who, site, later_pages)
    faults = {
        (form_name, name): (fault, text)
        for form_name, form in forms.items()
        for name, field in form.fields.items()
        if is_own(field)
        for text in every_text()
        if (fault := fault_of(form, name, field, text))
    }

    assert faults == {}
    assert len(made_up_texts()) == MADE_UP
    assert len(forms) >= FORMS[who]


@pytest.mark.parametrize("who", FORMS)
def test_made_up_texts_in_all_fields_at_once_pass_the_rules_of_the_form(who, site, later_pages):  # noqa: F811
    for form in every_form(who, site, later_pages).values():
        form.is_bound = True
        for text in map(as_sent, made_up_texts()[:: MADE_UP // WHOLE] + listed()):
            form.data, form.is_bound, form._errors = (
                dict.fromkeys(map(form.add_prefix, form.fields), text),
                True,
                None,
            )
            form.full_clean()
            assert form.errors or form.cleaned_data is not None


def test_every_form_of_ours_is_met_by_somebody(site, later_pages):  # noqa: F811
    met = {type(form) for who in FORMS for form in every_form(who, site, later_pages).values()}
    ours = {each for each in forms_below(BaseForm) if each.__module__.split(".")[0] in APPS}
    unmet = {each.__name__ for each in ours if not any(issubclass(one, each) for one in met)}

    assert unmet == set()


def forms_below(form: type[BaseForm]) -> Iterator[type[BaseForm]]:
    """Every class of form that is made from this one."""
    for each in form.__subclasses__():
        yield each
        yield from forms_below(each)


class Broken(CharField):
    """Believes `isdigit`, as a view of ours once did."""

    def clean(self, value: str) -> int:
        return int(value) if value.isdigit() else 0


class Careless(CharField):
    """Takes what no database takes."""

    def clean(self, value: str) -> str:
        return value


class BadForm(Form):
    number = Broken()
    words = Careless()


@pytest.mark.parametrize(("name", "text"), [("number", "²"), ("words", "a\x00b"), ("words", "\ud800")])
def test_a_field_that_is_broken_is_found(name, text):
    form = BadForm()

    assert fault_of(form, name, form.fields[name], text) != ""
    assert fault_of(form, name, form.fields[name], "fine") == ""
