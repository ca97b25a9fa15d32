"""Parsing what people type on the room's pages."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _


class ReviewField(forms.Field):
    """A day, or a day and a time: "2026-11-26", "2026-11-26T13:30". A day alone means its end of office, 17:00."""

    def to_python(self, value: Any) -> datetime | None:
        text = (value or "").strip().replace(" ", "T")
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError(_("Write it like 2026-11-24 or 2026-11-24 13:30.")) from error
        if len(text) <= 10:
            moment = datetime.combine(moment.date(), time(17))
        return moment if moment.tzinfo else timezone.make_aware(moment)


class PlaceForm(forms.Form):
    """Whom a request is given to."""

    team = forms.IntegerField(required=False)
    owner = forms.IntegerField(required=False)
    reason = forms.CharField(required=False, max_length=500)


class HoldForm(forms.Form):
    """Why it stands and when it is looked at again."""

    hold_reason = forms.CharField(max_length=60)
    review_at = ReviewField()
    note = forms.CharField(required=False, max_length=2000)
    is_beyond_limit = forms.BooleanField(required=False)


class AskForm(forms.Form):
    """What the resident is asked."""

    question = forms.CharField(max_length=2000)
    review_at = ReviewField(required=False)


class ReferForm(forms.Form):
    """To whom outside, and why."""

    to = forms.CharField(max_length=160)
    reason = forms.CharField(max_length=2000)
    external_number = forms.CharField(required=False, max_length=80)
    follow_up_at = ReviewField(required=False)


class CloseForm(forms.Form):
    """Why it is closed, what is told, what stays inside."""

    reason = forms.CharField(max_length=20)
    text = forms.CharField(required=False, max_length=4000)
    note = forms.CharField(required=False, max_length=4000)
    parent = forms.CharField(required=False, max_length=30)
    parts_reason = forms.CharField(required=False, max_length=20)


class JoinForm(forms.Form):
    """Several requests joined to one: the same thing, or parts of it."""

    main = forms.CharField(required=False, max_length=30)
    joins = forms.ChoiceField(choices=[("same", ""), ("parts", "")])
    join_reason = forms.CharField(required=False, max_length=400)


class WorkOrderForm(forms.Form):
    """A work order made from the request's page."""

    crew = forms.IntegerField(required=False)
    scheduled_date = forms.DateField(required=False)
    instructions = forms.CharField(required=False, max_length=4000)


class FollowerForm(forms.Form):
    """Somebody to be told."""

    name = forms.CharField(required=False, max_length=160)
    channel = forms.ChoiceField(choices=[("email", ""), ("sms", ""), ("letter", "")])
    to = forms.CharField(max_length=320)
    language = forms.CharField(max_length=10, initial="en")
