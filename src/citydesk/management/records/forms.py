"""Parsing of this room's forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citydesk.management.records.services import NewHold


class HoldForm(forms.Form):
    """A legal hold. Days are ISO dates, as a date field sends them; persons by their number, addresses as the city
    writes them."""

    title = forms.CharField(max_length=160, error_messages={"required": _("Name the matter.")})
    reason = forms.CharField(max_length=2000, error_messages={"required": _("Say why.")})
    customer = forms.CharField(required=False, max_length=24)
    address = forms.CharField(required=False, max_length=200)
    request_number = forms.CharField(required=False, max_length=24)
    since = forms.DateField(required=False, error_messages={"invalid": _("Write the date as 2026-11-24.")})
    until = forms.DateField(required=False, error_messages={"invalid": _("Write the date as 2026-11-24.")})
    kinds = forms.MultipleChoiceField(required=False, choices=())

    def __init__(self, given: Any, *, kinds: list[tuple[str, str]]) -> None:
        super().__init__(given)
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]  # a field of choices

    def new_hold(self, *, customer_id: int | None, address_id: int | None) -> NewHold:
        """The hold as the service takes it."""
        given = self.cleaned_data
        return NewHold(
            title=given["title"],
            reason=given["reason"],
            customer_id=customer_id,
            address_id=address_id,
            request_number=given["request_number"],
            since=given["since"],
            until=given["until"],
            kinds=tuple(given["kinds"]),
        )
