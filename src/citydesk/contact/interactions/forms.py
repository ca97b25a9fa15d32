"""Forms of the promise list, the supervisor's page and the printed forms."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SettleForm(forms.Form):
    result = forms.CharField(required=False, max_length=500, label=_("What was told"))


class MoveForm(forms.Form):
    due_at = forms.DateTimeField(label=_("New time"), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    reason = forms.CharField(max_length=500, label=_("Why"))


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, label=_("Why"))


class PrintFormsForm(forms.Form):
    count = forms.IntegerField(label=_("How many"))
    desk = forms.CharField(required=False, max_length=80, label=_("For which desk"))


class NoteFormsForm(forms.Form):
    state = forms.ChoiceField(choices=[(one, one) for one in ("unused", "void", "missing")])
    why = forms.CharField(required=False, max_length=200, label=_("Reason"))
    query = forms.CharField(required=False, max_length=2000)
