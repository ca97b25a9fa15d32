"""Targets of the profile against today and a usual day, for opening pages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.registries import registries
from citydesk.management.statistics.choices import VIEW_ALL
from citydesk.management.statistics.queries.measure import figures, get_measure, measure
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.report import value_words
from citydesk.management.statistics.rules import kpis, texts
from citydesk.management.statistics.rules.asking import Asked
from citydesk.management.statistics.rules.selection import Selection, usual_days

# What stands as it is now has no day of its own to be compared with.
_STANDING = {"requests_open_late", "requests_open", "requests_open_by_age"}
DAYS_SHOWN = 14


@dataclass(frozen=True)
class KpiLine:
    """A target: its figure for the day, the mean of the same weekday in the last four weeks, and what to say."""

    code: str
    name: str
    measure: str
    unit: str
    value: float | None
    target: float | None
    usual: float | None
    is_met: bool | None
    sentence: str
    href: str
    trend: tuple[float, ...]

    @property
    def words(self) -> str:
        return value_words(self.value, self.unit)

    @property
    def usual_words(self) -> str:
        return _("usual %(value)s") % {"value": value_words(self.usual, self.unit)} if self.usual is not None else ""

    @property
    def tone(self) -> str:
        return "hold" if self.is_met is False else ""


def kpi_lines(on: date, *, now: datetime, page: str = "") -> list[KpiLine]:
    """The profile's targets on a day, in the profile's order; those of a page, or all. Targets whose measure no room
    offers yet (telephone figures before there is a telephone) are left out."""
    found = []
    for code, body in profile.entries("kpis", on).items():
        if body["measure"] in registries.measures and (not page or page in (body.get("pages") or (page,))):
            found.append(_line(code, body, on, now))
    return found


def _line(code: str, body: dict[str, Any], on: date, now: datetime) -> KpiLine:
    name = body["measure"]
    found = get_measure(name)
    one_day = Selection(on, on)
    value: float | None
    trend: tuple[float, ...]
    if name in _STANDING:
        value, usual, trend = measure(name, Selection(), now=now).total.value, None, ()
    else:
        by_day = _by_day(name, on, now)
        value = by_day.get(on)
        usual = kpis.usual_of([by_day.get(day) for day in usual_days(on)])
        last = sorted(by_day)[-DAYS_SHOWN:]
        trend = tuple(amount for day in last if (amount := by_day[day]) is not None)
    target = float(body["target"])
    judged = kpis.judge(value, target, body["direction"], usual)
    asked = Asked(Selection() if name in _STANDING else one_day, "all" if name in _STANDING else "days", "day", True)
    return KpiLine(
        code,
        body["name"].get((get_language() or "en").split("-")[0]) or code,
        name,
        found.unit,
        value,
        target,
        usual,
        judged.is_met,
        _sentence(judged, target, found.unit),
        Reading(asked, True, now).records(found.drill or "opened"),
        trend if len(trend) > 1 else (),
    )


def _by_day(name: str, on: date, now: datetime) -> dict[date, float | None]:
    """The figure of each of the last four weeks' days and of the day itself."""
    span = Selection(min(usual_days(on)), on)
    method = "exact" if name in texts.SHARES else "auto"
    return {one.parts[0]: one.value for one in figures(name, span, ("day",), now=now, method=method)}


def _sentence(judged: kpis.Judgement, target: float, unit: str) -> str:
    """Value, target and usual day in one sentence."""
    goal = value_words(target, unit)
    if judged.is_met is None:
        return _("Nothing to count yet today; the target is %(goal)s.") % {"goal": goal}
    if judged.against_usual in ("", "usual"):
        met = _("Meets the target of %(goal)s."), _("Misses the target of %(goal)s.")
        return met[0 if judged.is_met else 1] % {"goal": goal}
    said = {
        ("above", True): _("Meets the target of %(goal)s, higher than a usual day."),
        ("below", True): _("Meets the target of %(goal)s, lower than a usual day."),
        ("above", False): _("Misses the target of %(goal)s, higher than a usual day."),
        ("below", False): _("Misses the target of %(goal)s, lower than a usual day."),
    }
    return said[(judged.against_usual, judged.is_met)] % {"goal": goal}


def kpi_card(access: Access, now: datetime) -> dict[str, Any]:
    """Today against a usual day: opened, closed and contacts, then the profile's targets."""
    today = profile.city_today(now)
    page = "director" if "director" in access.roles else "supervisor"
    counts = [
        _count_line("requests_opened", _("Opened today"), "opened", today, now),
        _count_line("requests_closed", _("Closed today"), "closed", today, now),
        _count_line("contacts_count", _("Contacts today"), "contacts", today, now),
    ]
    return {"counts": counts, "lines": kpi_lines(today, now=now, page=page), "may_see_small": access.may(VIEW_ALL)}


def _count_line(name: str, label: str, drill: str, today: date, now: datetime) -> KpiLine:
    by_day = _by_day(name, today, now)
    usual = kpis.usual_of([by_day.get(day) or 0 for day in usual_days(today)])
    span = [today.fromordinal(today.toordinal() - back) for back in range(DAYS_SHOWN - 1, -1, -1)]
    trend = tuple(float(by_day.get(day) or 0) for day in span)
    asked = Asked(Selection(today, today), "days", "day", True)
    href = Reading(asked, True, now).records(drill)
    return KpiLine(name, label, name, "count", by_day.get(today) or 0, None, usual, None, "", href, trend)
