"""The live board: for a supervisor's desk, and for a wall. Drawn once; from then on the event process tells it news."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import labels, queries
from citydesk.contact.traffic.choices import BOARD_FEED, VIEW, QueueChannel
from citydesk.contact.traffic.queries import Board
from citydesk.contact.traffic.rules import FORMULAS
from citydesk.contact.traffic.rules.board import LONG_WAIT_S, QueueNow
from citydesk.contact.traffic.views.shown import name_in
from citydesk.kernel import live
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.panels import panels_for
from citydesk.kernel.texts import duration_clock, span

# What rooms above offer for the board: a `Panel` on this, built for the object 0 (the whole city).
SLOT = "traffic.board"
PARTS = ("figures", "next")


@needs(VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board within the desk. `?part=` draws one part of it anew, for a page that is open already."""
    return _board(request, "traffic/board.jinja")


@needs(VIEW)
@require_GET
def board_wall(request: HttpRequest) -> HttpResponse:
    """The same for a screen on a wall: large, without navigation."""
    return _board(request, "traffic/board_wall.jinja")


def _board(request: HttpRequest, template: str) -> HttpResponse:
    access, now = access_of(request), utc_now()
    part = request.GET.get("part", "")
    part = part if part in PARTS else ""
    live.listen(request, BOARD_FEED)
    context: dict[str, Any] = {} if part == "next" else _figures(queries.get_board(access=access, now=now))
    if part != "figures":
        context["next_panels"] = panels_for(request, SLOT, 0, now)
    response = render(request, template, context, fragment=part)
    response["Cache-Control"] = "no-store, private"
    return response


def _figures(board: Board) -> dict[str, Any]:
    found = queries.cells_of(board)
    return {
        "board": board,
        "cells": found,
        "stamp": int(board.at.timestamp()),
        "queues": [_queue(one) for one in board.queues],
        "states": list(labels.STATES.items()),
        "state_words": {state.value: str(words) for state, words in labels.STATES.items()},
        "says": _says(board),
        "alerts": set(board.alerts),
        "zone": str(profile.local_zone()),
        "at": lambda stamp: datetime.fromtimestamp(stamp, UTC),
        "clock_of": lambda stamp: duration_clock(max(int(board.at.timestamp()) - stamp, 0)),
    }


def _queue(one: QueueNow) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "name": name_in(one.name, one.code),
        "channel": labels.CHANNELS[QueueChannel(one.channel)],
        "target": int(100 * one.target),
        "threshold": span(timedelta(seconds=one.threshold_s))
        if one.threshold_s >= 60
        else _("%(n)s s") % {"n": one.threshold_s},
        "formula": FORMULAS[one.formula],
        "formula_words": labels.FORMULAS[one.formula],
    }


def _says(board: Board) -> list[tuple[str, str, str]]:
    """(code, what is spoken when it comes, what when it goes) of everything that may matter on this board."""
    found = [
        ("nobody", _("Somebody waits and no agent is available."), _("An agent is available again, or nobody waits.")),
        ("silent", _("No switch tells anything any more."), _("A switch tells what happens again.")),
    ]
    for one in board.queues:
        given = {
            "queue": name_in(one.name, one.code),
            "target": int(100 * one.target),
            "minutes": max(LONG_WAIT_S, one.threshold_s) // 60,
        }
        found += [
            (
                f"level:{one.id}",
                _("%(queue)s: the service level is below its target of %(target)s percent.") % given,
                _("%(queue)s: the service level is at its target of %(target)s percent again.") % given,
            ),
            (
                f"wait:{one.id}",
                _("%(queue)s: somebody has waited for more than %(minutes)s minutes.") % given,
                _("%(queue)s: nobody waits that long any more.") % given,
            ),
        ]
    return found
