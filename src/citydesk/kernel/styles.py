"""The living sheet of parts: every component and state, and the layouts of the desk's screens, with invented contents.

It is where the look is tested (axe, keys, widths, themes) and where a builder of a page copies from.
"""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from markupsafe import Markup

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

# due in minutes from now, status, number, code, place, district, owner, came by, age, followers, marks, photo
REQUESTS = (
    (-2880, "in_progress", "SR-26-036837-V", "Tree trim or prune", "118 W 14th St", 8, "J. Lindqvist", "web", "4 d", 0, (), 0),
    (-1740, "open", "SR-26-036777-W", "Missed trash pickup", "201 Larkspur Dr", 5, "J. Lindqvist", "web", "6 d", 1, ("asked 2 times",), 0),
    (-1500, "in_progress", "SR-26-036836-M", "Storm drain blocked", "1204 Harbor Blvd", 7, "Drainage crew 1", "e-mail", "6 d", 0, ("asked 2 times", "promise"), 0),
    (-360, "open", "SR-26-038668-E", "Storm drain blocked", "1160 Harbor Blvd", 1, "", "phone", "8 d", 2, ("promise",), 0),
    (-120, "open", "SR-26-038140-W", "Graffiti removal", "2160 Maple Ave", 1, "M. Abara", "e-mail", "4 d", 0, (), 0),
    (-44, "open", "SR-26-037356-G", "Street sign down", "707 Maple Ave", 2, "M. Abara", "phone", "6 d", 0, (), 0),
    (46, "in_progress", "SR-26-037232-D", "Bulk item pickup", "1772 E Kestrel Ave", 5, "M. Abara", "app", "21 h", 0, ("promise",), 0),
    (91, "open", "SR-26-037698-W", "Tree down, blocking", "1957 Foundry St", 9, "P. Novak", "phone", "23 h", 0, (), 0),
    (131, "open", "SR-26-038274-H", "Overgrown lot", "1601 Maple Ave", 1, "M. Abara", "phone", "15 h", 0, (), 0),
    (146, "referred", "SR-26-038584-H", "Missed recycling", "172 N Tannery Rd", 1, "Sanitation AM", "counter", "10 h", 0, (), 1),
    (171, "open", "SR-26-038152-V", "Missed recycling", "768 Quarry Rd", 9, "P. Novak", "counter", "8 h", 0, (), 0),
    (181, "in_progress", "SR-26-037065-P", "Storm drain blocked", "410 N Tannery Rd", 7, "M. Abara", "phone", "20 h", 3, (), 0),
    (301, "waiting", "SR-26-038428-L", "Street light out", "1918 Larkspur Dr", 3, "P. Novak", "web", "6 h", 1, (), 1),
    (1186, "on_hold", "SR-26-037567-J", "Pothole", "1710 Larkspur Dr", 8, "M. Abara", "web", "8 d", 2, (), 1),
)  # fmt: skip
ENTRIES = (
    ("photo_camera", "Forestry crew 2", "added a photo", "Trunk cut, one lane being swept", "change"),
    ("phone", "Dana Whitlock", "told the status to a caller", "Repeat contact 2, Rubén Garcia follows by text", "public"),
    ("construction_worker", "Forestry crew 2", "started work order WO-26-009114-G", "Arrived after 26 min, checklist 2 of 5", "change"),
    ("lock_outline", "J. Lindqvist", "wrote an internal note", "Private tree, roots on 1218. Owner letter after clearing.", "internal"),
    ("timer", "Clock", "runs again, paused 14 min", "Utility done at Oak St. Due moved from 16:10 to 16:24", "change"),
    ("timer", "J. Lindqvist", "paused the clock", "Reason: waiting for another agency. Review by 13:30", "change"),
    ("mail_outline", "System", 'sent text "On our way" to 4 people', "English 3, Spanish 1. Delivered 4 of 4", "public"),
    ("arrow_forward", "Rule 18", "routed to Forestry, crew area N-2", "Code is tree, district 4, inside service hours.", "change"),
    ("edit", "Dana Whitlock", "corrected Way out: Not sure to No", "Reason: caller called back. Urgency 24 h to 4 h, due 16:10", "change"),
    ("add_circle_outline", "Dana Whitlock", "recorded the request from a phone contact", "Number read to Henrike Dahl, due told: today", "public"),
)  # fmt: skip
DECISIONS = (
    (9, "Unassigned since closing time", "since Mon 17:30, 3 from the storm", "Assign"),
    (2, "Returned by a department twice", "Streets and Drainage each say not theirs", "Rule"),
    (4, "Held by spam brakes", "same web form, 4 in 6 min, one has a photo", "Read"),
    (3, "Messages not delivered", "2 wrong numbers, 1 mailbox full", "Repair"),
    (1, "Outcome unknown", "text to 1 person, provider did not answer", "Look"),
    (2, "Drafts older than a day", "Imre Szabo 1, Anselm Brandt 1", "Open"),
    (1, "Correction of a closed request", "place changed, right needed", "Decide"),
)


class SampleShell(Shell):
    """A bar and strip as in a busy hour."""

    city_name = "City of Riverton"
    city_short = "Riverton"
    line = {"text": "On call", "seconds": 252}
    duty = "Desk 4"
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
    def nav(self) -> list[NavEntry]:  # type: ignore[override]
        names = ("Home", "Contact", "Queue", "Work orders", "Map", "Knowledge", "Reports")
        return [NavEntry(name.lower(), name, "#main", name.lower() == self.current) for name in names]


def _button(text: str) -> Markup:
    return Markup('<button class="btn btn--outline btn--small" type="button">{}</button>').format(text)  # noqa: S704


def _codes() -> list[dict[str, Any]]:
    words = Markup("words: <mark>tree</mark> <mark>fell</mark> <mark>blocking</mark> <mark>street</mark>")
    return [
        {"value": "tree_down", "alt": 1, "title": "Tree down, blocking", "detail": words, "side": "Forestry", "side_detail": "make safe in 4 h"},
        {"value": "tree_trim", "alt": 2, "title": "Tree trim or prune", "detail": Markup("words: <mark>tree</mark>"), "side": "Forestry", "side_detail": "5 working days"},
        {"value": "none", "alt": 3, "title": "No code fits", "detail": "the coding team reads it, clock starts now", "side": "Coding queue", "side_detail": "coded in 1 h"},
    ]  # fmt: skip


def _people() -> list[dict[str, Any]]:
    return [
        {"value": 7, "alt": 4, "title": "Maria Garcia", "facts": ["1210 Oak St", "Spanish"], "side": "3 requests"},
        {"value": 8, "alt": 5, "title": "Rubén Garcia", "facts": ["1210 Oak St", "English"], "side": "1 request"},
    ]


def _requests(now: datetime) -> list[SimpleNamespace]:
    names = "minutes status number code place district owner came age followers marks photo".split()  # noqa: SIM905
    found = []
    for place, row in enumerate(REQUESTS * 4):
        one = SimpleNamespace(**dict(zip(names, row, strict=True)))
        one.due = now + timedelta(minutes=one.minutes + 5)
        one.status_text = STATUS[one.status]
        one.ticked = place in (3, 5, 8)
        one.current = place == 8
        found.append(one)
    return found


def _sample(now: datetime) -> dict[str, Any]:
    shared = "A fallen tree blocks the 1200 block of Oak St. {} One lane opens today before 18:00."
    return {
        "at": now - timedelta(hours=3),
        "late_at": now - timedelta(days=2, hours=1),
        "soon_at": now + timedelta(hours=2),
        "shapes": SHAPES,
        "theirs": Markup(shared).format(Markup("<mark>Use Maple Ave.</mark>")),
        "yours": Markup(shared).format(Markup("<mark>A crew is on site.</mark>")),
        "codes": _codes(),
        "people": _people(),
        "requests": _requests(now),
        "entries": ENTRIES,
        "decisions": [
            {"count": n, "title": title, "detail": detail, "action": _button(act)} for n, title, detail, act in DECISIONS
        ],
        "markup": Markup,
        "stopped": False,
    }


PAGES = {
    "states": ("states", "home"),
    "contact": ("contact", "contact"),
    "stop": ("contact", "contact"),
    "queue": ("queue", "queue"),
    "request": ("request", "queue"),
    "supervisor": ("supervisor", "home"),
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
