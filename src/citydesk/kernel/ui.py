"""What the component macros need from Python: addresses of assets, words for due times, points of small drawings."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format

from citydesk.kernel import texts
from citydesk.kernel.keys import key_groups

# A made file of static/vendor, and the hand-written one that stands in where nothing was made yet.
STAND_INS = {"desk.css": "kernel/desk.css", "icons.svg": "kernel/shapes.svg", "shapes.svg": "kernel/shapes.svg"}

BADGE_KINDS = {
    "open",
    "in_progress",
    "on_hold",
    "waiting",
    "referred",
    "closed_done",
    "closed_no_action",
    "draft",
    "parked",
    "due_today",
    "late",
    "refused",
}
# Words of other rooms that mean one of the shapes.
BADGE_ALIASES = {
    "new": "open",
    "received": "open",
    "planned": "open",
    "queued": "draft",
    "scheduled": "open",
    "assigned": "open",
    "started": "in_progress",
    "sending": "in_progress",
    "hold": "on_hold",
    "held": "on_hold",
    "paused": "on_hold",
    "waiting_for_resident": "waiting",
    "unknown": "waiting",
    "returned": "referred",
    "closed": "closed_done",
    "done": "closed_done",
    "completed": "closed_done",
    "sent": "closed_done",
    "delivered": "closed_done",
    "ok": "closed_done",
    "cancelled": "closed_no_action",
    "abandoned": "closed_no_action",
    "stopped": "closed_no_action",
    "no_action": "closed_no_action",
    "due": "due_today",
    "promise": "due_today",
    "failed": "refused",
    "rejected": "refused",
}


# Words of rooms for what the set of icons calls otherwise.
ICON_ALIASES = {
    "archive": "folder",
    "arrow": "arrow_forward",
    "badge": "identification",
    "bubble": "chat",
    "bulletin": "campaign",
    "clock": "schedule",
    "disc": "check_circle",
    "download": "file_download",
    "group": "groups",
    "key": "fingerprint",
    "octagon": "report",
    "pause": "parked",
    "plus": "add",
    "refresh": "autorenew",
    "ring-dash": "closed_no_action",
    "tick": "check",
    "tune": "settings",
}


def icon_name(name: str) -> str:
    """The symbol of `icons.svg` for an icon's name."""
    return ICON_ALIASES.get(name, name)


def badge_kind(kind: Any) -> str:
    """The shape for a status code; a code nobody drew a shape for shows the open ring."""
    code = str(kind).lower().replace("-", "_").replace(" ", "_")
    return code if code in BADGE_KINDS else BADGE_ALIASES.get(code, "open")


@cache
def _is_made(name: str) -> bool:
    return os.environ.get("CITYDESK_CSS") != "parts" and finders.find(f"vendor/{name}") is not None


@cache
def asset(name: str) -> str:
    """Address of a made asset (style sheet, icons), or of its hand-written stand-in in a tree without npm."""
    if name == "shapes.svg":
        return static(STAND_INS[name])
    return static(f"vendor/{name}" if _is_made(name) else STAND_INS.get(name, f"kernel/{name}"))


@cache
def fonts() -> tuple[str, ...]:
    """Addresses of the two faces every page shows at once, fetched before the style sheet asks: no text jumps."""
    names = [f"public-sans/PublicSans-{weight}.woff2" for weight in ("Regular", "SemiBold")]
    return tuple(static(f"vendor/{name}") for name in names if _is_made(name))


class DueWords(NamedTuple):
    """tone is late, today, later or done; `strong` and `quiet` are the text's halves, `full` the whole time."""

    tone: str
    strong: str
    quiet: str
    iso: str
    full: str


def due_words(due_at: datetime, now: datetime | None = None, is_open: bool = True) -> DueWords:
    """ "Late 2 d" once it is past, else "Tue 16:20" and "in 2 h"; a closed thing shows its time alone."""
    return due_told(texts.Teller(now), due_at, is_open)


def due_told(teller: texts.Teller, due_at: datetime, is_open: bool = True) -> DueWords:
    """The same for one row of many."""
    told = teller.standing(due_at)
    if not is_open:
        return DueWords("done", told.day_and_clock, "", told.iso, told.full)
    if due_at < teller.now:
        late = teller._("Late %(span)s") % {"span": teller.span(teller.now - due_at)}
        return DueWords("late", late, "", told.iso, told.full)
    tone = "today" if told.is_today else "later"
    return DueWords(tone, told.day_and_clock, teller.ago(due_at), told.iso, told.full)


def elapsed(since: datetime | None) -> int:
    """Whole seconds since a moment, for a clock that goes on counting on the page."""
    return max(0, int((timezone.now() - since).total_seconds())) if since else 0


def _filled(item: Any, names: Iterable[str], **defaults: Any) -> SimpleNamespace:
    """One item of a macro's list, a mapping or an object, with what it leaves out filled in."""
    if isinstance(item, Mapping):
        given = dict(item)
    else:
        given = {name: getattr(item, name) for name in (*names, *defaults) if hasattr(item, name)}
    return SimpleNamespace(**{**dict.fromkeys(names, ""), **defaults, **given})


def choice_rows(items: Iterable[Any]) -> list[SimpleNamespace]:
    return [
        _filled(item, ("value", "title", "detail", "side", "side_detail", "alt"), facts=(), is_new=False)
        for item in items
    ]


def head_cells(head: Iterable[Any]) -> list[SimpleNamespace]:
    cells = ({"text": one} if not isinstance(one, Mapping) and not hasattr(one, "text") else one for one in head)
    return [_filled(one, ("text", "kind", "href", "sort", "icon", "html"), attrs={}) for one in cells]


def view_rows(items: Iterable[Any]) -> list[SimpleNamespace]:
    return [_filled(item, ("text", "href", "tone"), count=None, is_current=False) for item in items]


def plain_rows(items: Iterable[Any]) -> list[SimpleNamespace]:
    return [_filled(item, ("title", "href", "detail", "side", "icon", "badge", "action"), count=None) for item in items]


def error_lines(errors: Any) -> list[SimpleNamespace]:
    """Lines of an error summary from a Django form, a dict of lists, or pairs of (field, sentence)."""
    found = errors.errors if hasattr(errors, "errors") else errors
    pairs: list[tuple[str, Any]] = []
    if isinstance(found, Mapping):
        for name, given in found.items():
            pairs.extend((name, text) for text in ([given] if isinstance(given, str) else given))
    else:
        pairs = [(one if isinstance(one, tuple) else ("", one)) for one in found or ()]
    return [SimpleNamespace(text=text, href=_href_of(str(name or ""))) for name, text in pairs]


def _href_of(name: str) -> str:
    if not name or name == "__all__":
        return ""
    return name if name.startswith("#") else f"#{name if name.startswith('f-') else 'f-' + name}"


def spark_points(values: Sequence[float], usual: Sequence[float] | None = None) -> SimpleNamespace:
    """Points of a 124 x 32 spark line; both lines share one scale, the usual day may be longer."""
    both = [*values, *(usual or [])]
    low, high = min(both), max(both)
    reach, steps = (high - low) or 1, max(len(values), len(usual or []), 2) - 1

    def place(index: int, value: float) -> tuple[float, float]:
        return round(3 + index * 118 / steps, 1), round(28 - (value - low) * 24 / reach, 1)

    line = [place(*one) for one in enumerate(values)]
    drawn = [place(*one) for one in enumerate(usual or [])]
    return SimpleNamespace(
        line=" ".join(f"{x},{y}" for x, y in line),
        usual=" ".join(f"{x},{y}" for x, y in drawn),
        x=line[-1][0],
        y=line[-1][1],
    )


def _share(part: Any, whole: Any) -> float:
    """`part` of `whole` in thousandths, between 0 and 1000; spans of time and numbers alike."""
    if isinstance(whole, timedelta):
        part, whole = part.total_seconds(), whole.total_seconds()
    return round(min(1000.0, max(0.0, 1000 * float(part) / float(whole))), 1) if whole else 0.0


def meter_bars(used: Any, total: Any, pauses: Iterable[tuple[Any, Any]] = ()) -> SimpleNamespace:
    """Widths of a clock's bar in thousandths of its length."""
    return SimpleNamespace(
        used=_share(used, total),
        pauses=[(_share(start, total), max(4.0, _share(length, total))) for start, length in pauses],
    )


def map_data(
    lat: float | None,
    lon: float | None,
    zoom: int,
    radius: float | None,
    markers: Iterable[Any],
    data_url: str,
    pick: bool,
    here: bool | None = None,
) -> str:
    """What map.js reads: JSON with the center, the radius in meters, numbered markers and an address of shapes."""
    from django.conf import settings

    shown = [dict(zip(("lat", "lon", "number", "label", "href"), one, strict=False)) for one in markers]
    return json.dumps(
        {
            "lat": lat,
            "lon": lon,
            "zoom": zoom,
            "radius": radius,
            "markers": shown,
            "shapes": data_url,
            "pick": pick,
            "here": here if here is not None else bool(radius or not data_url),
            "tiles": settings.TILE_URL,
        },
        default=str,
    )


def twin_head(chart: Any) -> list[dict[str, Any]]:
    """Head cells of a chart's table twin: numbers stand at the end of their column."""
    return [{"text": one.label, "kind": "n" if one.kind in ("number", "hours") else ""} for one in chart.columns]


def figure_text(value: Any, kind: str) -> Any:
    """A value of a table twin in the reader's language: days as dates, whole numbers grouped, hours with one digit."""
    if kind == "date":
        return texts.short_date(value)
    if kind == "hours" or (kind == "number" and isinstance(value, float | Decimal) and value != int(value)):
        return number_format(value, decimal_pos=1, force_grouping=True)
    return texts.count(value) if kind == "number" else value


GLOBALS = {
    "twin_head": twin_head,
    "figure_text": figure_text,
    "key_groups": key_groups,
    "asset": asset,
    "fonts": fonts,
    "badge_kind": badge_kind,
    "icon_name": icon_name,
    "due_words": due_words,
    "elapsed": elapsed,
    "choice_rows": choice_rows,
    "head_cells": head_cells,
    "view_rows": view_rows,
    "plain_rows": plain_rows,
    "error_lines": error_lines,
    "spark_points": spark_points,
    "meter_bars": meter_bars,
    "map_data": map_data,
}
