"""Reading what planners and crews typed."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from citydesk.contact.work_orders import labels
from citydesk.contact.work_orders.choices import Priority


class PlanForm(forms.Form):
    crew = forms.IntegerField(required=False)
    scheduled_date = forms.DateField(
        required=False, error_messages={"invalid": _("Write the date as 2026-11-24.")}, input_formats=["%Y-%m-%d"]
    )
    priority = forms.ChoiceField(choices=list(labels.PRIORITY.items()), initial=Priority.NORMAL)
    instructions = forms.CharField(max_length=4000, required=False)


class NewForm(PlanForm):
    title = forms.CharField(max_length=160, error_messages={"required": _("Say what is to be done.")})
    place = forms.CharField(max_length=200, required=False)
    place_detail = forms.CharField(max_length=200, required=False)
    needs_photo = forms.BooleanField(required=False)
    needs_inspection = forms.BooleanField(required=False)


class LineForm(forms.Form):
    kind = forms.ChoiceField(choices=[("labor", ""), ("equipment", ""), ("material", "")])
    what = forms.CharField(max_length=120, error_messages={"required": _("Say who or what.")})
    quantity = forms.DecimalField(
        max_digits=7,
        decimal_places=2,
        error_messages={"required": _("How much?"), "invalid": _("Write a number such as 1.5.")},
    )
    unit = forms.CharField(max_length=20, required=False)
    unit_cost = forms.DecimalField(max_digits=9, decimal_places=2, required=False, min_value=Decimal(0))
    key = forms.CharField(max_length=64)
