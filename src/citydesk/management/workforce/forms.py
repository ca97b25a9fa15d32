"""Parsing of this room's forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citydesk.contact.traffic.choices import Formula
from citydesk.management.workforce.rules.loads import Load, load_of
from citydesk.management.workforce.rules.requirement import Goal

MINUTE = 60.0
# What the page opens with: a usual half-hour of a small desk. They are values to be changed, not a recommendation.
EXAMPLE = {
    "volume": "100",
    "interval": "30",
    "aht": "240",
    "patience": "180",
    "people": "",
    "target": "80",
    "threshold": "20",
    "formula": Formula.NET_OF_SHORT.value,
    "short": "5",
    "shrinkage": "30",
    "hourly": "",
}
_NUMBER = {
    "required": _("Write a number."),
    "invalid": _("Write a number."),
    "min_value": _("At least %(limit_value)s."),
    "max_value": _("At most %(limit_value)s."),
}


def _number(least: float, most: float, *, required: bool = True) -> forms.FloatField:
    return forms.FloatField(min_value=least, max_value=most, required=required, error_messages=_NUMBER)


class WhatIfForm(forms.Form):
    """A question of the what-if page. Shares are written as percent, times in seconds, the interval in minutes."""

    volume = _number(0, 20_000)
    interval = _number(5, 1440)
    aht = _number(1, 14_400)
    patience = _number(1, 14_400, required=False)
    people = forms.IntegerField(min_value=0, max_value=5_000, required=False, error_messages=_NUMBER)
    target = _number(1, 99.9)
    threshold = _number(0, 14_400)
    formula = forms.TypedChoiceField(
        choices=[(one.value, one.value) for one in Formula],
        coerce=Formula,
        error_messages={"required": _("Choose a formula."), "invalid_choice": _("Choose a formula.")},
    )
    short = _number(0, 600)
    shrinkage = _number(0, 90)
    hourly = forms.DecimalField(
        min_value=0, max_value=1_000, max_digits=6, decimal_places=2, required=False, error_messages=_NUMBER
    )

    def load(self) -> Load:
        """The load that was asked about. The form must be valid."""
        given = self.cleaned_data
        return load_of(given["volume"], self.seconds, given["aht"], given["patience"])

    def goal(self) -> Goal:
        """The goal that was asked about. The form must be valid."""
        given = self.cleaned_data
        return Goal(given["target"] / 100.0, given["threshold"], given["formula"], given["short"])

    @property
    def seconds(self) -> float:
        """The interval's length."""
        return float(self.cleaned_data["interval"]) * MINUTE

    @property
    def typed(self) -> dict[str, Any]:
        """What is in the fields, as it was typed."""
        return {name: self.data.get(name, "") for name in self.fields}
