"""Forms of the promise list and the supervisor's page."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SettleForm(forms.Form):
    result = forms.CharField(required=False, max_length=500, label=_("What was told"))


class MoveForm(forms.Form):
    due_at = forms.DateTimeField(label=_("New time"), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    reason = forms.CharField(max_length=500, label=_("Why"))


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, label=_("Why"))
