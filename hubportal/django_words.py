"""Words of Django's own that residents can meet and that our Bengali catalogue must have.

Django's Bengali lacks some and words others poorly, and a release may change them; ours win. Weekdays stand
in `hubs.models.hours`, months in `hubs.wording`. This module only lists words for `manage.py messages`;
nothing imports it.
"""

from django.utils.translation import gettext_noop as _

FORM_ERRORS = [
    _("This field is required."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Null characters are not allowed."),
]
