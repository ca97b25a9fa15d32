"""What a row of the queue says beside its number: asked often, promised, returned, escalated, an emergency."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import CloseReason

MARK_WORDS = {
    "asked": lazy("asked %(n)s times"),
    "promise": lazy("promise"),
    "to_rule": lazy("to rule"),
    "returned": lazy("returned"),
    "escalated": lazy("escalated"),
    "nudged": lazy("nudged"),
    "emergency": lazy("emergency"),
    "part": lazy("part of another"),
}


def marks_of(row: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    """What a clerk should know before opening it, in a few words each."""
    marks = _family_marks(row, words)
    if row["contact_count"] > 1:
        marks.append(words["asked"] % {"n": row["contact_count"]})
    if row["promise_count"]:
        marks.append(words["promise"])
    if row["is_disputed"]:
        marks.append(words["to_rule"])
    elif row["return_count"]:
        marks.append(words["returned"])
    if row["escalation"]:
        marks.append(words["escalated"])
    if row["nudged_at"]:
        marks.append(words["nudged"])
    if row["urgency"] == choices.Urgency.EMERGENCY:
        marks.append(words["emergency"])
    return marks


def _family_marks(row: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    if row["child_count"]:
        return [ngettext("%(n)s part", "%(n)s parts", row["child_count"]) % {"n": row["child_count"]}]
    return [words["part"]] if row["parent_id"] and row["close_reason"] != CloseReason.DUPLICATE else []
