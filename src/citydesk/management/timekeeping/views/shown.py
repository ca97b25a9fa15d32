"""What every page of time has in common: its tabs, words and forms, and that nothing of it is kept by a browser."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Refusal, private_page
from citydesk.kernel.pages import access_of
from citydesk.management.timekeeping import forms, labels
from citydesk.management.timekeeping.choices import APPROVE, AUDIT, FILES, OWN, SUMS, VIEW


def show(
    request: HttpRequest, template: str, context: dict[str, Any], now: datetime, refusal: Refusal | None = None
) -> HttpResponse:
    """A page of time; a refused act comes back with what was typed."""
    words = {
        "tabs": _tabs(access_of(request)),
        "labels": labels,
        "hours": forms.hours_text,
        "written": forms.written,
        "at": now,
    }
    return private_page(request, f"timekeeping/{template}", {**words, **context}, refusal)


def _tabs(access: Access) -> list[tuple[str, str]]:
    sees_others = access.may(APPROVE) or access.may(AUDIT)
    known = (
        ("mine", _("My time"), access.may(OWN)),
        ("leave", _("My leave"), access.may(OWN)),
        ("approvals", _("Approvals"), access.may(APPROVE)),
        ("unsubmitted", _("Not submitted"), access.may(APPROVE)),
        ("report", _("Report"), sees_others),
        ("monthly", _("Month"), sees_others),
        ("teams", _("Teams"), access.may(SUMS) and not sees_others),
        ("attendance", _("Attendance"), access.may(VIEW)),
        ("payroll", _("Payroll"), access.may(FILES)),
    )
    return [(reverse(f"timekeeping:{name}"), words) for name, words, is_there in known if is_there]
