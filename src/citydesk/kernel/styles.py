"""The living sheet of parts: every component and state, and the layouts of the desk's screens, with invented contents.

It is where the look is tested (axe, keys, widths, themes) and where a builder of a page copies from.
"""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from markupsafe import Markup

from citydesk.kernel.charts import Chart, ChartColumn, line_chart
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import needs, render
from citydesk.kernel.shell import NavEntry, Shell

SHAPES = (
    ("open", "Open"),
    ("in_progress", "In progress"),
    ("on_hold", "On hold"),
    ("waiting", "Waiting for resident"),
    ("referred", "Referred"),
    ("closed_done", "Closed, done"),
    ("closed_no_action", "Closed, no action"),
    ("draft", "Draft"),
    ("parked", "Parked"),
    ("due_today", "Due today"),
    ("late", "Late"),
    ("refused", "Refused"),
)
STATUS = dict(SHAPES) | {"waiting": "Waiting"}

SAMPLE = tomllib.loads((Path(__file__).parent / "styles.toml").read_text(encoding="utf-8"))


class SampleShell(Shell):
    """A bar and strip as in a busy hour."""

    city_name = "City of Samplewood"
    city_short = "Samplewood"
    desk_name = "311"
    line = {"text": "On call", "seconds": 252}
    duty = "Desk 4"
    live_url = ""
    user_label = "Dana Whitlock"
    links = {"home": "#main", "find": "#find", "new_contact": "#new", "language": "#language", "portal": "#main"}
    strip_actions = [
        {"text": "Park", "key": "F4", "url": "#park"},
        {"text": "Ask supervisor", "key": "Shift F1", "url": "#ask"},
    ]
    strip = [
        {
            "id": 1,
            "url": "#main",
            "channel": "phone",
            "clock": 252,
            "name": "M. Garcia",
            "summary": "Tree down, 1200 Oak St",
            "is_parked": False,
            "is_current": True,
        },
        {
            "id": 2,
            "url": "#main",
            "channel": "counter",
            "clock": 90,
            "name": "T. Fenwick",
            "summary": "Tag renewal",
            "is_parked": True,
            "is_current": False,
        },
    ]
    current = "home"

    @property
    def nav(self) -> list[NavEntry]:  # type: ignore[override]  # sample entries
        names = ("Home", "Contact", "Queue", "Work orders", "Map", "Knowledge", "Reports")
        return [NavEntry(name.lower(), name, "#main", name.lower() == self.current) for name in names]


def _button(text: str) -> Markup:
    return Markup('<button class="btn btn--outline btn--small" type="button">{}</button>').format(text)


def _codes() -> list[dict[str, Any]]:
    return [{**code, "detail": Markup(code["detail"])} for code in SAMPLE["codes"]]  # noqa: S704 - our own file


def _requests(now: datetime) -> list[SimpleNamespace]:
    names = "minutes status number code place district owner came age followers marks photo".split()  # noqa: SIM905
    found = []
    for place, row in enumerate(SAMPLE["requests"] * 2):
        one = SimpleNamespace(**dict(zip(names, row, strict=True)))
        one.due = now + timedelta(minutes=one.minutes + 5)
        one.status_text = STATUS[one.status]
        one.ticked = place in (3, 5, 8)
        one.current = place == 8
        found.append(one)
    return found


def _sample(now: datetime) -> dict[str, Any]:
    shared = Markup("A fallen tree blocks the 1200 block of Oak St. <mark>{}</mark> One lane opens today before 18:00.")
    return {
        "at": now - timedelta(hours=3),
        "late_at": now - timedelta(days=2, hours=1),
        "soon_at": now + timedelta(hours=2),
        "shapes": SHAPES,
        "theirs": shared.format("Use Maple Ave."),
        "yours": shared.format("A crew is on site."),
        "codes": _codes(),
        "people": SAMPLE["people"],
        "requests": _requests(now),
        "entries": SAMPLE["entries"],
        "decisions": [
            {"count": n, "title": title, "detail": detail, "action": _button(act)}
            for n, title, detail, act in SAMPLE["decisions"]
        ],
        "markup": Markup,
        "chart": _chart(),
        "stopped": False,
    }


def _chart() -> Chart:
    rows = [
        {"week": date.fromisoformat(day), "opened": opened, "closed": closed, "href": "#main"}
        for day, opened, closed in SAMPLE["weeks"]
    ]
    return line_chart(
        code="opened_closed",
        label="Opened and closed by week",
        at=ChartColumn("week", "Week of", "date"),
        values=[ChartColumn("opened", "Opened", "number"), ChartColumn("closed", "Closed", "number")],
        rows=rows,
        spec_url=reverse("kernel:styles_chart"),
    )


@needs("desk.admin")
@require_GET
def chart(request: HttpRequest) -> HttpResponse:
    """The specification of the sheet's chart, as a report's own view answers it."""
    return JsonResponse(_chart().spec)


PAGES = {
    "states": ("states", "home"),
    "contact": ("contact", "contact"),
    "stop": ("contact", "contact"),
    "queue": ("queue", "queue"),
    "request": ("request", "queue"),
    "supervisor": ("supervisor", "home"),
    "report": ("report", "reports"),
    "portal": ("portal", ""),
    "crew": ("crew", ""),
}


@needs("desk.admin")
@require_GET
def styles(request: HttpRequest, name: str = "states") -> HttpResponse:
    """One page of the sheet. Contents are invented and stay in their language; the frame speaks the reader's."""
    if name not in PAGES:
        raise Http404(_("There is no such page of the sheet."))
    template, current = PAGES[name]
    shell = SampleShell(request)
    shell.current = current
    context = {
        **_sample(utc_now()),
        "shell": shell,
        "stopped": name == "stop",
        "pages": [(one, one.replace("_", " ").title()) for one in PAGES],
    }
    return render(request, f"kernel/styles/{template}.jinja", context)
