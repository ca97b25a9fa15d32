"""Reading what handlers, approvers and deciders typed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citydesk.contact.complaints.choices import TALKED, AppealOutcome, Outcome
from citydesk.kernel.acts import REFUSALS, read, said
from citydesk.kernel.errors import Invalid
from citydesk.kernel.money import parse_money

# Rows of the plan's form; empty ones are left out.
OFFER_ROWS = 4
_DAY = {"input_formats": ["%Y-%m-%d"], "error_messages": {"invalid": _("Write the date as 2026-11-24.")}}
_MOMENT = {
    "input_formats": ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    "error_messages": {"invalid": _("Write the time as 2026-11-24 14:05.")},
}


class OpenForm(forms.Form):
    class_code = forms.CharField(max_length=60, error_messages={"required": _("Choose the class.")})
    language = forms.CharField(max_length=10, required=False)


class LogForm(forms.Form):
    kind = forms.ChoiceField(choices=[(one.value, one.value) for one in TALKED])
    words = forms.CharField(max_length=10_000, error_messages={"required": _("Write down what was said.")})
    amount = forms.CharField(max_length=20, required=False)
    happened_at = forms.DateTimeField(required=False, **_MOMENT)  # type: ignore[arg-type]  # mixed keywords

    def clean_amount(self) -> Decimal | None:
        return amount_of(self.cleaned_data["amount"], "amount")


class AnswerForm(forms.Form):
    words = forms.CharField(max_length=10_000, error_messages={"required": _("Write down what was said.")})
    happened_at = forms.DateTimeField(required=False, **_MOMENT)  # type: ignore[arg-type]  # mixed keywords


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[(one.value, one.value) for one in Outcome],
        error_messages={"required": _("Choose how it was decided."), "invalid_choice": _("Choose how it was decided.")},
    )
    words = forms.CharField(max_length=10_000, error_messages={"required": _("Write what was decided and why.")})
    letter_to = forms.CharField(max_length=500, error_messages={"required": _("Say who the letter goes to.")})
    language = forms.CharField(max_length=10, required=False)


class AppealDecisionForm(DecisionForm):
    outcome = forms.ChoiceField(
        choices=[(one.value, one.value) for one in AppealOutcome],
        error_messages={"required": _("Choose how it was decided."), "invalid_choice": _("Choose how it was decided.")},
    )


class RewriteForm(forms.Form):
    words = forms.CharField(max_length=10_000, error_messages={"required": _("Write what was decided and why.")})
    letter_to = forms.CharField(max_length=500, error_messages={"required": _("Say who the letter goes to.")})


class AppealForm(forms.Form):
    words = forms.CharField(
        max_length=10_000, error_messages={"required": _("Write down what they say against the decision.")}
    )
    came_at = forms.DateTimeField(required=False, **_MOMENT)  # type: ignore[arg-type]  # mixed keywords


class HandOverForm(forms.Form):
    handler = forms.IntegerField(error_messages={"required": _("Choose somebody of the handling team.")})
    reason = forms.CharField(max_length=400, error_messages={"required": _("Say why it changes hands.")})


class OfferForm(forms.Form):
    kind = forms.CharField(max_length=8)
    words = forms.CharField(max_length=400, required=False)
    amount = forms.CharField(max_length=20, required=False)
    by_day = forms.DateField(required=False, **_DAY)  # type: ignore[arg-type]  # mixed keywords

    def clean_amount(self) -> Decimal | None:
        return amount_of(self.cleaned_data["amount"], "amount")


def amount_of(text: str, field: str) -> Decimal | None:
    """A typed amount; None where nothing was typed. Raises a form error for what is no amount of money."""
    if not text.strip():
        return None
    try:
        return parse_money(text, field=field)
    except Invalid as error:
        raise forms.ValidationError(_("This is not an amount of money. Write it like 1,234.50.")) from error


def read_offers(given: QueryDict) -> list[dict[str, Any]]:
    """The rows of the plan's form that say something. Raises `Invalid` beside the offers."""
    rows = []
    for at in range(OFFER_ROWS):
        typed = {name: given.get(f"{name}_{at}", "") for name in ("kind", "words", "amount", "by_day")}
        if not any(value.strip() for name, value in typed.items() if name != "kind"):
            continue
        try:
            rows.append(read(OfferForm, typed))
        except REFUSALS as error:
            first = next(iter(said(error).values()))
            raise Invalid(first[0], field="offers") from error
    return rows


def at_or(moment: datetime | None, now: datetime) -> datetime:
    """The moment typed, in the city's zone; now where none was typed."""
    if moment is None:
        return now
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
