"""The report of a month: what came, of what kind, how it was answered and passed on; as a page, as a file, on paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions.choices import Channel, OutcomeKind
from citydesk.contact.interactions.queries import words as contact_words
from citydesk.contact.traffic import forms, labels
from citydesk.contact.traffic.choices import VIEW, Formula
from citydesk.contact.traffic.queries.monthly import MonthPage, MonthSums, Part, get_month
from citydesk.contact.traffic.rules import CATALOG, FORMULAS, Ratio
from citydesk.contact.traffic.rules.monthly import Lost, change
from citydesk.contact.traffic.views.received import OF_DAY, call_lines, calls_compared, days_of
from citydesk.contact.traffic.views.sheets import csv_file
from citydesk.contact.traffic.views.shown import name_in, show
from citydesk.kernel import audit, texts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.texts import count, date_words, duration_clock

OBJECT = "traffic.month"
REASONS = 15
# What stands in the table of queues, and in that of days.
_OF_QUEUE = (
    "offered", "answered", "abandoned", "abandon_rate", "level", "asa", "aht", "transfer_rate_internal",
    "transfer_rate_external", "transfer_rate_unknown",
)  # fmt: skip
_OF_DAY = ("offered", "answered", "abandoned", "level", "aht", "transfer_rate_internal", "transfer_rate_external")
_COMPARED = (
    "offered", "answered", "abandoned", "short_abandoned", "abandon_rate", "level", "asa", "aht", "hold_rate",
    "transfer_rate", "transfer_rate_internal", "transfer_rate_external", "transfer_rate_unknown",
)  # fmt: skip


@needs(VIEW, long=True)
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """The month before this one unless the address names another; days of all queues, or of the one it names."""
    access, now, given = access_of(request), utc_now(), request.GET
    over = profile.city_today(now).replace(day=1) - timedelta(days=1)
    asked = forms.month_or(given.get("month", ""), over)
    found = get_month(access=access, month=asked, queue_code=given.get("queue", ""), now=now)
    form = given.get("as", "")
    if form in ("csv", "pdf"):
        audit.record_read(
            object_type=OBJECT, object_id=asked.year * 100 + asked.month, purpose="file", actor=access.actor, now=now
        )
        return _file(found) if form == "csv" else _paper(found, now)
    return show(request, "month.jinja", _context(found, profile.city_today(now)))


def _context(found: MonthPage, today: date) -> dict[str, Any]:
    following = found.last + timedelta(days=1)
    return {
        "found": found,
        "title": _title(found),
        "compared": list(_rows_compared(found)),
        "heads_of_queues": [_name(code) for code in _OF_QUEUE],
        "queues": [(one, _cells(one.part, _OF_QUEUE)) for one in found.now.queues],
        "queue_names": {one.queue.code: name_in(one.queue.name, one.queue.code) for one in found.now.queues},
        "whole": _cells(found.now.whole, _OF_QUEUE),
        "formulas": list(_formulas(found)),
        "day_heads": [_name(code) for code in _OF_DAY],
        "days": [(day, _cells(part, _OF_DAY), _day_address(found, day)) for day, part in found.days],
        "kinds": list(_kinds(found)),
        "call_heads": [_name(code) for code in OF_DAY],
        "call_days": days_of(found.now.calls.days),
        "offices": [(one, one.code in found.outside) for one in found.offices],
        "lost_parts": _lost_parts(found.now.lost),
        "here": _address(found.first, found.queue.code if found.queue else ""),
        "of_queue": lambda code: _address(found.first, code),
        "earlier": _address(found.first - timedelta(days=1)),
        "later": _address(following) if following <= today else "",
    }


def _address(day: date, queue: str = "") -> str:
    asked = {"month": f"{day:%Y-%m}", **({"queue": queue} if queue else {})}
    return f"{reverse('traffic:month')}?{urlencode(asked)}"


def _day_address(found: MonthPage, day: date) -> str:
    """The page of a day and queue, whose values open the rows behind them; none where days are of all queues."""
    asked = urlencode({"queue": found.queue.code, "on": day.isoformat()}) if found.queue else ""
    return f"{reverse('traffic:day')}?{asked}" if asked else ""


def _title(found: MonthPage) -> str:
    return _("Traffic, %(month)s") % {"month": date_words(found.first, "F Y")}


# --- figures ---------------------------------------------------------------------------------------------------------


def _name(code: str) -> Any:
    return _("Service level") if code == "level" else labels.METRICS[code]


def _ratio(part: Part, code: str) -> Ratio | None:
    return part.level if code == "level" else part.value(code)


def _value(part: Part, code: str) -> str:
    """A figure as it is read; a dash where a source did not tell it or nothing was counted."""
    ratio = _ratio(part, code)
    if ratio is None or ratio.value is None:
        return "–"
    if code == "level" or CATALOG[code].unit == "percent":
        return f"{100 * ratio.value:.1f} %"
    return duration_clock(round(ratio.value)) if CATALOG[code].unit == "seconds" else count(ratio.numerator)


def _cells(part: Part, codes: tuple[str, ...]) -> list[str]:
    return [_value(part, code) for code in codes]


def _moved(now: float | None, before: float | None) -> str:
    moved = change(now, before)
    return "–" if moved is None else f"{100 * moved:+.0f} %"


def _rows_compared(found: MonthPage) -> Iterator[tuple[Any, Any, str, str, str]]:
    """(what, its definition, this month, the month before, the change) of everything that is compared."""
    for code in _COMPARED:
        ratios = [_ratio(one.whole, code) for one in (found.now, found.before)]
        words = _("by each queue's own formula") if code == "level" else labels.DEFINITIONS[code]
        moved = _moved(*(None if one is None else one.value for one in ratios))
        yield _name(code), words, _value(found.now.whole, code), _value(found.before.whole, code), moved
    yield from calls_compared(found.now.calls.whole, found.before.calls.whole, _moved)
    for name, words, value in _BESIDE:
        now_value, before_value = value(found.now), value(found.before)
        yield name, words, count(now_value), count(before_value), _moved(now_value, before_value)
    share, share_before = found.now.lost.share, found.before.lost.share
    words = _("sick, late or not there, something did not work / rostered time")
    moved = _moved(share, share_before)
    yield _("Unplanned shrinkage"), words, _percent(share), _percent(share_before), moved


def _contacts(one: MonthSums) -> int:
    return one.contacts.contacts


def _interpreted(one: MonthSums) -> int:
    return one.contacts.interpreted


def _minutes(one: MonthSums) -> int:
    return one.contacts.interpreter_minutes


_BESIDE: tuple[tuple[Any, Any, Callable[[MonthSums], int]], ...] = (
    (lazy("Contacts recorded"), lazy("contacts of all channels with a record of the desk"), _contacts),
    (lazy("With an interpreter"), lazy("contacts in which an interpreter was noted"), _interpreted),
    (lazy("Minutes of interpreters"), lazy("as far as they were noted"), _minutes),
)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _formulas(found: MonthPage) -> Iterator[str]:
    """How each queue's service level was counted; more than one line where the profile changed within the month."""
    for one in found.now.queues:
        for formula, threshold, definition in sorted(one.part.formulas):
            known = Formula(formula)
            yield _("%(queue)s: %(words)s (%(formula)s), within %(seconds)s s, definition %(version)s") % {
                "queue": name_in(one.queue.name, one.queue.code),
                "words": labels.FORMULAS[known],
                "formula": FORMULAS[known],
                "seconds": count(threshold),
                "version": definition,
            }


@dataclass(frozen=True)
class _Kind:
    """A table of kinds of contacts: (words, count, share of all) each."""

    title: str
    head: str
    rows: list[tuple[str, int, str]]


def _kinds(found: MonthPage) -> Iterator[_Kind]:
    """What the contacts were about, how they came, what became of them, in which language."""
    sums = found.now.contacts
    services = profile.entries("services", found.last)
    least = profile.city().small_cell
    named = [(code, some) for code, some in sums.by_reason.most_common() if code and some >= least][:REASONS]
    rows = [(name_in(services.get(code, {}).get("name", {}), code), some) for code, some in named]
    rest = sums.contacts - sum(some for _words, some in rows)
    if rest:
        rows.append((_("other reasons, and none recorded"), rest))
    yield _Kind(_("Contacts by reason"), _("Reason"), _with_share(rows, sums.contacts))
    channels = [(str(contact_words.CHANNELS[Channel(code)]), some) for code, some in sums.by_channel.most_common()]
    yield _Kind(_("Contacts by channel"), _("Channel"), _with_share(channels, sums.contacts))
    outcomes = [(_outcome(code), some) for code, some in sums.by_outcome.most_common()]
    yield _Kind(_("Contacts by outcome"), _("Outcome"), _with_share(outcomes, sums.contacts))
    languages = [(texts.language_name(code), some) for code, some in sums.by_language.most_common()]
    yield _Kind(_("Contacts by language"), _("Language"), _with_share(languages, sums.contacts))


def _outcome(code: str) -> str:
    return str(contact_words.OUTCOMES[OutcomeKind(code)]) if code else _("no outcome")


def _with_share(rows: list[tuple[str, int]], whole: int) -> list[tuple[str, int, str]]:
    return [(words, some, _percent(some / whole if whole else None)) for words, some in rows]


def _lost_parts(lost: Lost) -> str:
    if lost.share is None:
        return _("Nothing of this month was measured: no schedule was published, or it is not over.")
    return _(
        "%(rostered)s rostered: sick %(sick)s, late or not there %(away)s, malfunctions %(broken)s. Over the weeks "
        "that end in the month, as on the page Staff required."
    ) % {
        "rostered": _hours(lost.rostered_s),
        "sick": _hours(lost.sick_s),
        "away": _hours(lost.away_s),
        "broken": _hours(lost.broken_s),
    }


def _hours(seconds: int) -> str:
    return _("%(hours)s h") % {"hours": f"{seconds / 3600:.1f}"}


# --- file and paper --------------------------------------------------------------------------------------------------


def _file(found: MonthPage) -> HttpResponse:
    """Every figure with what is above and below its line, so that it can be reckoned again."""
    head = [_("Part"), _("What"), _("Measure"), _("Value"), _("Above"), _("Below")]
    return csv_file(f"traffic-{found.first:%Y-%m}", head, _lines(found))


def _lines(found: MonthPage) -> Iterator[list[Any]]:
    for sums in (found.now, found.before):
        label = f"{sums.month:%Y-%m}"
        yield from _part_lines(_("Month"), label, sums.whole)
        yield from call_lines(_("Month"), label, sums.calls.whole)
        for name, _words, value in _BESIDE:
            yield [_("Month"), label, str(name), value(sums), value(sums), ""]
        lost = sums.lost
        share = "" if lost.share is None else round(lost.share, 4)
        yield [_("Month"), label, _("Unplanned shrinkage"), share, lost.lost_s, lost.rostered_s]
    for one in found.now.queues:
        yield from _part_lines(_("Queue"), one.queue.code, one.part)
    for day, part in found.days:
        yield from _part_lines(_("Day"), day.isoformat(), part)
    for day, calls in sorted(found.now.calls.days.items()):
        yield from call_lines(_("Day"), day.isoformat(), calls)
    for kind in _kinds(found):
        yield from ([kind.title, words, _("Contacts"), some, some, ""] for words, some, _share in kind.rows)
    for office in found.offices:
        yield [_("Passed on to"), office.name, _("Reached"), office.passed, office.passed, office.tried]


def _part_lines(part: str, what: str, sums: Part) -> Iterator[list[Any]]:
    for code in _COMPARED:
        ratio = _ratio(sums, code)
        if ratio is not None and ratio.value is not None:
            is_count = code != "level" and not CATALOG[code].denominator
            value = ratio.numerator if is_count else round(ratio.value, 4)
            yield [part, what, str(_name(code)), value, ratio.numerator, "" if is_count else ratio.denominator]


def _paper(found: MonthPage, now: datetime) -> HttpResponse:
    data = {
        "title": _title(found),
        "city": profile.city().name,
        "summary": _("%(first)s to %(last)s, all queues.")
        % {"first": texts.short_date(found.first), "last": texts.short_date(found.last)},
        "parts": list(_tables(found)),
        "foot": texts.full_time(now),
    }
    pdf = render_pdf("traffic/month.typ", data, language=get_language() or "en", now=now)
    name = f"traffic-{found.first:%Y-%m}"
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store, private"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _tables(found: MonthPage) -> Iterator[dict[str, Any]]:
    """The tables of the paper."""
    heads = [_("Measure"), _("This month"), _("Month before"), _("Difference")]
    rows = [[f"{name}: {words}", *values] for name, words, *values in _rows_compared(found)]
    yield _table(_("This month and the one before"), heads, rows, "", _lost_parts(found.now.lost))
    queues = [[name_in(one.queue.name, one.queue.code), *_cells(one.part, _OF_QUEUE)] for one in found.now.queues]
    queues.append([_("All queues"), *_cells(found.now.whole, _OF_QUEUE)])
    heads = [_("Queue"), *(str(_name(code)) for code in _OF_QUEUE)]
    yield _table(_("By queue"), heads, queues, "", "; ".join(_formulas(found)))
    for kind in _kinds(found):
        shown = [[words, count(some), share] for words, some, share in kind.rows]
        yield _table(kind.title, [kind.head, _("Contacts"), _("Share")], shown, _("No contact was recorded."))
    offices = [[one.name, _whose(one.code in found.outside), one.passed, one.tried] for one in found.offices]
    heads = [_("Office"), _("Whose"), _("Reached"), _("Tried")]
    yield _table(_("Passed on to offices"), heads, offices, _("Nobody was passed on to an office."))
    if found.now.calls.days:
        heads = [_("Day"), *(str(_name(code)) for code in OF_DAY)]
        calls = [[texts.short_date(day), *(one for one, _href in row)] for day, row in days_of(found.now.calls.days)]
        yield _table(_("Calls received, day by day"), heads, calls, "")
    days = [[texts.short_date(day), *_cells(part, _OF_DAY)] for day, part in found.days]
    yield _table(_("Day by day"), [_("Day"), *(str(_name(code)) for code in _OF_DAY)], days, _("Nothing came."))


def _whose(is_outside: bool) -> str:
    return _("another body") if is_outside else _("the city")


def _table(title: str, heads: list[Any], rows: list[list[Any]], empty: str, note: str = "") -> dict[str, Any]:
    columns = [{"label": str(words), "align": "left" if not n else "right"} for n, words in enumerate(heads)]
    return {
        "title": title, "columns": columns, "rows": [[str(cell) for cell in row] for row in rows], "empty": empty,
        "note": note,
    }  # fmt: skip
