"""What the room's small forms type."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone


class DayField(forms.DateField):
    """A day; the moment is its end (five in the afternoon) or, for what is past, its begin."""

    def __init__(self, *, at: time = time(17, 0), **options: Any) -> None:
        super().__init__(**options)
        self.at = at

    def clean(self, value: Any) -> datetime | None:
        """The moment in the city's zone; None where nothing was typed."""
        day = super().clean(value)
        return None if day is None else timezone.make_aware(datetime.combine(day, self.at))


class OpenForm(forms.Form):
    """A new problem."""

    title = forms.CharField(max_length=160)
    requests = forms.CharField(required=False, max_length=2000)


class WriteForm(forms.Form):
    """What was found out about a problem."""

    title = forms.CharField(max_length=160)
    analysis = forms.CharField(required=False, max_length=8000)
    recommendation = forms.CharField(required=False, max_length=8000)


class AskForm(forms.Form):
    """What a department is asked."""

    department = forms.IntegerField()
    text = forms.CharField(max_length=4000)
    due_at = DayField()


class AnswerForm(forms.Form):
    """A department's answer."""

    action = forms.IntegerField()
    answer = forms.CharField(required=False, max_length=4000)
    done_at = DayField(required=False, at=time(0, 0))


class RemediedForm(forms.Form):
    """Since when the remedy is in place."""

    remedied_at = DayField(at=time(0, 0))


class CloseForm(forms.Form):
    """How a problem ended."""

    result = forms.CharField(max_length=20)
    text = forms.CharField(max_length=4000)


class ResearchForm(forms.Form):
    """A question for somebody."""

    question = forms.CharField(max_length=4000)
    assignee = forms.IntegerField()
    due_at = DayField()
    sources = forms.CharField(required=False, max_length=4000)
    is_for_few = forms.BooleanField(required=False)


class FindingForm(forms.Form):
    """What was found out."""

    finding = forms.CharField(max_length=8000)
    sources = forms.CharField(max_length=4000)
    public_summary = forms.CharField(required=False, max_length=4000)


class MoveForm(forms.Form):
    """More time, or somebody else."""

    due_at = DayField()
    assignee = forms.IntegerField()
    reason = forms.CharField(max_length=2000)
