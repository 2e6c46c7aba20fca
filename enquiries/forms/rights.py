"""What is typed before a resident's record is given out or erased."""

from __future__ import annotations

from django import forms

from .typed_text import TypedLine

_WHY = "How they asked, and how you know that it is them. No names."


def _reason() -> TypedLine:
    return TypedLine(
        label="Why",
        help_text=_WHY,
        max_length=300,
        error_messages={"required": "Write how they asked, and how you know that it is them"},
    )


class CopyForm(forms.Form):
    """Why a copy is given out, and in which form."""

    reason = _reason()
    form = forms.ChoiceField(
        label="As",
        choices=[("html", "A page to read or print"), ("json", "A file for other programs (JSON)")],
        initial="html",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a page or a file"},
    )


class EraseForm(forms.Form):
    """Why a record is erased, and that it cannot be taken back."""

    reason = _reason()
    sure = forms.BooleanField(
        label="I know that this cannot be taken back",
        error_messages={"required": "Tick the box: erasing cannot be taken back"},
    )
