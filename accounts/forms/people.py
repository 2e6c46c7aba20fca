"""What is done to somebody's account from the list of staff."""

from __future__ import annotations

from django import forms

ON, OFF, FORGET_SECOND_STEP = "on", "off", "forget-second-step"


class ChangeAccountForm(forms.Form):
    """Which of the buttons beside a name was pressed."""

    what = forms.ChoiceField(choices=[(each, each) for each in (ON, OFF, FORGET_SECOND_STEP)])
