"""Minutes of interpreters by vendor, language and month, with the contacts behind them; as files and on paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.interactions.choices import INTERPRETERS, SUPERVISE, VIEW
from citydesk.contact.interactions.queries import interpreters as queries
from citydesk.contact.interactions.queries.interpreters import INTERPRETED, MinutesLine
from citydesk.kernel import texts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.lists import Column, Key, ListSpec, Sort, list_page, take_out, values_response
from citydesk.kernel.pages import access_of, needs, render

# So many months back can be chosen.
_MONTHS = 24
_SUMS = ListSpec(
    code="interactions.interpreter_minutes",
    columns=(
        Column(code="vendor", label=lazy("Vendor")),
        Column(code="month", label=lazy("Month")),
        Column(code="language", label=lazy("Language")),
        Column(code="contacts", label=lazy("Contacts"), kind="number"),
        Column(code="minutes", label=lazy("Minutes"), kind="number"),
        Column(code="unsaid", label=lazy("Without minutes"), kind="number"),
    ),
    sorts=(Sort("vendor", "vendor", (Key("vendor"),)),),
    default_sort="vendor",
)


@dataclass(frozen=True)
class Asked:
    """The months, both included, and the vendor the address names; all vendors for ""."""

    first: date
    last: date
    vendor: str

    @property
    def query(self) -> str:
        """The same as part of an address."""
        return urlencode({"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}", "vendor": self.vendor})

    @property
    def words(self) -> str:
        """The months in words."""
        first, last = (texts.date_words(one, "F Y") for one in (self.first, self.last))
        return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


@needs(INTERPRETERS, long=True)
@require_GET
def interpreters(request: HttpRequest) -> HttpResponseBase:
    """Sums of the month before this one unless the address names others."""
    access, now = access_of(request), utc_now()
    months = _months(profile.city_today(now))
    asked = _asked(request, months)
    lines = queries.list_minutes(access, asked.first, asked.last, vendor=asked.vendor)
    form = request.GET.get("as", "")
    if form == "pdf":
        return _printed(asked, lines, now)
    if form:
        name = f"interpreter-minutes-{asked.first:%Y-%m}"
        return values_response(_SUMS, _rows(lines), form=form, name=name, access=access, now=now)
    context = {
        "asked": asked,
        "months": [(f"{one:%Y-%m}", texts.date_words(one, "F Y")) for one in months],
        "vendors": _vendors(asked, lines, now),
        "groups": [(vendor, _shown(of), _total(of)) for vendor, of in _by_vendor(lines)],
        "total": _total(lines),
    }
    return render(request, "interactions/interpreters.jinja", context)


@needs(INTERPRETERS, long=True)
@require_GET
def interpreted(request: HttpRequest) -> HttpResponseBase:
    """The contacts behind a sum."""
    access, now, asked = access_of(request), utc_now(), request.GET.copy()
    rows = queries.list_interpreted(access)
    if asked.get("as"):
        form = str(asked["as"])
        return take_out(request, INTERPRETED, rows, asked, form=form, name="interpreted", access=access, now=now)
    page = list_page(INTERPRETED, rows, asked, access=access, now=now)
    context = {
        "page": page,
        "at": now,
        "sealed": queries.count_sealed(access, page.values),
        "may_read": access.may(VIEW) or access.may(SUPERVISE),
    }
    return render(request, "interactions/interpreted.jinja", context)


def _months(today: date) -> list[date]:
    """The first days of this month and those before it, the newest first."""
    found = [today.replace(day=1)]
    while len(found) < _MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def _asked(request: HttpRequest, months: list[date]) -> Asked:
    known = {f"{one:%Y-%m}": one for one in months}
    first = known.get(request.GET.get("from", ""), months[1])
    last = known.get(request.GET.get("to", ""), first)
    return Asked(min(first, last), max(first, last), request.GET.get("vendor", "").replace("\0", "")[:80])


def _vendors(asked: Asked, lines: list[MinutesLine], now: datetime) -> list[tuple[str, str]]:
    """Vendors of the profile and those that were written down."""
    known = {str(body["name"]) for body in profile.entries("interpreters", profile.city_today(now)).values()}
    names = known | {one.vendor for one in lines} | ({asked.vendor} if asked.vendor else set())
    return [(one, one) for one in sorted(names, key=str.lower)]


def _by_vendor(lines: list[MinutesLine]) -> list[tuple[str, list[MinutesLine]]]:
    names = dict.fromkeys(one.vendor for one in lines)
    return [(name, [one for one in lines if one.vendor == name]) for name in names]


def _total(lines: list[MinutesLine]) -> dict[str, int]:
    return {name: sum(getattr(one, name) for one in lines) for name in ("contacts", "minutes", "unsaid", "sealed")}


def _shown(lines: list[MinutesLine]) -> list[dict[str, Any]]:
    return [
        {
            "line": one,
            "month": texts.date_words(one.month, "M Y"),
            "language": texts.language_name(one.language),
            "href": f"{reverse('interactions:interpreted')}?{_behind(one)}",
        }
        for one in lines
    ]


def _behind(one: MinutesLine) -> str:
    last = queries.month_after(one.month) - timedelta(days=1)
    return urlencode(
        {
            "vendor": one.vendor,
            "language": one.language,
            "received_from": one.month.isoformat(),
            "received_to": last.isoformat(),
        }
    )


def _rows(lines: list[MinutesLine]) -> Iterator[list[Any]]:
    for one in lines:
        language = texts.language_name(one.language)
        yield [one.vendor, f"{one.month:%Y-%m}", language, one.contacts, one.minutes, one.unsaid]


def _printed(asked: Asked, lines: list[MinutesLine], now: datetime) -> HttpResponse:
    """The sums on paper: each vendor's lines, its sum under them."""
    rows = []
    for vendor, of in _by_vendor(lines):
        rows += [[vendor, one["month"], one["language"], *_numbers(vars(one["line"]))] for one in _shown(of)]
        rows.append([vendor, _("Sum"), "", *_numbers(_total(of))])
    left = {"vendor", "month", "language"}
    data = {
        "title": _("Minutes of interpreters, %(months)s") % {"months": asked.words},
        "summary": _("%(city)s. %(contacts)s contacts, %(minutes)s minutes as the desk wrote them down.")
        % {"city": profile.city().name, **{name: texts.count(value) for name, value in _total(lines).items()}},
        "columns": [
            {"label": str(one.label), "align": "left" if one.code in left else "right"} for one in _SUMS.columns
        ],
        "rows": rows,
        "foot": texts.full_time(now),
    }
    pdf = render_pdf("kernel/list.typ", data, language=get_language() or "en", now=now)
    headers = {"Content-Disposition": f'inline; filename="interpreter-minutes-{asked.first:%Y-%m}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _numbers(of: Any) -> list[str]:
    return [texts.count(of[name]) for name in ("contacts", "minutes", "unsaid")]
