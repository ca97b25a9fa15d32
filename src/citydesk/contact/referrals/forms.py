"""Parsing what the desk and the other side send."""

from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict


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
