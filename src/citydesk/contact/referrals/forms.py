"""Parsing what the desk and the other side send."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from citydesk.contact.referrals.services import Scope
from citydesk.kernel.errors import Invalid


def sent(given: QueryDict) -> dict[str, Any]:
    """The form of a new referral as the service takes it; unreadable file ids are left out."""
    return {
        "agency_code": given.get("agency", "").strip()[:40],
        "text": given.get("text", ""),
        "email": given.get("email", "").strip(),
        "file_ids": [int(one) for one in given.getlist("file") if one.isdecimal() and len(one) < 15],
    }


def answered(given: QueryDict, files: MultiValueDict[str, Any]) -> dict[str, Any]:
    """The other side's form as the service takes it."""
    return {
        "answer": given.get("act", "")[:20],
        "name": given.get("name", "").replace("\x00", "").strip()[:80],
        "text": given.get("text", ""),
        "external_number": given.get("external_number", ""),
        "files": files.getlist("files"),
        "key": given.get("key", "")[:80],
    }


def scope(given: QueryDict) -> Scope:
    """Of which requests a program hears and what it is told. Raises `Invalid` for a day that is none."""
    ends = given.get("agreement_ends_on", "").strip()
    try:
        day = date.fromisoformat(ends) if ends else None
    except ValueError as error:
        raise Invalid(_("Write the day as 2027-12-31."), field="agreement_ends_on") from error
    return Scope(
        service_codes=given.get("hook_codes", "").replace(",", " ").split(),
        department_code=given.get("department", "").strip()[:40],
        shares=given.getlist("shares"),
        agreement=given.get("agreement", ""),
        agreement_ends_on=day,
    )


def scope_typed(hook: Mapping[str, Any]) -> dict[str, str]:
    """The scope of a program as its form shows it."""
    ends = hook["agreement_ends_on"]
    return {
        "hook_codes": ", ".join(hook["service_codes"]),
        "department": hook["department__code"] or "",
        "agreement": hook["agreement"],
        "agreement_ends_on": ends.isoformat() if ends else "",
    }


def ticked(given: QueryDict) -> list[str]:
    """All boxes that are ticked on the page of programs."""
    return [one for name in ("scopes", "events", "shares") for one in given.getlist(name)]
