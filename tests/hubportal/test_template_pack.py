"""The form templates in templates/portal/, read as a browser reads them."""

from __future__ import annotations

from datetime import date

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Button, ButtonHolder, Div, Field, Fieldset, Hidden, Layout, Submit
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors, as_crispy_field, as_crispy_form
from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils import translation
from html5lib import parse

from hubportal.templatetags import portal_forms
from hubs.date_parts import DateField, DateParts

LIMIT = 40
FOCUSABLE = ("input", "select", "textarea")


class Everything(forms.Form):
    """One field of every kind the pack draws."""

    name = forms.CharField(
        label="নাম & <name>",
        help_text="As on a <letter>",
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "govuk-input--width-20"}),
    )
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    story = forms.CharField(label="Story", max_length=LIMIT, help_text="In short", widget=forms.Textarea)
    comment = forms.CharField(label="Comment", widget=forms.Textarea)
    topic = forms.ChoiceField(label="Topic", choices=[("", "Choose"), ("housing", "Housing")])
    reply = forms.ChoiceField(
        label="Reply",
        help_text="Choose one",
        choices=[("post", "Post"), ("phone", "ফোন")],
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label="Needs",
        choices=[("loop", "Hearing loop"), ("sign", "Interpreter")],
        widget=forms.CheckboxSelectMultiple,
    )
    born = DateField(
        label="Date of birth", help_text="For example, 27 3 1980", widget=DateParts({"autocomplete": "bday"})
    )
    agree = forms.BooleanField(label="You may pass this on")
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        if "name" in self.data:
            raise forms.ValidationError("Something does not fit together.")


def elements(html: str, tag: str | None = None) -> list:
    tree = parse(f"<!doctype html><title>t</title>{html}", namespaceHTMLElements=False)
    return [each for each in tree.iter() if isinstance(each.tag, str) and tag in (None, each.tag)]


def by_id(html: str) -> dict:
    return {each.get("id"): each for each in elements(html) if each.get("id")}


def text(element) -> str:
    return " ".join("".join(element.itertext()).split())


def controls(html: str) -> list:
    return [each for each in elements(html) if each.tag in FOCUSABLE and each.get("type") != "hidden"]


@pytest.fixture(params=["en", "bn"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def bad(language) -> Everything:
    """A form sent with nothing in it but a name that does not fit."""
    return Everything({"name": ""})


def test_summary_leads_to_a_control_that_can_be_focused_for_every_error(bad):
    html = as_crispy_errors(bad) + as_crispy_form(bad)
    targets = [link.get("href") for link in elements(html, "a")]
    found = by_id(html)

    assert targets == [
        "#id_name",  # of the whole form: where to start again
        "#id_name",
        "#id_email",
        "#id_password",
        "#id_story",
        "#id_comment",
        "#id_topic",
        "#id_reply_0",
        "#id_needs_0",
        "#id_born_0",
        "#id_agree",
    ]
    assert {found[target[1:]].tag for target in targets} == set(FOCUSABLE)
    assert [
        found[target[1:]].get("type") for target in targets if "hidden" in str(found[target[1:]].get("type"))
    ] == []


def test_summary_of_a_hidden_field_has_words_and_no_link(bad):
    items = elements(as_crispy_errors(bad), "li")
    assert len(items) == 12
    assert [child.tag for child in items[-1]] == []


def test_summary_is_empty_without_errors(language):
    assert as_crispy_errors(Everything()).strip() == ""


def test_every_control_has_exactly_one_label_with_words(bad):
    html = as_crispy_form(bad)
    labels = [(label.get("for"), bool(text(label))) for label in elements(html, "label")]
    assert sorted(labels) == sorted((control.get("id"), True) for control in controls(html))


def test_groups_have_a_legend(bad):
    html = as_crispy_form(bad)
    assert [text(legend) for legend in elements(html, "legend")] == ["Reply", "Needs", "Date of birth"]


def test_no_id_is_used_twice(bad):
    html = as_crispy_errors(bad) + as_crispy_form(bad)
    ids = [each.get("id") for each in elements(html) if each.get("id")]
    assert sorted(ids) == sorted(set(ids))


def test_descriptions_name_hint_then_error_then_count_and_all_exist(bad):
    html = as_crispy_form(bad)
    described = {
        each.get("id") or text(each.find("legend")): each.get("aria-describedby")
        for each in elements(html)
        if each.tag in (*FOCUSABLE, "fieldset") and each.get("aria-describedby")
    }
    assert described == {
        "id_name": "id_name-hint id_name-error",
        "id_email": "id_email-error",
        "id_password": "id_password-error",
        "id_story": "id_story-hint id_story-error id_story-info",
        "id_comment": "id_comment-error",
        "id_topic": "id_topic-error",
        "Reply": "id_reply-hint id_reply-error",
        "Needs": "id_needs-error",
        "Date of birth": "id_born-hint id_born-error",
        "id_agree": "id_agree-error",
    }
    found = by_id(html)
    assert [name for ids in described.values() for name in ids.split() if name not in found] == []


def test_good_field_has_no_trace_of_an_error(language):
    html = as_crispy_form(Everything())
    assert [
        each for each in elements(html) if "error" in (each.get("class") or "") + (each.get("id") or "")
    ] == []
    assert [each for each in elements(html) if each.get("aria-invalid")] == []


def test_words_are_escaped_and_keep_their_script(language):
    html = as_crispy_field(Everything()["name"])
    assert text(elements(html, "label")[0]) == "নাম & <name>"
    assert text(by_id(html)["id_name-hint"]) == "As on a <letter>"


def test_classes_and_autocomplete_of_the_widget_stay(bad):
    control = by_id(as_crispy_field(bad["name"]))["id_name"]
    assert control.get("class") == "govuk-input govuk-input--error govuk-input--width-20"
    assert control.get("autocomplete") == "name"


def test_textarea_with_a_limit_counts_and_does_not_cut(language):
    html = as_crispy_field(Everything()["story"])
    box = next(each for each in elements(html) if each.get("data-module") == "govuk-character-count")
    control = by_id(html)["id_story"]
    assert box.get("data-maxlength") == str(LIMIT)
    assert control.get("maxlength") is None
    assert "govuk-js-character-count" in control.get("class").split()
    assert str(LIMIT) in text(by_id(html)["id_story-info"])
    counted = [name for name in box.attrib if name.startswith("data-i18n.")]
    assert [name for name in counted if "at-limit" not in name and "%{count}" not in box.get(name)] == []
    assert len(counted) == 5
    assert [script.get("src") for script in elements(html, "script")] == ["/static/build/character-count.js"]


def test_textarea_without_a_limit_does_not_count(language):
    html = as_crispy_field(Everything()["comment"])
    assert [each for each in elements(html) if "character-count" in (each.get("class") or "")] == []
    assert elements(html, "script") == []


def test_choices_that_were_made_stay_made(language):
    form = Everything({"reply": "phone", "needs": ["loop", "sign"], "agree": "on", "topic": "housing"})
    html = as_crispy_form(form)
    ticked = [each.get("id") for each in controls(html) if each.get("checked") is not None]
    assert ticked == ["id_reply_1", "id_needs_0", "id_needs_1", "id_agree"]
    chosen = [each.get("value") for each in elements(html, "option") if each.get("selected") is not None]
    assert chosen == ["housing"]


def test_date_boxes_say_their_part_and_keep_what_was_typed(language):
    html = as_crispy_field(Everything({"born_day": "27", "born_month": "<", "born_year": "1980"})["born"])
    boxes = controls(html)
    assert [(each.get("name"), each.get("value")) for each in boxes] == [
        ("born_day", "27"),
        ("born_month", "<"),
        ("born_year", "1980"),
    ]
    assert [each.get("autocomplete") for each in boxes] == ["bday-day", "bday-month", "bday-year"]
    assert [each.get("aria-invalid") for each in boxes] == [None, "true", None]


def test_date_error_leads_to_the_box_at_fault(language):
    form = Everything({"born_day": "27", "born_month": "3", "born_year": "80"})
    assert portal_forms.first_control(form["born"]) == "id_born_2"


def test_date_shows_a_date_it_starts_with(language):
    form = Everything(initial={"born": date(1980, 3, 27)})
    assert [each.get("value") for each in controls(as_crispy_field(form["born"]))] == ["27", "3", "1980"]


def test_prefix_of_a_form_keeps_links_and_controls_together(language):
    form = Everything({"a-name": ""}, prefix="a")
    html = as_crispy_errors(form) + as_crispy_form(form)
    targets = [link.get("href")[1:] for link in elements(html, "a")]
    assert [target for target in targets if target not in by_id(html)] == []
    assert "id_a-reply_0" in targets


def test_widget_without_a_template_is_refused():
    class Upload(forms.Form):
        letter = forms.FileField()

    with pytest.raises(TypeError, match=r"no template for ClearableFileInput \(letter\)"):
        as_crispy_form(Upload())


def test_whole_form_draws_the_layout_in_its_order(language):
    form = Everything()
    form.helper = FormHelper()
    form.helper.attrs = {"id": "ask"}
    form.helper.layout = Layout(
        Fieldset("About you", "name", Field("email")),
        Div("topic", css_class="box"),
        HTML("<p>Nearly there.</p>"),
        Hidden("step", "2"),
        ButtonHolder(Submit("save", "Continue"), Button("stop", "Cancel")),
    )
    html = render_crispy_form(form, context={"csrf_token": "abc"})
    sent = elements(html, "form")[0]
    assert (sent.get("method"), sent.get("id"), sent.get("novalidate")) == ("post", "ask", "")
    assert [each.get("name") for each in elements(html) if each.tag in (*FOCUSABLE, "button")] == [
        "csrfmiddlewaretoken",
        "name",
        "email",
        "topic",
        "step",
        "save",
        "stop",
    ]
    assert [text(legend) for legend in elements(html, "legend")] == ["About you"]
    assert [(each.get("type"), text(each), each.get("class")) for each in elements(html, "button")] == [
        ("submit", "Continue", "govuk-button"),
        ("button", "Cancel", "govuk-button govuk-button--secondary"),
    ]


def test_whole_form_without_a_layout_draws_every_field(language):
    form = Everything()
    form.helper = FormHelper()
    form.helper.form_method = "get"
    form.helper.add_input(Submit("save", "Continue"))
    html = render_crispy_form(form)
    assert len(controls(html)) == 14
    assert [each for each in elements(html, "input") if each.get("name") == "csrfmiddlewaretoken"] == []
    assert [text(each) for each in elements(html, "button")] == ["Continue"]


def test_form_without_labels_keeps_them_for_screen_readers(language):
    form = Everything()
    form.helper = FormHelper()
    form.helper.form_show_labels = False
    html = as_crispy_field(form["name"])
    assert "govuk-visually-hidden" in elements(html, "label")[0].get("class").split()


def test_markup_needs_no_inline_style_or_script(bad):
    html = as_crispy_errors(bad) + as_crispy_form(bad)
    inline = [
        each
        for each in elements(html)
        if each.get("style") or any(name.startswith("on") for name in each.attrib)
    ]
    assert inline == []
    assert [each for each in elements(html, "script") if not each.get("src")] == []
