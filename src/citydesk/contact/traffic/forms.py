"""Reading what people typed about traffic. Times are by the city's clock."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citydesk.contact.traffic.choices import MalfunctionKind

_MOMENT: dict[str, Any] = {
    "input_formats": ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
    "error_messages": {
        "required": _("Write the time as 2026-11-24 14:05."),
        "invalid": _("Write the time as 2026-11-24 14:05."),
    },
}


class MomentField(forms.DateTimeField):
    """A moment by the city's clock."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**_MOMENT, **more})

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found if found is None or timezone.is_aware(found) else timezone.make_aware(found)


class MalfunctionForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[(one.value, one.value) for one in MalfunctionKind],
        error_messages={"required": _("Choose what kind it is."), "invalid_choice": _("Choose what kind it is.")},
    )
    what = forms.CharField(max_length=200, error_messages={"required": _("Say what did not work.")})
    started_at = MomentField()
    ended_at = MomentField(required=False)
    whom = forms.ChoiceField(choices=[("all", "all"), ("some", "some")], required=False)
    user_ids = forms.TypedMultipleChoiceField(coerce=int, required=False)
    queue_codes = forms.MultipleChoiceField(required=False)

    def __init__(self, given: Any, people: list[tuple[int, str]], queues: list[tuple[str, str]]) -> None:
        super().__init__(given)
        for name, known in (("user_ids", people), ("queue_codes", queues)):
            field: Any = self.fields[name]
            field.choices = known


class EndForm(forms.Form):
    ended_at = MomentField()
    outcome = forms.CharField(max_length=300, required=False)


def day_or(text: str, default: date) -> date:
    """The day an address names, or another where it names none."""
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        return default


def month_or(text: str, default: date) -> date:
    """The first day of the month an address names ("2026-11"), or of another day's month."""
    return day_or(f"{text}-01" if text else "", default).replace(day=1)


def written(moment: datetime | None) -> str:
    """A moment as the field of a form has it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""
