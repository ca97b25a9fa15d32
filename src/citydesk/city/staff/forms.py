"""Parsing of the staff room's forms; the services check what the parts mean together."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from citydesk.city.staff.labels import KEY_ACTIONS
from citydesk.kernel.errors import CitydeskError


class HouseForm(forms.Form):
    """A form that takes a service's refusal beside the field it names."""

    def take(self, error: CitydeskError) -> None:
        """Show a service's error where it belongs."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, str(error.message))


def _text(length: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(max_length=length, required=required, strip=True)


class NothingForm(HouseForm):
    pass


class ReasonForm(HouseForm):
    reason = _text(500)


class ParticularsForm(HouseForm):
    name = _text(120)
    email = forms.EmailField(required=False)
    desk = _text(60, required=False)
    phone = _text(40, required=False)


class ChangedParticularsForm(ParticularsForm):
    """Particulars with the mark of what the editor saw."""

    seen = _text(40)


class PersonForm(ParticularsForm):
    username = _text(60)
    language = forms.ChoiceField(choices=settings.LANGUAGES, initial="en")

    def __init__(self, *arguments: Any, is_new: bool = False, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.is_new = is_new


class GrantForm(HouseForm):
    role = _text(60)
    department = _text(60, required=False)
    starts_on = forms.DateField(required=False)
    ends_on = forms.DateField(required=False)
    reason = _text(500)


class RevokeForm(HouseForm):
    grant_id = forms.IntegerField(min_value=1)
    reason = _text(500)


class DecisionForm(HouseForm):
    decision = forms.ChoiceField(choices=[("approve", ""), ("refuse", ""), ("withdraw", "")])
    reason = _text(500, required=False)


class TeamForm(HouseForm):
    team = _text(60)


class JoinForm(TeamForm):
    starts_on = forms.DateField(required=False)
    is_lead = forms.BooleanField(required=False)


class TransferForm(HouseForm):
    from_team = _text(60)
    to_team = _text(60)
    on = forms.DateField(required=False)


class SkillForm(HouseForm):
    skill = _text(60)


class AbsenceForm(HouseForm):
    starts_at = forms.DateTimeField()
    ends_at = forms.DateTimeField(required=False)
    kind = _text(40)


class AbsenceIdForm(HouseForm):
    absence_id = forms.IntegerField(min_value=1)


class CancelAbsenceForm(AbsenceIdForm):
    reason = _text(500)


class LanguageForm(HouseForm):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class KeysForm(HouseForm):
    """One text field per action that has a key of the house: `key_f2`, ..."""

    has_keys = forms.BooleanField(required=False, label=_("Letter keys act in lists"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        for key in KEY_ACTIONS:
            self.fields[_field_of(key)] = forms.RegexField(
                r"^$|^(?:(?:Ctrl|Alt|Shift) )*(?:F[1-9]|F1[0-2]|[A-Z0-9])$",
                required=False,
                max_length=24,
                error_messages={"invalid": _("Write a key such as F2, Shift F4 or Ctrl Shift N.")},
            )

    def key_map(self) -> dict[str, str]:
        """House key -> the person's own key, where they differ."""
        given = {key: self.cleaned_data.get(_field_of(key), "") for key in KEY_ACTIONS}
        return {key: own for key, own in given.items() if own and own != key}

    def rows(self) -> list[tuple[str, str, Any, str, list[str]]]:
        """(field name, house key, words, what is in it, errors) for the page."""
        return [
            (
                _field_of(key),
                key,
                words,
                (self.data.get(_field_of(key), "") if self.is_bound else self.initial.get(key, "")),
                [str(one) for one in self.errors.get(_field_of(key), [])] if self.is_bound else [],
            )
            for key, words in KEY_ACTIONS.items()
        ]


def _field_of(key: str) -> str:
    return f"key_{key.lower().replace(' ', '_')}"
