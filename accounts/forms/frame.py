"""How the forms of accounts are drawn."""

from crispy_forms.helper import FormHelper


def without_frame() -> FormHelper:
    """Return how to draw a form's fields alone: the page has the form around them."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
