"""Sentences of Django and allauth that the Danish catalogue says in our own words.

The program never reads this list. It is here so that ``make messages`` keeps them in the
catalogue, which Django asks before its own: their Danish is stiffer than the rest of the pages.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

OF_DJANGO = (
    _("This field is required."),
    _("Enter a valid email address."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a valid date/time."),
    _("Enter a whole number."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    _("The submitted file is empty."),
    _("This password is too common."),
    _("This password is entirely numeric."),
    _("The password is too similar to the %(verbose_name)s."),
)
OF_ALLAUTH = (_("You must type the same password each time."),)
