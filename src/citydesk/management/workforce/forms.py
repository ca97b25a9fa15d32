"""Parsing of this room's forms."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from citydesk.contact.traffic.choices import Formula
from citydesk.management.workforce.rules.availability import DayHours, Mode
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


class OverrideForm(forms.Form):
    """A person's word in place of a forecast: a day, from when to when on its clock (empty: all of it), how much, why.

    `percent` of the model's values, or `total` contacts of all these slots together.
    """

    day = forms.DateField(error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")})
    starts = forms.TimeField(required=False, error_messages={"invalid": _("Write a time such as 08:30.")})
    ends = forms.TimeField(required=False, error_messages={"invalid": _("Write a time such as 08:30.")})
    kind = forms.ChoiceField(
        choices=[("percent", ""), ("total", "")],
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    amount = forms.DecimalField(min_value=0, max_value=100_000, max_digits=9, decimal_places=2, error_messages=_NUMBER)
    reason = forms.CharField(max_length=300, error_messages={"required": _("Say why.")})


_CLOCK = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")
_DATE: dict[str, Any] = {
    "input_formats": ["%Y-%m-%d"],
    "error_messages": {
        "required": _("Write the date as 2026-11-24."),
        "invalid": _("Write the date as 2026-11-24."),
    },
}


class MinuteField(forms.CharField):
    """A time of day, "08:30" through "24:00", in minutes after midnight; None where it is left empty."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=5, error_messages={"required": _("Write the time as 14:05.")}, **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        found = _CLOCK.match(text)
        if not found:
            raise forms.ValidationError(_t("Write the time as 14:05."))
        return int(found[1]) * 60 + int(found[2])


class MinutesField(forms.CharField):
    """A length in hours, "8.5" or "8:30", in minutes; None where it is left empty."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=8, error_messages={"required": _("Write hours as 7.5 or 7:30.")}, **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        hours, colon, minutes = text.partition(":")
        if colon and hours.isdecimal() and len(hours) < 4 and minutes.isdecimal() and len(minutes) == 2:
            return int(hours) * 60 + int(minutes)
        try:
            found = Decimal(text)
        except InvalidOperation as error:
            raise forms.ValidationError(_t("Write hours as 7.5 or 7:30.")) from error
        if not found.is_finite() or not 0 <= found <= 200:
            raise forms.ValidationError(_t("Write hours as 7.5 or 7:30."))
        return int(found * 60)


class ShiftForm(forms.Form):
    """A shift set by hand."""

    template = forms.CharField(max_length=40, error_messages={"required": _("Choose the shift.")})
    start = MinuteField()
    length = MinutesField()
    meal = MinuteField(required=False)
    has_meal = forms.BooleanField(required=False)
    anyway = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=400, required=False)


class ContractForm(forms.Form):
    """What was agreed with a person."""

    first = forms.DateField(**_DATE)
    min_minutes = MinutesField()
    max_minutes = MinutesField()
    max_days = forms.IntegerField(min_value=1, max_value=7, error_messages=_NUMBER)
    weekdays = forms.TypedMultipleChoiceField(
        choices=[(str(day), str(day)) for day in range(7)],
        coerce=int,
        error_messages={"required": _("Choose the days."), "invalid_choice": _("Choose the days.")},
    )
    earliest = MinuteField()
    latest = MinuteField()
    min_rest = MinutesField()
    max_run = forms.IntegerField(min_value=1, max_value=14, error_messages=_NUMBER)
    overtime_after = MinutesField(required=False)
    approved_overtime = MinutesField(required=False)


class AvailabilityForm(forms.Form):
    """When somebody can, would like to, or cannot work."""

    kind = forms.CharField(max_length=10, error_messages={"required": _("Choose can, would like to, or cannot.")})
    weekday = forms.TypedChoiceField(
        choices=[("", ""), *((str(day), str(day)) for day in range(7))], coerce=int, empty_value=None, required=False
    )
    day = forms.DateField(**{**_DATE, "required": False})
    starts = MinuteField(required=False)
    ends = MinuteField(required=False)
    weight = forms.IntegerField(min_value=1, max_value=20, required=False, error_messages=_NUMBER)


MODES = [(one.value, one.value) for one in Mode]
_HOURS = ("starts", "ends", "likes_from", "likes_until")


class WeekHoursForm(forms.Form):
    """The hours of every week from a day on, as a person says them: of each weekday a mode and up to two stretches."""

    first = forms.DateField(**_DATE)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for number in range(7):
            self.fields[f"mode-{number}"] = _mode()
            for name in _HOURS:
                self.fields[f"{name}-{number}"] = MinuteField(required=False)


class DayHoursForm(forms.Form):
    """Hours of a day, or of each day of a span, as a person says them."""

    day = forms.DateField(**_DATE)
    last = forms.DateField(**{**_DATE, "required": False})

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["mode"] = _mode()
        for name in _HOURS:
            self.fields[name] = MinuteField(required=False)


def _mode() -> forms.Field:
    wrong = _("Choose one.")
    return forms.ChoiceField(choices=MODES, error_messages={"required": wrong, "invalid_choice": wrong})


def day_hours(typed: dict[str, Any], suffix: str = "") -> DayHours:
    """What was typed of a day, from the values of a form that is valid. Hours that the mode does not ask for are
    left out, so that nobody has to empty them."""
    mode = Mode(typed[f"mode{suffix}"])
    starts, ends, likes_from, likes_until = (typed[f"{name}{suffix}"] for name in _HOURS)
    if mode != Mode.BETWEEN:
        starts = ends = None
    return DayHours(mode, starts, ends, likes_from, likes_until)


class GatheringForm(forms.Form):
    """A training or meeting to be placed."""

    kind = forms.CharField(max_length=10, error_messages={"required": _("Choose training, meeting or coaching.")})
    title = forms.CharField(max_length=120, error_messages={"required": _("Say what it is.")})
    minutes = forms.IntegerField(min_value=15, max_value=480, error_messages=_NUMBER)
    first = forms.DateField(**_DATE)
    last = forms.DateField(**_DATE)
    is_together = forms.BooleanField(required=False)
    may_split = forms.BooleanField(required=False)


class LastDayForm(forms.Form):
    """The last day of a contract."""

    last = forms.DateField(**_DATE)
