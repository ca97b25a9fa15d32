"""Reading what people typed into this room's forms."""

from django import forms
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
