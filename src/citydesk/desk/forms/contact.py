"""Reading the contact form: draft fields and the version they were filled from."""

from typing import Any

from django.http import QueryDict

from citydesk.contact.interactions import rules

_MANY = "[]"
_TICKS = ("name_refused", "is_relay", "is_confidential", "consent")


def typed_fields(post: QueryDict) -> dict[str, Any]:
    """The draft's fields in a form; a question with several answers comes as a list.

    A whole form says by its `version` field that a tick that is missing was taken off; a single change names it.
    """
    fields: dict[str, Any] = {}
    for name in post:
        if not rules.is_draft_field(name):
            continue
        values = post.getlist(name)
        fields[name] = values if len(values) > 1 and name.startswith("q.") else values[-1]
    return fields


def whole_form(post: QueryDict) -> dict[str, Any]:
    """The fields of a form that was sent as a whole: ticks that are missing were taken off."""
    return {**dict.fromkeys(_TICKS, ""), **typed_fields(post)}


def typed_version(post: QueryDict) -> int:
    """The version the form was filled from; 0 when it is none."""
    text = post.get("version", "")
    return int(text) if text.isdecimal() else 0
