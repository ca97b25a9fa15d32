"""Reading what people typed about time and leave. Times of day are the city's."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from citydesk.management.timekeeping.choices import EntryKind

HOUR = 3600
_DAY: dict[str, Any] = {
    "input_formats": ["%Y-%m-%d"],
    "error_messages": {
        "required": _("Write the date as 2026-11-24."),
        "invalid": _("Write the date as 2026-11-24."),
    },
}
_MOMENT: dict[str, Any] = {
    "input_formats": ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    "error_messages": {
        "required": _("Write the time as 2026-11-24 14:05."),
        "invalid": _("Write the time as 2026-11-24 14:05."),
    },
}
_REASON: dict[str, Any] = {"max_length": 400, "required": False}


class MomentField(forms.DateTimeField):
    """A moment by the city's clock."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**_MOMENT, **more})

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found if found is None or timezone.is_aware(found) else timezone.make_aware(found)


class HoursField(forms.CharField):
    """Hours as people write them, "7.5" or "7:30"; in seconds."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        return seconds_of(text) if text else 0


class EntryForm(forms.Form):
    starts_at = MomentField()
    ends_at = MomentField()
    kind = forms.ChoiceField(choices=[(one.value, one.value) for one in EntryKind])
    reason = forms.CharField(**_REASON)
    is_on_duty = forms.BooleanField(required=False)


class ForgottenForm(forms.Form):
    ended_at = MomentField()
    reason = forms.CharField(**_REASON)


class MealForm(forms.Form):
    day = forms.DateField(**_DAY)
    reason = forms.CharField(**_REASON)


class LeaveForm(forms.Form):
    leave_type = forms.CharField(max_length=40, error_messages={"required": _("Choose the kind of leave.")})
    first = forms.DateField(**_DAY)
    last = forms.DateField(**{**_DAY, "required": False})
    hours = HoursField(required=False, max_length=8)
    starts = forms.TimeField(
        required=False, input_formats=["%H:%M"], error_messages={"invalid": _("Write the time as 14:05.")}
    )
    reason = forms.CharField(max_length=400, required=False)


class DelegateForm(forms.Form):
    delegate = forms.IntegerField(error_messages={"required": _("Choose who approves for you.")})
    first = forms.DateField(**_DAY)
    last = forms.DateField(**_DAY)


class PeriodForm(forms.Form):
    period_start = forms.DateField(**_DAY)


class TermsForm(forms.Form):
    username = forms.CharField(max_length=60, error_messages={"required": _("Say whose terms.")})
    is_exempt = forms.BooleanField(required=False)
    is_safety = forms.BooleanField(required=False)
    comp_agreed_on = forms.DateField(**{**_DAY, "required": False})
    service_since = forms.DateField(**{**_DAY, "required": False})
    counted_from = forms.DateField(**{**_DAY, "required": False})
    hours_a_day = HoursField(required=False, max_length=8)


class BalanceForm(forms.Form):
    username = forms.CharField(max_length=60, error_messages={"required": _("Say whose balance.")})
    leave_type = forms.CharField(max_length=40, error_messages={"required": _("Choose the kind of leave.")})
    hours = forms.CharField(max_length=10, error_messages={"required": _("Write hours as 7.5 or 7:30.")})
    on = forms.DateField(**_DAY)
    reason = forms.CharField(**_REASON)


def seconds_of(text: str) -> int:
    """Seconds of hours written "7.5", "7:30" or "-2". Raises a form error for what is neither."""
    wrong = forms.ValidationError(_t("Write hours as 7.5 or 7:30."))
    sign, plain = (-1, text[1:]) if text.startswith(("-", "−")) else (1, text)
    whole, colon, minutes = plain.partition(":")
    if colon:
        if not (whole.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and int(minutes) < 60):
            raise wrong
        return sign * (int(whole) * HOUR + int(minutes) * 60)
    try:
        hours = Decimal(plain)
    except InvalidOperation as error:
        raise wrong from error
    if not hours.is_finite() or abs(hours) > 10_000:
        raise wrong
    return sign * int(hours * HOUR)


def day_or(text: str, default: date) -> date:
    """The day an address names, or another where it names none."""
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        return default


def month_or(text: str, default: date) -> date:
    """The first day of the month an address names ("2026-11"), or of another day's month."""
    return day_or(f"{text}-01" if text else "", default).replace(day=1)


def minute_of(value: Any) -> int:
    """The minute of the day of a typed time; 0 where none was."""
    return value.hour * 60 + value.minute if value else 0


def written(moment: datetime) -> str:
    """A moment as the field of a form has it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def decimal_hours(seconds: int) -> Decimal:
    """Seconds as hours with four decimals, as files carry them."""
    return (Decimal(seconds) / HOUR).quantize(Decimal("0.0001"))


def hours_text(seconds: int | None) -> str:
    """Seconds as hours and minutes, "7:30", for showing; nothing is computed from it."""
    whole = int(seconds or 0)
    sign = "−" if whole < 0 else ""
    minutes = abs(whole) // 60
    return f"{sign}{minutes // 60}:{minutes % 60:02d}"
