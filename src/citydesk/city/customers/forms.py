"""Parsing what the pages of the room send."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citydesk.city.customers import labels
from citydesk.city.customers.choices import LANGUAGES_OFFERED, CautionKind, PointKind, PointUse
from citydesk.city.customers.services import NewPoint


def language_options(current: str = "") -> list[tuple[str, Any]]:
    """The languages offered, with the one the customer has if it is none of them."""
    codes = list(LANGUAGES_OFFERED)
    if current and current not in codes:
        codes.append(current)
    return [(code, labels.language_name(code)) for code in codes]


class CustomerForm(forms.Form):
    """Who somebody is. A new customer may bring a phone, an e-mail and an address; a correction needs a reason."""

    kind = forms.CharField(max_length=14, required=False)
    given_name = forms.CharField(max_length=80, required=False)
    family_name = forms.CharField(max_length=80, required=False)
    organization_name = forms.CharField(max_length=160, required=False)
    caller_class = forms.CharField(max_length=12, required=False)
    language = forms.CharField(max_length=20, required=False)
    format_need = forms.CharField(max_length=12, required=False)
    needs_interpreter = forms.BooleanField(required=False)
    is_anonymous = forms.BooleanField(required=False)
    phone = forms.CharField(max_length=60, required=False)
    email = forms.CharField(max_length=240, required=False)
    address = forms.CharField(max_length=240, required=False)
    version = forms.IntegerField(min_value=1, required=False)
    reason = forms.CharField(max_length=300, required=False)

    def facts(self) -> dict[str, Any]:
        """The fields of the customer itself, with the usual values where nothing was chosen."""
        given = self.cleaned_data
        return {
            "kind": given["kind"] or "person",
            "given_name": given["given_name"],
            "family_name": given["family_name"],
            "organization_name": given["organization_name"],
            "caller_class": given["caller_class"] or "resident",
            "language": given["language"] or "en",
            "format_need": given["format_need"],
            "needs_interpreter": given["needs_interpreter"],
            "is_anonymous": given["is_anonymous"],
        }

    def points(self) -> list[NewPoint]:
        """The contact points that came with a new customer."""
        given = (
            (PointKind.PHONE, PointUse.MOBILE, "phone"),
            (PointKind.EMAIL, PointUse.OTHER, "email"),
            (PointKind.POSTAL, PointUse.HOME, "address"),
        )
        return [NewPoint(kind, self.cleaned_data[name], use) for kind, use, name in given if self.cleaned_data[name]]


class PointForm(forms.Form):
    """A contact point to add."""

    kind = forms.ChoiceField(choices=[(one, one) for one in PointKind])
    use = forms.ChoiceField(choices=[(one, one) for one in PointUse], required=False)
    value = forms.CharField(max_length=240, error_messages={"required": _("Write the number or the address.")})
    is_preferred = forms.BooleanField(required=False)


class ReasonForm(forms.Form):
    """An act that asks for a reason and nothing else."""

    reason = forms.CharField(max_length=300, error_messages={"required": _("Say why.")})


class CautionForm(forms.Form):
    """A caution to propose. `about` is "customer", or the id of a premise of the customer's."""

    kind = forms.ChoiceField(choices=[(one, one) for one in CautionKind])
    text = forms.CharField(max_length=300, error_messages={"required": _("Write the fact.")})
    source = forms.CharField(max_length=200, error_messages={"required": _("Say from whom we know.")})
    expires_on = forms.DateField(error_messages={"required": _("Choose a last day within one year.")})
    about = forms.RegexField(r"^(customer|\d{1,18})$", required=False)


class MergeForm(forms.Form):
    """Which of two customers stays, and why they are one."""

    keep = forms.IntegerField()
    reason = forms.CharField(max_length=300, error_messages={"required": _("Say why these are one.")})
