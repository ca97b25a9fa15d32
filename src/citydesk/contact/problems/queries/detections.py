"""Recurrences in words, with the requests behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.problems import labels
from citydesk.contact.problems.choices import DETECTION_TYPE, By, DetectionState
from citydesk.contact.problems.models import Detection, DetectionReport
from citydesk.contact.service_requests.queries import recurring
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.texts import date_words

LINE = (
    "id",
    "by",
    "rule_code",
    "rule_names",
    "days",
    "need",
    "radius_m",
    "gap_hours",
    "service_id",
    "customer__number",
    "asset",
    "place_label",
    "event_count",
    "report_count",
    "first_at",
    "last_at",
    "state",
    "is_return",
    "dismissed_count",
    "problem__number",
    "department_id",
    "lat",
    "lon",
    "decided_at",
    "decided_by",
    "reason",
)
_FEET = 3.28084


@dataclass(frozen=True)
class DetectionLine:
    """A recurrence as lists show it."""

    id: int
    state: str
    title: str
    place: str
    by: str
    events: int
    last_at: datetime
    is_return: bool
    problem: str
    why: str


@dataclass(frozen=True)
class DetectionPage:
    """A recurrence with why it was found and the requests behind it that the reader sees."""

    line: DetectionLine
    row: Mapping[str, Any]
    reasons: list[str]
    requests: list[Any]
    hidden: int
    history: list[Any]


def list_detections(access: Access) -> Any:
    """All the reader may know of, as rows for a list page."""
    return Detection.objects.visible_to(access).values(*LINE)


def lines_of(rows: Any) -> list[DetectionLine]:
    """Rows as lines, in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    names = recurring.service_names(language)
    return [_line(row, names, language) for row in rows]


def _line(row: Mapping[str, Any], names: Mapping[int, str], language: str) -> DetectionLine:
    code = names.get(row["service_id"]) or labels.in_language(row["rule_names"], language)
    return DetectionLine(
        row["id"],
        row["state"],
        _("%(code)s: %(n)s times") % {"code": code, "n": row["event_count"]},
        place_of(row),
        str(labels.BY[row["by"]]),
        row["event_count"],
        row["last_at"],
        row["is_return"],
        row["problem__number"] or "",
        explain(row, code, language)[0],
    )


def place_of(row: Mapping[str, Any]) -> str:
    """What the reports have in common, in words: an address, an asset, a person's number, a place with its radius."""
    if row["by"] == By.CUSTOMER:
        return str(row["customer__number"] or "")
    if row["by"] == By.ASSET:
        return f"{row['asset']}, {row['place_label']}".rstrip(", ")
    if row["by"] == By.CODE:
        return _("within %(far)s of %(place)s") % {"far": distance(row["radius_m"]), "place": row["place_label"]}
    return str(row["place_label"])


def distance(meters: int) -> str:
    """A radius in the city's units."""
    if profile.city().units == "imperial":
        return _("%(n)s ft") % {"n": round(meters * _FEET / 10) * 10}
    return _("%(n)s m") % {"n": meters}


def explain(row: Mapping[str, Any], code: str, language: str) -> list[str]:
    """Why it was found, in sentences: what was counted, by which rule, what counts once, why it is shown again."""
    facts = {
        "n": row["event_count"],
        "code": code,
        "where": place_of(row),
        "first": day(row["first_at"]),
        "last": day(row["last_at"]),
        "rule": labels.in_language(row["rule_names"], language),
        "need": row["need"],
        "days": row["days"],
    }
    shared = {
        By.ADDRESS: _("%(n)s times “%(code)s” at %(where)s, from %(first)s to %(last)s."),
        By.ASSET: _("%(n)s times “%(code)s” about %(where)s, from %(first)s to %(last)s."),
        By.CUSTOMER: _("%(n)s times “%(code)s” from the same person, %(where)s, from %(first)s to %(last)s."),
        By.CODE: _("%(n)s times “%(code)s” %(where)s, from %(first)s to %(last)s."),
    }
    said = [shared[row["by"]] % facts]
    said.append(_("The rule “%(rule)s” asks for %(need)s within %(days)s days.") % facts)
    if row["report_count"] > row["event_count"]:
        said.append(
            _("%(reports)s requests are %(n)s events: what came within %(hours)s hours at one place counts once.")
            % {"reports": row["report_count"], "n": row["event_count"], "hours": row["gap_hours"]}
        )
    if row["is_return"]:
        said.append(
            _("It was put aside at %(was)s and has gone on: now %(n)s.")
            % {"was": row["dismissed_count"], "n": row["event_count"]}
        )
    return said


def day(moment: datetime) -> str:
    """A day with its year, in the city's zone."""
    return date_words(timezone.localtime(moment, profile.local_zone()), "j M Y")


def get_detection(access: Access, detection_id: int, *, now: datetime) -> DetectionPage:
    """A recurrence's page, logged as read. Raises `NotFound` for what is not the reader's to see."""
    row = Detection.objects.visible_to(access).filter(pk=detection_id).values(*LINE).first()
    if row is None:
        raise NotFound(_("There is no such recurrence."))
    language = (get_language() or "en").split("-")[0]
    names = recurring.service_names(language)
    ids = list(DetectionReport.objects.filter(detection_id=detection_id).values_list("request_id", flat=True))
    requests = recurring.rows_in_sight(access, ids)
    audit.record_read(object_type=DETECTION_TYPE, object_id=detection_id, purpose="page", actor=access.actor, now=now)
    code = names.get(row["service_id"]) or labels.in_language(row["rule_names"], language)
    return DetectionPage(
        line=_line(row, names, language),
        row=row,
        reasons=explain(row, code, language),
        requests=requests,
        hidden=len(ids) - len(requests),
        history=audit.history_of(DETECTION_TYPE, detection_id),
    )


def count_new(access: Access) -> int:
    """How many recurrences wait for somebody to look at them."""
    return Detection.objects.visible_to(access).filter(state=DetectionState.NEW).count()


def list_new(access: Access, *, limit: int = 5) -> list[DetectionLine]:
    """Those to look at, most events first."""
    rows = Detection.objects.visible_to(access).filter(state=DetectionState.NEW).order_by("-event_count", "-id")
    return lines_of(rows.values(*LINE)[:limit])
