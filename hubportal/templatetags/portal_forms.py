"""What the form templates in templates/portal/ need to know about a field.

One scheme of ids holds everywhere, the one govuk-frontend uses: `id_x` for the control, `id_x-hint`,
`id_x-error`, and `id_x-info` for the count under a textarea. Django's own (`id_x_helptext`, `id_x_error`) is
replaced wherever it would appear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.widgets import Input
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hubs.date_parts import PARTS, DateParts

register = template.Library()

# The first match counts, so a kind stands before the kinds it derives from.
_KINDS: tuple[tuple[type[forms.Widget], str | None], ...] = (
    (forms.FileInput, None),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (DateParts, "date"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (Input, "input"),
)


@register.filter
def kind(field: BoundField) -> str:
    """Return which template of the pack draws the field; TypeError for a widget the pack has none for."""
    widget = field.field.widget
    name = next((name for widget_class, name in _KINDS if isinstance(widget, widget_class)), None)
    if name is None:
        raise TypeError(f"The form pack has no template for {type(widget).__name__} ({field.name}).")
    return name


@register.filter
def described_by(field: BoundField) -> str:
    """Return the ids of the field's hint, error and count, in the order they are read out."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}-hint")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    if limit(field):
        ids.append(f"{field.auto_id}-info")
    return " ".join(ids)


@register.filter
def limit(field: BoundField) -> int | None:
    """Return how many characters a textarea takes, or None where there is no limit."""
    if isinstance(field.field.widget, forms.Textarea):
        return getattr(field.field, "max_length", None)
    return None


@register.simple_tag
def control(field: BoundField, css_class: str) -> SafeString:
    """Render the one control of a field with its classes and the ids that describe it.

    A textarea loses `maxlength`: it would cut a pasted text short without a word. The count and the form's
    own error say instead that it is too long.
    """
    widget = field.field.widget
    classes = [css_class, widget.attrs.get("class", "")]
    if field.errors:
        classes.insert(1, f"{css_class.split()[0]}--error")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    if ids := described_by(field):
        attrs["aria-describedby"] = ids
    if limit(field):
        attrs["maxlength"] = False
    return field.as_widget(attrs=attrs)


@dataclass(frozen=True)
class Box:
    """One of the three boxes of a date."""

    id: str
    name: str
    label: str
    value: str
    part: str
    wrong: bool
    autocomplete: str | None


@register.filter
def boxes(field: BoundField) -> list[Box]:
    """Return the boxes of a date; with `autocomplete="bday"` on the widget each box gets its part of it."""
    widget = field.field.widget
    drawn = widget.get_context(field.html_name, field.value(), {"id": field.auto_id})["widget"]["subwidgets"]
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    wrong = _parts_at_fault(field)
    whole = widget.attrs.get("autocomplete")
    return [
        Box(
            id=box["attrs"]["id"],
            name=box["name"],
            label=labels[part],
            value="" if box["value"] is None else box["value"],
            part=part,
            wrong=part in wrong,
            autocomplete=f"{whole}-{part}" if whole else None,
        )
        for part, box in zip(PARTS, drawn, strict=True)
    ]


def _parts_at_fault(field: BoundField) -> tuple[str, ...]:
    for error in field.errors.as_data():
        if error.params and "parts" in error.params:
            return tuple(error.params["parts"])
    return PARTS if field.errors else ()


@register.filter
def first_control(field: BoundField) -> str:
    """Return the id of the control an error leads to: the first choice, or the first box at fault."""
    what = kind(field)
    if what == "date":
        return next((box.id for box in boxes(field) if box.wrong), f"{field.auto_id}_0")
    if what in ("radios", "checkboxes"):
        return f"{field.auto_id}_0"
    return field.id_for_label


@dataclass(frozen=True)
class ErrorLink:
    """One line of the error summary: what is wrong, and the id of the control to put right."""

    message: str
    target: str | None


@register.filter
def error_links(form: BaseForm) -> list[ErrorLink]:
    """Return the errors of a form in the order of its fields.

    An error of the whole form leads to the first field, which is where somebody would start again. One of a
    hidden field has nothing to lead to.
    """
    visible = form.visible_fields()
    start = first_control(visible[0]) if visible else None
    links = [ErrorLink(str(message), start) for message in form.non_field_errors()]
    for field in form:
        target = None if field.is_hidden else first_control(field)
        links.extend(ErrorLink(str(message), target) for message in field.errors)
    return links


@register.simple_tag
def count_messages(limit: int) -> dict[str, str]:
    """Return the sentences of the count under a textarea; the script puts the number for `%{count}`."""
    return {
        "limit": _("You can enter up to {count} characters.").replace("{count}", str(limit)),
        "under_one": _with_count(_("You have {count} character left")),
        "under_other": _with_count(_("You have {count} characters left")),
        "at": _("You have no characters left"),
        "over_one": _with_count(_("You have {count} character too many")),
        "over_other": _with_count(_("You have {count} characters too many")),
    }


def _with_count(sentence: str) -> str:
    return sentence.replace("{count}", "%{count}")
