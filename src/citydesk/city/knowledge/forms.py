"""Reading what people typed into this room's forms."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class ArticleForm(forms.Form):
    title = forms.CharField(max_length=160, error_messages={"required": _("Give the article a title.")})
    summary = forms.CharField(max_length=300, required=False)
    keywords = forms.CharField(max_length=500, required=False)
    body = forms.CharField(max_length=100_000, error_messages={"required": _("The article has no text.")})
    based_on = forms.IntegerField(min_value=0)
    is_reviewed = forms.BooleanField(required=False)


class BulletinForm(forms.Form):
    text = forms.CharField(max_length=600, error_messages={"required": _("Write what every desk must know.")})
    read_aloud_en = forms.CharField(max_length=400, required=False)
    read_aloud_es = forms.CharField(max_length=400, required=False)
    service_code = forms.CharField(max_length=60, required=False)
    area = forms.CharField(max_length=120, required=False)
    hours = forms.DecimalField(
        min_value=0.25, max_value=240, error_messages={"required": _("Say for how many hours it holds.")}
    )
    is_urgent = forms.BooleanField(required=False)
    request_number = forms.CharField(max_length=24, required=False)


def steps_from(given: QueryDict, languages: Sequence[str]) -> list[dict[str, Any]]:
    """The steps of a procedure's form in the order of their numbers; rows marked to go are left out."""
    rows = []
    for at in range(_whole(given.get("rows", ""), 0, 80)):
        if given.get(f"gone-{at}"):
            continue
        step = {
            "key": given.get(f"key-{at}", "").strip()[:40],
            "title": {one: given.get(f"title-{at}-{one}", "").strip()[:200] for one in languages},
            "text": {one: given.get(f"text-{at}-{one}", "").strip()[:8000] for one in languages},
        }
        rows.append((_whole(given.get(f"order-{at}", ""), at + 1, 9999), at, step))
    return [step for _order, _at, step in sorted(rows, key=lambda row: row[:2])]


def titles_from(given: QueryDict, languages: Sequence[str]) -> dict[str, str]:
    """The titles of a procedure by language."""
    return {one: given.get(f"title-{one}", "").strip()[:160] for one in languages}


def codes_from(given: QueryDict) -> list[str]:
    """Service codes, written with commas or spaces between."""
    return given.get("service_codes", "").replace(",", " ").split()


def number_from(given: QueryDict, name: str) -> int:
    """A version's number; 0 for what is none."""
    return _whole(given.get(name, ""), 0, 999_999)


def _whole(text: str, default: int, most: int) -> int:
    text = text.strip()
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 9 else default
